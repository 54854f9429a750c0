"""The night at a glance: one row a second, for reports and trends; never an input of a decision."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.movement import Movement
from detection.ticks import State

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class NightTrace:
    """Per tick of `tick_s`: lowest, median and highest level and the floor in uV, and the state (0 usable).

    Levels are those of the scored muscle, NaN where nothing was observed. `movement` has rows of its own
    length; None without an accelerometer.
    """

    tick_s: float
    lowest_uv: Floats
    median_uv: Floats
    highest_uv: Floats
    floor_uv: Floats
    state: State
    movement: Movement | None


class TraceRecorder:
    """Collects the rows of a `NightTrace`, about 1 MB for a night however small the pieces."""

    def __init__(self, tick_s: float) -> None:
        self._tick_s = tick_s
        self._rows = np.empty((1024, 4))  # lowest, median, highest, floor; doubled when full
        self._states: State = np.empty(1024, np.int8)
        self._n = 0

    def add(self, level_uv: Floats, floor_uv: Floats, state: State) -> None:
        """Add ticks: levels and states of shape (n_ticks, tick_hops), floors (n_ticks,)."""
        ordered = np.sort(level_uv, axis=1)  # NaN last
        known = np.isfinite(ordered).sum(axis=1)
        row = np.arange(len(ordered))
        end = self._n + len(ordered)
        while end > len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
            self._states = np.concatenate([self._states, np.empty_like(self._states)])
        rows = self._rows[self._n : end]
        rows[:, 0] = ordered[row, 0]
        rows[:, 1] = ordered[row, np.maximum(known - 1, 0) // 2]
        rows[:, 2] = ordered[row, np.maximum(known - 1, 0)]
        rows[:, 3] = floor_uv
        self._states[self._n : end] = state.max(axis=1)
        self._n = end

    def result(self, movement: Movement | None) -> NightTrace:
        """Return all rows so far; costs nothing, as rows never change once they are there."""
        lowest, median, highest, floors = self._rows[: self._n].T
        return NightTrace(self._tick_s, lowest, median, highest, floors, self._states[: self._n], movement)
