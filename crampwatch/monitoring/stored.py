"""The night files in the folder of a monitor: tonight's to go on with, earlier ones to finish."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from nights.log import Binding
from recordings import RecordingError
from recordings.night_file import NightHeader, StoredNight
from signals import CountBlock, seconds_at


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What a monitor that stopped has left of one leg: unfinished nights, and files that cannot be read."""

    tonight: StoredNight | None
    earlier: tuple[Path, ...]
    unreadable: tuple[str, ...]


def left_behind(out: Path, binding: Binding, night: date) -> LeftBehind:
    """Look for unfinished night files of the participant's leg in a folder."""
    unfinished: list[StoredNight] = []
    unreadable: list[str] = []
    for path in sorted(out.glob("*.night")):
        try:
            stored = StoredNight(path)
        except RecordingError as error:
            unreadable.append(str(error))
            continue
        whose = stored.header.participant, stored.header.leg
        if not stored.finished and whose == (binding.participant, binding.leg):
            unfinished.append(stored)
    tonight = [stored for stored in unfinished if stored.header.night == night]
    going_on = tonight[-1] if tonight else None
    earlier = tuple(stored.path for stored in unfinished if stored is not going_on)
    return LeftBehind(going_on, earlier, tuple(unreadable))


def path_for(out: Path, header: NightHeader) -> Path:
    """Return the path of a new night file; `_2`, `_3` … where the night was finished and then begun again."""
    first = out / header.file_name
    others = (first.with_stem(f"{first.stem}_{number}") for number in count(2))
    return first if not first.exists() else next(path for path in others if not path.exists())


def in_step(stored: StoredNight) -> Iterator[CountBlock]:
    """Give the samples of a stored night in order of time over all streams, in constant memory."""
    rates = {stream.name: stream.fs_hz for stream in stored.streams}
    streams = [_of(stored, name) for name in rates]
    heads = [next(blocks, None) for blocks in streams]
    while waiting := [(seconds_at(b.end, rates[b.stream]), i) for i, b in enumerate(heads) if b is not None]:
        _, first = min(waiting)
        block = heads[first]
        if block is not None:
            yield block
        heads[first] = next(streams[first], None)


def _of(stored: StoredNight, stream: str) -> Iterator[CountBlock]:
    return (block for block in stored.blocks() if block.stream == stream)
