"""The score of the accelerometer: second by second, which way the shank points and how it moves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.settings import DetectionSettings
from detection.ticks import State, TickBuffer
from signals import Stream, StreamItem, hop_samples, seconds_at
from signals.filters import band_pass

Floats = NDArray[np.float64]

ROW_S = 1.0
FILTER_ORDER = 2
BATCH_ROWS = 64


@dataclass(frozen=True, slots=True)
class Movement:
    """Consecutive rows of about one second; NaN in all columns where there was no acceleration.

    `first_row` counts from the start of the stream, a row lasts `row_s`. `gravity_g` (n, 3) is the mean
    acceleration, `dynamic_g` (n,) the standard deviation about it (all axes together), `gait_g` (n,) the RMS
    between 0.5 and 3 Hz.
    """

    first_row: int
    row_s: float
    gravity_g: Floats
    dynamic_g: Floats
    gait_g: Floats

    @property
    def end_s(self) -> float:
        """End of the last row, from the start of the stream."""
        return (self.first_row + len(self.dynamic_g)) * self.row_s

    def between(self, start_s: float, end_s: float) -> "Movement":
        """Return the rows that lie wholly inside `[start_s, end_s)`, times from the start of the stream."""
        rows = len(self.dynamic_g)
        a = min(rows, max(0, int(np.ceil(start_s / self.row_s - 1e-9)) - self.first_row))
        b = min(rows, max(a, int(np.floor(end_s / self.row_s + 1e-9)) - self.first_row))
        return Movement(self.first_row + a, self.row_s, self.gravity_g[a:b], self.dynamic_g[a:b], self.gait_g[a:b])


class MovementScore:
    """Turns the items of the acceleration stream into rows of `Movement`, and keeps those of the whole night."""

    def __init__(self, settings: DetectionSettings, stream: Stream) -> None:
        self._row = hop_samples(ROW_S, stream.fs_hz)
        self.row_s = seconds_at(self._row, stream.fs_hz)
        self._buffer = TickBuffer(stream.name, self._row, len(stream.channels))
        self._filters = [
            band_pass(settings.gait_low_hz, settings.gait_high_hz, stream.fs_hz, FILTER_ORDER)
            for _ in stream.channels
        ]
        self._rows = np.empty((1024, 5))  # doubled when full
        self.n_rows = 0

    @property
    def end_s(self) -> float:
        """Seconds from the start that are covered by rows."""
        return self.n_rows * self.row_s

    def update(self, item: StreamItem) -> None:
        """Add the next item of the stream."""
        self._buffer.put(item)
        while ready := min(self._buffer.ready, BATCH_ROWS):
            samples = self._buffer.take(ready)
            if self.n_rows + ready > len(self._rows):
                self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
            self._rows[self.n_rows : self.n_rows + ready] = self._score(samples.values, samples.state)
            self.n_rows += ready

    def movement(self) -> Movement:
        """All rows so far."""
        rows = self._rows[: self.n_rows]
        return Movement(0, self.row_s, rows[:, :3], rows[:, 3], rows[:, 4])

    def still_until(self, end_s: float, span_s: float, still_g: float) -> bool:
        """Whether every row in the `span_s` before `end_s` was observed and moved less than `still_g`."""
        first, end = int((end_s - span_s) / self.row_s), min(self.n_rows, -int(-end_s // self.row_s))
        dynamic = self._rows[max(0, first) : end, 3]
        return len(dynamic) > 0 and bool((dynamic < still_g).all())

    def _score(self, values: Floats, state: State | None) -> Floats:
        """Score whole rows; returns (n_rows, 5): gravity, dynamic, gait."""
        rows = np.empty((len(values) // self._row, 5))
        variance = np.zeros(len(rows))
        gait = np.zeros(len(rows))
        for axis, filtered in enumerate(self._filters):
            raw = np.ascontiguousarray(values[:, axis])
            ticks = raw.reshape(-1, self._row)
            rows[:, axis] = ticks.mean(axis=1)
            variance += ticks.var(axis=1)
            swing = filtered.update(raw) if state is None else filtered.update_between_gaps(raw, state == 0)
            swing = swing.reshape(-1, self._row)
            gait += np.einsum("ij,ij->i", swing, swing) / self._row
        rows[:, 3], rows[:, 4] = np.sqrt(variance), np.sqrt(gait)
        lost = variance == 0  # a sensor that repeats itself is stuck; a real one has noise
        if state is not None:
            lost |= state.reshape(-1, self._row).any(axis=1)
        rows[lost] = np.nan
        return rows
