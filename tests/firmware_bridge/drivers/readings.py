"""What a test says about readings: the samples of a stream by epoch and count, whatever chunks they came in."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from firmware_bridge.readings import Chunk, Defect, Defects, Reading
from firmware_bridge.sensor import Sensor

Samples = dict[tuple[int, int], tuple[int, ...]]


def samples_of(readings: Iterable[Reading], stream: str) -> Samples:
    """Return the counts of every sample by (epoch, counter); a sample that comes twice is a failure."""
    samples: Samples = {}
    for reading in readings:
        if isinstance(reading, Chunk) and reading.stream == stream:
            for i, row in enumerate(reading.counts.tolist()):
                key = (reading.epoch, reading.counter + i)
                assert key not in samples
                samples[key] = tuple(row)
    return samples


def defects_of(readings: Iterable[Reading]) -> Counter[Defect]:
    """Return all defects together."""
    total: Counter[Defect] = Counter()
    for reading in readings:
        if isinstance(reading, Defects):
            total.update(reading.counts)
    return +total


def in_pieces(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    """Return the bytes cut at these places (modulo their length)."""
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in pairwise(edges)]


async def receive_until(sensor: Sensor, enough: Callable[[list[Reading]], bool]) -> list[Reading]:
    """Return what a sensor delivers until there is enough of it."""
    readings: list[Reading] = []
    while not enough(readings):
        readings += await sensor.receive()
    return readings


def has(stream: str, n: int) -> Callable[[list[Reading]], bool]:
    """Return whether there are at least `n` samples of a stream."""
    return lambda readings: sum(len(r.counts) for r in readings if isinstance(r, Chunk) and r.stream == stream) >= n
