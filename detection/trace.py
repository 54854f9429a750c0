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
    """Collects the rows of a `NightTrace`, about 1 MB for a night."""

    def __init__(self, tick_s: float) -> None:
        self._tick_s = tick_s
        self._levels: list[Floats] = [np.empty((3, 0))]
        self._floors: list[Floats] = [np.empty(0)]
        self._states: list[State] = [np.empty(0, np.int8)]

    def add(self, level_uv: Floats, floor_uv: Floats, state: State) -> None:
        """Add ticks: levels and states of shape (n_ticks, tick_hops), floors (n_ticks,)."""
        ordered = np.sort(level_uv, axis=1)  # NaN last
        known = np.isfinite(ordered).sum(axis=1)
        row = np.arange(len(ordered))
        picks = [
            ordered[row, 0],
            ordered[row, np.maximum(known - 1, 0) // 2],
            ordered[row, np.maximum(known - 1, 0)],
        ]
        self._levels.append(np.stack(picks))
        self._floors.append(floor_uv)
        self._states.append(state.max(axis=1))

    def result(self, movement: Movement | None) -> NightTrace:
        """Return all rows so far."""
        lowest, median, highest = np.concatenate(self._levels, axis=1)
        floors, states = np.concatenate(self._floors), np.concatenate(self._states)
        return NightTrace(self._tick_s, lowest, median, highest, floors, states, movement)
