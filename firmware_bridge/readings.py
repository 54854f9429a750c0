"""What every sensor says, whatever its make: its setup, samples by its own count, its state, and what it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from signals import CountedStream, Counts, GapReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Which sensor this is. `address` is what identifies it for good: a Bluetooth address, a serial number."""

    make: str
    address: str
    serial: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a sensor delivers from now on, known once it is open; `emg` is the first of `streams`.

    `keeps_s` is how long it keeps samples to be asked for again, 0 for a sensor that cannot be asked. `tick_hz` is
    the rate of its clock, None where it has none. `remarks` say what falls short of the standard (a low rate, no
    sample counter); they stand in every result.
    """

    device: Device
    streams: tuple[CountedStream, ...]
    keeps_s: float = 0.0
    tick_hz: float | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive samples of one stream as the sensor counts them.

    `counts` has shape (n_samples, n_channels), int32. `epoch` is the run of the sensor: its boot id, or a number
    that the driver raises whenever it cannot tell that the sensor's count went on. `counter` is the sensor's count
    of the first sample within the epoch, from 0 at its begin; it never wraps (drivers unwrap). `ticks`: the
    sensor's clock at the first sample, unwrapped. `received_s`: the host's monotonic clock at arrival. `began` is
    why the epoch began: `SENSOR_RESTART`, or `LINK_LOST` where the driver cannot tell a restart from a lost link.
    """

    stream: str
    epoch: int
    counter: int
    counts: Counts
    received_s: float
    ticks: int | None = None
    lead_off: bool = False
    saturated: bool = False
    began: GapReason = GapReason.SENSOR_RESTART

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or self.counts.dtype != np.int32 or not len(self.counts):  # noqa: PLR2004
            raise ValueError(
                f"counts of shape {self.counts.shape} and type {self.counts.dtype}; int32 (n, m) is needed"
            )

    @property
    def end(self) -> int:
        """The sensor's count just past the chunk."""
        return self.counter + len(self.counts)


@dataclass(frozen=True, slots=True)
class Absent:
    """What the sensor no longer has, or never had: counts `[first, end)` of one stream in one epoch."""

    stream: str
    epoch: int
    first: int
    end: int
    reason: GapReason = GapReason.LINK_LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the sensor is; None where it does not say."""

    received_s: float
    battery_percent: int | None = None
    battery_v: float | None = None
    temperature_c: float | None = None
    restart_cause: str | None = None


class Defect(StrEnum):
    """What can be wrong with a frame; each is counted, none is guessed at."""

    DAMAGED = "damaged"  # checksum, or a field that cannot be
    TRUNCATED = "truncated"
    REPLAYED = "replayed"  # samples that are there already
    REORDERED = "reordered"  # came later than its successor
    UNKNOWN_VERSION = "unknown_version"
    UNKNOWN_TYPE = "unknown_type"
    CONTRADICTORY = "contradictory"  # a counter that stands still or runs back while frames come


@dataclass(frozen=True, slots=True)
class Defects:
    """Frames that could not be used, by what was wrong with them, since the last report."""

    counts: Mapping[Defect, int] = field(default_factory=dict[Defect, int])


Reading = Chunk | Absent | Status | Defects


@dataclass(frozen=True, slots=True)
class Missing:
    """What to ask the sensor for: counts `[first, end)` of one stream in one epoch."""

    stream: str
    epoch: int
    first: int
    end: int
