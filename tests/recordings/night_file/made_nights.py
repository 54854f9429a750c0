"""Headers, streams and blocks of made-up nights, whose counts follow from the sample's index."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np

from recordings.night_file import NightHeader
from signals import Channel, CountBlock, CountedStream, Counts, SampleBlock, Scale, StreamItem

BEGAN = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
EMG = CountedStream("emg", 1000.0, (Channel("EMG L-GM", "EMG", "L", "GM"),), (Scale(0.1),))
ACC = CountedStream(
    "acc", 52.0, tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis) for axis in "XYZ"), (Scale(1 / 8192, 0.25),) * 3
)
HEADER = NightHeader(
    participant="P01",
    leg="L",
    zone="Europe/Zurich",
    night=date(2026, 3, 2),
    began=BEGAN,
    streams=(EMG, ACC),
    software="crampwatch test",
)


def counts_at(stream: CountedStream, first: int, n: int) -> Counts:
    """Return what stands at samples `[first, first + n)`: scattered over the converter's whole range."""
    channels = len(stream.channels)
    index = np.arange(first * channels, (first + n) * channels, dtype=np.uint64)
    scattered = index * np.uint64(6364136223846793005) >> np.uint64(64 - stream.scales[0].bits)
    half = 1 << (stream.scales[0].bits - 1)
    return (scattered.astype(np.int64) - half).astype(np.int32).reshape(-1, channels)


def block(stream: CountedStream, first: int, n: int, *, lead_off: bool = False, epoch: int = 0) -> CountBlock:
    """Return the block of samples `[first, first + n)`, as it came in."""
    at_s = (first + n) / stream.fs_hz
    came = BEGAN + timedelta(seconds=at_s)
    return CountBlock(stream.name, first, counts_at(stream, first, n), epoch, first + 7, at_s, came, lead_off)


def blocks_between(stream: CountedStream, first: int, end: int, each: int) -> Iterator[CountBlock]:
    """Cut `[first, end)` into blocks of `each` samples."""
    for start in range(first, end, each):
        yield block(stream, start, min(each, end - start))


def is_planted(stream: CountedStream, items: list[StreamItem]) -> bool:
    """Whether every sample among `items` is that of its index, in physical units, to the last bit."""
    return all(
        np.array_equal(
            item.values,
            counts_at(stream, item.first_sample, len(item.values)) * np.array([s.gain for s in stream.scales])
            + np.array([s.offset for s in stream.scales]),
        )
        for item in items
        if isinstance(item, SampleBlock)
    )
