"""What the detector hands on: an episode of contraction, with all that a classifier may want to know of it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from detection.movement import Movement
from signals import seconds_at

Floats = NDArray[np.float64]


class Began(StrEnum):
    """How an episode began."""

    ROSE = "rose"  # above 3 x the floor, after rest
    AT_START = "at_start"  # the recording began with it
    AFTER_GAP = "after_gap"  # it was there when the signal came back


class Ended(StrEnum):
    """How an episode ended."""

    FELL = "fell"  # back to rest
    AT_END = "at_end"  # the recording ended first
    IN_GAP = "in_gap"  # the signal was lost, and it was over when it came back
    FLOOR_LOST = "floor_lost"  # active so long that the floor itself must have changed
    OPEN = "open"  # it has not ended yet: a look at a contraction in progress


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """The course of an episode, hop by hop, from its first to its last hop.

    `level_uv` has shape (n_channels, n_hops), the scored muscle first; NaN where nothing was observed.
    The other arrays describe the scored muscle, shape (n_hops,).
    """

    hop_samples: int
    level_uv: Floats
    power_uv2: Floats
    frequency_hz: Floats
    saturated: NDArray[np.bool_]
    artefact: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Episode:
    """A contraction `[start, end)` in samples of the EMG stream.

    `floor_uv` holds the resting floor of each EMG channel when the episode began, `rest_seen_s` how much rest
    the scored muscle's floor was learned from, `n_bouts` and `longest_bout_s` of how many stretches above the
    threshold it consists and how long the longest is without what fell into gaps. `movement` covers
    `context_s` before to `context_s` after the episode; None where there is no accelerometer.
    """

    start: int
    end: int
    fs_hz: float
    began: Began
    ended: Ended
    n_bouts: int
    longest_bout_s: float
    observed_s: float
    floor_uv: tuple[float, ...]
    rest_seen_s: float
    on_ratio: float
    envelope: Envelope
    movement: Movement | None

    @property
    def start_s(self) -> float:
        """Seconds from the start of the recording."""
        return seconds_at(self.start, self.fs_hz)

    @property
    def end_s(self) -> float:
        """Seconds from the start of the recording."""
        return seconds_at(self.end, self.fs_hz)

    @property
    def duration_s(self) -> float:
        """From onset to end, gaps included."""
        return self.end_s - self.start_s

    @property
    def gap_s(self) -> float:
        """Time inside the episode in which nothing was observed."""
        return self.duration_s - self.observed_s

    def active(self) -> NDArray[np.bool_]:
        """Return which hops were at or above the onset level."""
        return self.envelope.level_uv[0] >= self.on_ratio * self.floor_uv[0]
