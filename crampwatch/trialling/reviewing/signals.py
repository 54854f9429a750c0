"""The signals of packets, from recordings found by their hash; each recording is read once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from crampwatch.excerpts import Cutting, cut_windows
from crampwatch.scoring import RECORDINGS, InputError
from nights.log import EpisodeRow, NightRow
from recordings import RecordedNight, RecordingError, open_recording, sha256_of
from signals import seconds_at
from trial.review.blinded import BlindPacket, Signals, blinded
from trial.review.packets import StoredPacket

BEFORE_S, AFTER_S = 30.0, 15.0  # shown around an episode: rest before it is what it is held against

Row = tuple[StoredPacket, NightRow, EpisodeRow]


class RecordingsOfNights:
    """Recordings below a folder, found by their SHA-256; those of the logged name are tried first."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputError(f"there is no folder {folder}")
        files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in RECORDINGS and p.is_file())
        self._unknown = files
        self._by_hash: dict[str, Path] = {}

    def find(self, night: NightRow) -> Path | None:
        """Return the recording of a night, None where it is not there."""
        self._unknown.sort(key=lambda path: (path.name != night.file, path))
        while self._unknown and night.recording_sha256 not in self._by_hash:
            path = self._unknown.pop(0)
            self._by_hash[sha256_of(path)] = path
        return self._by_hash.get(night.recording_sha256)


def packets_with_signals(
    rows: Iterable[Row], recordings: RecordingsOfNights | None, show: Callable[[], None]
) -> Iterator[BlindPacket]:
    """Give what a reader sees, night by night, with signals where the recording is there and can be read.

    `show` is called after each packet. Nothing of the night but the signals gets into what is given.
    """
    for _, of_night in groupby(rows, key=lambda row: row[1].id):
        some = list(of_night)
        signals = [None] * len(some) if recordings is None else _signals(some, recordings.find(some[0][1]))
        for (packet, _, episode), around in zip(some, signals, strict=True):
            yield replace(blinded(packet.code, episode), signals=around)
            show()


def _signals(rows: list[Row], path: Path | None) -> list[Signals | None]:
    if path is None:
        return [None] * len(rows)
    night = _open(path, rows[0][1].channel)
    spans = [(e.onset_s - BEFORE_S, e.onset_s + e.duration_s + AFTER_S) for _, _, e in rows]
    cut = cut_windows(night, spans)
    return [_around(episode, windows) for (_, _, episode), windows in zip(rows, cut, strict=True)]


def _open(path: Path, channel: str) -> RecordedNight:
    """Open a recording as it was scored: with the second muscle where the scored one is found by itself."""
    try:
        night = open_recording(path)
    except RecordingError:
        return open_recording(path, (channel,))
    return night if night.streams[0].channels[0].label == channel else open_recording(path, (channel,))


def _around(episode: EpisodeRow, windows: list[Cutting]) -> Signals | None:
    emg, acc = windows[0], (windows[1] if len(windows) > 1 else None)
    if not emg.seen:
        return None
    return Signals(
        onset_s=episode.onset_s - seconds_at(emg.first, emg.stream.fs_hz),
        emg_uv=emg.values,
        emg_fs_hz=emg.stream.fs_hz,
        acc_g=acc.values if acc else None,
        acc_fs_hz=acc.stream.fs_hz if acc else None,
    )
