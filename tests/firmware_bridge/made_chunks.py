"""Chunks of a made-up sensor whose every sample is known, and what a sequencer made of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from firmware_bridge.device_clock import DeviceClock
from firmware_bridge.readings import Absent, Chunk
from firmware_bridge.sequencing import Sequencer
from signals import Channel, CountBlock, CountedStream, Counts, Gap, GapReason, Scale

FS = {"emg": 1000.0, "acc": 52.0}
TICK_HZ = 32_768.0
EMG = CountedStream("emg", FS["emg"], (Channel("EMG L-GM", "EMG", "L", "GM"),), (Scale(0.05),))
ACC = CountedStream(
    "acc", FS["acc"], tuple(Channel(f"ACC L-{a}", "ACC", "L", a) for a in "XYZ"), (Scale(0.001),) * 3
)
LATENCY_S = 0.02
HOST_ZERO_S = 100.0
UTC_ZERO = datetime(2026, 3, 1, 21, 0, tzinfo=UTC)


def utc(host_s: float) -> datetime:
    """Return the UTC of a host's moment."""
    return UTC_ZERO + timedelta(seconds=host_s - HOST_ZERO_S)


def truth(stream: str, n: int, seed: int = 0) -> Counts:
    """Return `n` samples, different in every stream and run."""
    rng = np.random.default_rng((seed, len(stream), ord(stream[0])))
    return rng.integers(-(2**15), 2**15, (n, 1 if stream == "emg" else 3)).astype(np.int32)


class Run:
    """One run of the sensor that began `began_s` seconds after the host's zero."""

    def __init__(
        self, epoch: int = 1, seconds: float = 20.0, began_s: float = 0.0, *, has_ticks: bool = True
    ) -> None:
        self.epoch = epoch
        self.began_s = began_s
        self.has_ticks = has_ticks
        self.counts = {name: truth(name, round(seconds * fs), epoch) for name, fs in FS.items()}

    def chunk(self, stream: str, first: int, end: int, *, late_s: float = 0.0, lead_off: bool = False) -> Chunk:
        """Return counts `[first, end)` as they come just after they were taken."""
        return Chunk(
            stream,
            self.epoch,
            first,
            self.counts[stream][first:end],
            HOST_ZERO_S + self.began_s + end / FS[stream] + LATENCY_S + late_s,
            round(first * TICK_HZ / FS[stream]) if self.has_ticks else None,
            lead_off,
        )

    def second(self, s: int) -> list[Chunk]:
        """Return what comes in one second, four chunks of each stream."""
        return [
            self.chunk(name, s * round(fs) + i * round(fs / 4), s * round(fs) + (i + 1) * round(fs / 4))
            for i in range(4)
            for name, fs in FS.items()
        ]

    def seconds(self, first: int, end: int) -> list[Chunk]:
        """Return what comes in some seconds."""
        return [chunk for s in range(first, end) for chunk in self.second(s)]


def sequencer(*, keeps_s: float = 600.0, tick_hz: float | None = TICK_HZ) -> Sequencer:
    """Return a sequencer for EMG and acceleration."""
    made = Sequencer((EMG, ACC), DeviceClock())
    made.configure(keeps_s, tick_hz)
    return made


def put(to: Sequencer, chunks: Iterable[Chunk]) -> list[CountBlock]:
    """Give chunks to a sequencer; return what it placed."""
    return [block for chunk in chunks for block in to.put(chunk, utc(chunk.received_s))]


def answer(to: Sequencer, run: Run, *, lost: Sequence[tuple[str, int, int]] = ()) -> list[CountBlock]:
    """Send again what is missing, but for what is `lost`, until nothing is missing."""
    placed: list[CountBlock] = []
    while holes := to.missing():
        for hole in holes:
            at = hole.first
            gone = sorted((max(a, at), min(b, hole.end)) for s, a, b in lost if s == hole.stream)
            for a, b in (*((a, b) for a, b in gone if a < b), (hole.end, hole.end)):
                if at < a:
                    placed += put(to, [run.chunk(hole.stream, at, a)])
                if a < b:
                    to.absent(Absent(hole.stream, hole.epoch, a, b))
                at = max(at, b)
    return placed


class Released:
    """All that was released of one stream: values, and the reason for every sample that is none."""

    def __init__(self, items: Iterable[CountBlock | Gap], stream: str) -> None:
        self.values: list[Counts] = []
        self.gaps: list[tuple[int, int, GapReason]] = []
        self.end = 0
        for item in items:
            if item.stream != stream:
                continue
            assert item.first_sample == self.end
            self.end = item.end
            if isinstance(item, CountBlock):
                self.values.append(item.counts)
            elif self.gaps and self.gaps[-1][1:] == (item.first_sample, item.reason):
                self.gaps[-1] = (self.gaps[-1][0], item.end, item.reason)
            else:
                self.gaps.append((item.first_sample, item.end, item.reason))

    @property
    def counts(self) -> Counts:
        """All samples, without the gaps."""
        return np.concatenate(self.values) if self.values else np.empty((0, 1), np.int32)
