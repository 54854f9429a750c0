"""The two things that a stream consists of: samples, and the lack of them."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class GapReason(StrEnum):
    """Why a stretch of a stream cannot be used; the words that stand in every output."""

    LINK_LOST = "link_lost"  # the radio or the cable
    SENSOR_RESTART = "sensor_restart"
    SENSOR_FAULT = "sensor_fault"  # the sensor sent what contradicts itself
    HOST_STOPPED = "host_stopped"  # the computer at the bedside did not record
    NOT_RECORDED = "not_recorded"  # marked as a gap in a file, cause not stated
    LEAD_OFF = "lead_off"  # an electrode has no contact: flat, at a rail, or mains only
    SATURATED = "saturated"  # at the limit of the converter
    NOT_WORN = "not_worn"  # no contact, and the sensor lies still
    FLOOR_UNKNOWN = "floor_unknown"  # muscle active before any rest was seen: nothing to compare with


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """Consecutive samples of one stream.

    `values` has shape (n_samples, n_channels), float64, in the unit of its channels (uV or g), read-only.
    Sample `first_sample + i` of the stream is `values[i]`; the stream's sample 0 is the start of the
    recording. Memory that is contiguous along samples (Fortran order) is filtered without a copy.
    """

    stream: str
    first_sample: int
    values: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.first_sample < 0:
            raise ValueError(f"first_sample is {self.first_sample}; a stream begins at sample 0")
        if self.values.ndim != 2:  # noqa: PLR2004 - samples by channels
            raise ValueError(f"values have shape {self.values.shape}; (n_samples, n_channels) is needed")
        view = self.values.view()
        view.flags.writeable = False
        object.__setattr__(self, "values", view)

    @property
    def end(self) -> int:
        """Sample index just past the block."""
        return self.first_sample + len(self.values)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch `[first_sample, end)` of one stream without usable samples, and why."""

    stream: str
    first_sample: int
    end: int
    reason: GapReason

    def __post_init__(self) -> None:
        if not 0 <= self.first_sample < self.end:
            raise ValueError(f"a gap [{self.first_sample}, {self.end}) is empty or begins before sample 0")


StreamItem = SampleBlock | Gap
