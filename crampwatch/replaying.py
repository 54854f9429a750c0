"""A recorded night through the live path: in small blocks, as fast as it happened or as fast as it goes."""

import time
from collections import deque
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from crampwatch.scoring import Request, open_night, recording_of, sha256_of
from models import ScoredEpisode
from nights import Flag, NightRecord
from signals import Gap, SampleBlock, Source, StreamItem, seconds_at

LIVE_BLOCK_S = 0.5


Said = Flag | ScoredEpisode | NightRecord


def replay(path: Path, request: Request, speed: float | None) -> Iterator[tuple[float, Said]]:
    """Replay a recording `speed` times as fast as it happened, None for as fast as it goes.

    Yields what the live detector says, each with the time at which it says so, in seconds from the start of the
    recording; the night record comes last.
    """
    night, scorer = open_night(path, request)
    began = time.monotonic()
    now_s = 0.0
    for end_s, item in as_it_happened(night):
        now_s = max(now_s, end_s)
        if speed is not None:
            time.sleep(max(0.0, began + now_s / speed - time.monotonic()))
        for said in scorer.update(item):
            yield now_s, said
    yield now_s, scorer.finish(recording_of(night, sha256_of(path), request))


def as_it_happened(source: Source) -> Iterator[tuple[float, StreamItem]]:
    """Cut a source into blocks of half a second, all streams in step; gives the end of each in s, and the item."""
    rates = {stream.name: stream.fs_hz for stream in source.streams}
    waiting: dict[str, deque[tuple[float, StreamItem]]] = {name: deque() for name in rates}
    for item in source:
        fs_hz = rates[item.stream]
        waiting[item.stream].extend((seconds_at(piece.end, fs_hz), piece) for piece in _pieces(item, fs_hz))
        while all(waiting.values()):
            yield min(waiting.values(), key=lambda pieces: pieces[0][0]).popleft()
    yield from sorted(chain(*waiting.values()), key=lambda piece: piece[0])


def _pieces(item: StreamItem, fs_hz: float) -> Iterator[StreamItem]:
    if isinstance(item, Gap):
        yield item
        return
    step = max(1, round(LIVE_BLOCK_S * fs_hz))
    for first in range(0, len(item.values), step):
        yield SampleBlock(item.stream, item.first_sample + first, item.values[first : first + step])
