"""A recorded night through the live path: in small blocks, as fast as it happened or as fast as it goes."""

import time
from collections.abc import Iterator
from pathlib import Path

from crampwatch.scoring import Request, open_night, recording_of, sha256_of
from models import ScoredEpisode
from nights import Flag, NightRecord
from signals import seconds_at

LIVE_BLOCK_S = 0.25  # or one data record, where that is longer


Said = Flag | ScoredEpisode | NightRecord


def replay(path: Path, request: Request, speed: float | None) -> Iterator[tuple[float, Said]]:
    """Replay a recording `speed` times as fast as it happened, None for as fast as it goes.

    Yields what the live detector says, each with the time at which it says so, in seconds from the start of the
    recording; the night record comes last.
    """
    night, scorer = open_night(path, request, LIVE_BLOCK_S)
    rates = {stream.name: stream.fs_hz for stream in night.streams}
    began = time.monotonic()
    now_s = 0.0
    for item in night:
        now_s = max(now_s, seconds_at(item.end, rates[item.stream]))
        if speed is not None:
            time.sleep(max(0.0, began + now_s / speed - time.monotonic()))
        for said in scorer.update(item):
            yield now_s, said
    yield now_s, scorer.finish(recording_of(night, sha256_of(path), request))
