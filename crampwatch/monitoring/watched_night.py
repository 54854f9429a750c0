"""One leg, one night, live: what comes in is stored, scored, and said."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

import numpy as np

from crampwatch.monitoring.recorder import Recorder
from detection import NightTrace
from detection.ticks import REASONS
from firmware_bridge.readings import Setup
from models import Label, Profile, ScoredEpisode
from nights import Flag, NightRecord, NightScorer, Recording
from nights.log import Binding
from recordings.night_file import ClockAnchor, NightHeader, NoteKind
from signals import CountBlock, CountedStream, Gap, GapReason, StreamItem, night_of, seconds_at

ANCHOR_S = 600.0
EMG = "emg"


def header_for(setup: Setup, binding: Binding, zone: str, utc: datetime) -> NightHeader:
    """Return the header of the night that begins at `utc`, for a sensor that delivers `setup`."""
    return NightHeader(
        participant=binding.participant,
        leg=binding.leg,
        zone=zone,
        night=night_of(utc.astimezone(ZoneInfo(zone))),
        began=utc.astimezone(UTC),
        streams=setup.streams,
        software=f"crampwatch {version('crampwatch')}",
        device_make=setup.device.make,
        device_address=setup.device.address,
        device_serial=setup.device.serial,
        device_firmware=setup.device.firmware,
        remarks=setup.remarks,
    )


@dataclass(frozen=True, slots=True)
class Glance:
    """The night so far. Levels in uV, NaN where nothing was observed; `unusable` for `unusable_s` until now."""

    level_uv: float
    floor_uv: float
    monitored_s: float
    usable_s: float
    unusable: GapReason | None
    unusable_s: float
    cramps: int
    episodes: int
    flags: int


class WatchedNight:
    """A night in progress: its recorder, its scorer, and what they have to say."""

    def __init__(self, recorder: Recorder, profile: Profile, already_flagged: Iterable[str] = ()) -> None:
        self.recorder = recorder
        self.header = recorder.header
        self.seen_s = 0.0
        """How much of the night has come in, from its first sample."""
        self.counted_s = 0.0
        """How much of it the scorer has got."""
        self._streams = {stream.name: stream for stream in self.header.streams}
        self._scorer = NightScorer([stream.stream for stream in self.header.streams], profile)
        self._flagged = set(already_flagged)
        self._anchored_s: float | None = None
        self._cramps = self._episodes = self._flags = 0

    @property
    def behind_s(self) -> float:
        """How much has come in that could not be counted yet."""
        return self.seen_s - self.counted_s

    def store(self, block: CountBlock, synchronised: Callable[[], bool]) -> None:
        """Store new samples; ties them to the clocks now and then, and says then whether UTC was right."""
        self.recorder.append([block])
        fs_hz = self._streams[block.stream].fs_hz
        newest = seconds_at(block.end, fs_hz) > self.seen_s
        self.seen_s = max(self.seen_s, seconds_at(block.end, fs_hz))
        due = self._anchored_s is None or self.seen_s - self._anchored_s >= ANCHOR_S
        if block.stream == EMG and newest and due:
            self._anchored_s = self.seen_s
            self.recorder.anchor(ClockAnchor(block.end, block.received_s, block.received, synchronised()))

    def count(self, items: Iterable[CountBlock | Gap], *, stored: bool = False) -> Iterator[Flag | ScoredEpisode]:
        """Count what can be counted; gaps are stored on the way unless they are (a night that is fed back).

        Gives flags that were not raised before, and episodes.
        """
        for item in items:
            if isinstance(item, Gap) and not stored:
                self.recorder.append((), [item])
            stream = self._streams[item.stream]
            end_s = seconds_at(item.end, stream.fs_hz)
            self.seen_s = max(self.seen_s, end_s)
            if item.stream == EMG:
                self.counted_s = end_s
            for said in self._scorer.update(_physical(stream, item)):
                yield from self._told(said)

    def finish(self, recording: Recording) -> NightRecord:
        """End the night; return its record."""
        return self._scorer.finish(recording)

    def glance(self) -> Glance:
        """Return what is to be seen of the night so far."""
        trace = self._scorer.trace()
        n = len(trace.state)
        unusable, unusable_s = _unusable(trace)
        return Glance(
            level_uv=float(trace.highest_uv[-1]) if n else np.nan,
            floor_uv=float(trace.floor_uv[-1]) if n else np.nan,
            monitored_s=n * trace.tick_s,
            usable_s=int((trace.state == 0).sum()) * trace.tick_s,
            unusable=unusable,
            unusable_s=unusable_s,
            cramps=self._cramps,
            episodes=self._episodes,
            flags=self._flags,
        )

    def _told(self, said: Flag | ScoredEpisode) -> Iterator[Flag | ScoredEpisode]:
        if isinstance(said, ScoredEpisode):
            self._episodes += 1
            self._cramps += said.label is Label.CRAMP
            yield said
            return
        self._flags += 1
        words = flag_in_words(said)
        if words not in self._flagged:
            self._flagged.add(words)
            yield said


def flag_in_words(flag: Flag) -> str:
    """Say a flag as it is noted in the night file, by which it is known again after a restart."""
    return f"looks like a cramp since {flag.onset_s:.3f} s, seen at {flag.raised_s:.3f} s"


def flags_noted(notes: Iterable[tuple[NoteKind, str]]) -> set[str]:
    """Return the flags among the notes of a night file."""
    return {text for kind, text in notes if kind is NoteKind.FLAG}


def _unusable(trace: NightTrace) -> tuple[GapReason | None, float]:
    """Return why the last second cannot be used, and for how long that has been so."""
    state = trace.state
    if not len(state) or not state[-1]:
        return None, 0.0
    other = np.flatnonzero(state != state[-1])
    since = int(other[-1]) + 1 if len(other) else 0
    return REASONS[int(state[-1]) - 1], (len(state) - since) * trace.tick_s


def _physical(stream: CountedStream, item: CountBlock | Gap) -> StreamItem:
    return item if isinstance(item, Gap) else stream.physical(item)
