"""Samples as a sensor's converter counted them: integers, kept bit for bit, and what makes uV or g of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from signals.blocks import SampleBlock
from signals.channels import Channel
from signals.source import Stream

Counts = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Scale:
    """How the counts of one channel become its unit: `offset + gain * count`, of a converter of `bits` bits.

    Two's complement: counts lie in [-2^(bits-1), 2^(bits-1)). A converter that counts from 0 up is brought there
    by the driver, which subtracts the middle.
    """

    gain: float
    offset: float = 0.0
    bits: int = 16

    def __post_init__(self) -> None:
        if self.gain == 0 or not np.isfinite([self.gain, self.offset]).all():
            raise ValueError(f"a scale of {self.gain} per count and an offset of {self.offset} cannot be inverted")
        if not 2 <= self.bits <= 32:  # noqa: PLR2004 - what fits into int32
            raise ValueError(f"a converter of {self.bits} bits; 2 to 32 can be held")

    @property
    def rails(self) -> tuple[float, float]:
        """Lowest and highest value that the converter can give, in the channel's unit."""
        half = 2 ** (self.bits - 1)
        a, b = self.offset - self.gain * half, self.offset + self.gain * (half - 1)
        return min(a, b), max(a, b)


@dataclass(frozen=True, slots=True)
class CountedStream:
    """One stream of a sensor: name, nominal rate, channels (without rails), and the scale of each."""

    name: str
    fs_hz: float
    channels: tuple[Channel, ...]
    scales: tuple[Scale, ...]

    def __post_init__(self) -> None:
        if len(self.channels) != len(self.scales):
            raise ValueError(f"stream {self.name!r}: {len(self.channels)} channels, {len(self.scales)} scales")

    @property
    def stream(self) -> Stream:
        """The stream in physical units; each channel has the rails of its converter."""
        channels = (
            Channel(channel.label, channel.modality, channel.leg, channel.site, scale.rails)
            for channel, scale in zip(self.channels, self.scales, strict=True)
        )
        return Stream(self.name, self.fs_hz, tuple(channels))

    def physical(self, block: "CountBlock") -> SampleBlock:
        """Return the block in uV or g; the same counts give the same bits."""
        return SampleBlock(self.name, block.first_sample, self.values(block.counts))

    def values(self, counts: NDArray[np.signedinteger[Any]]) -> NDArray[np.float64]:
        """Return counts of any width, shape (n_samples, n_channels), in uV or g, contiguous along samples."""
        values = np.empty(counts.shape, order="F")
        for i, scale in enumerate(self.scales):
            np.multiply(counts[:, i], scale.gain, out=values[:, i])
            np.add(values[:, i], scale.offset, out=values[:, i])
        return values


@dataclass(frozen=True, slots=True)
class CountBlock:
    """Consecutive samples of one stream of a night, as counted, and when they were taken and came in.

    `counts` has shape (n_samples, n_channels), int32, read-only. Sample `first_sample + i` of the night's stream
    is `counts[i]`. `epoch` is the run of the sensor (a restart begins a new one) and `counter` its own count of the
    first sample, so that the block can be asked for again. `received_s` is the host's monotonic clock and
    `received` its UTC at arrival. `lead_off`: the sensor says that an electrode had no contact; `saturated`: that
    a converter was at its limit.
    """

    stream: str
    first_sample: int
    counts: Counts
    epoch: int
    counter: int
    received_s: float
    received: datetime
    lead_off: bool = False
    saturated: bool = False

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or self.counts.dtype != np.int32:  # noqa: PLR2004 - samples by channels
            raise ValueError(
                f"counts of shape {self.counts.shape} and type {self.counts.dtype}; int32 (n, m) is needed"
            )
        if self.first_sample < 0:
            raise ValueError(f"first_sample is {self.first_sample}; a stream begins at sample 0")
        view = self.counts.view()
        view.flags.writeable = False
        object.__setattr__(self, "counts", view)

    @property
    def end(self) -> int:
        """Sample index just past the block."""
        return self.first_sample + len(self.counts)

    def part(self, first_sample: int, end: int) -> "CountBlock":
        """Return the samples `[first_sample, end)` of the block, which must lie in it."""
        if not self.first_sample <= first_sample < end <= self.end:
            raise ValueError(f"[{first_sample}, {end}) does not lie in [{self.first_sample}, {self.end})")
        skipped = first_sample - self.first_sample
        return CountBlock(
            self.stream,
            first_sample,
            self.counts[skipped : end - self.first_sample],
            self.epoch,
            self.counter + skipped,
            self.received_s,
            self.received,
            self.lead_off,
            self.saturated,
        )
