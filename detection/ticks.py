"""Regrouping a stream, however it was cut, into whole ticks on a fixed grid."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signals import Gap, GapReason, SampleBlock, StreamItem

REASONS = tuple(GapReason)
"""A state is 0 for what can be used, and 1 + the index of the reason in this tuple for what is lost.

The same number with a minus stands for what was observed but must not count as usable (a clipped signal).
"""

State = NDArray[np.int8]


def code_of(reason: GapReason) -> int:
    """Return the state code of a gap reason."""
    return 1 + REASONS.index(reason)


@dataclass(frozen=True, slots=True)
class Samples:
    """Whole ticks of a stream: `values` (n_samples, n_channels), 0 inside gaps; `state` (n_samples,) or None."""

    values: NDArray[np.float64]
    state: State | None


class TickBuffer:
    """Takes stream items of any size in, gives whole ticks out."""

    def __init__(self, stream: str, tick_samples: int, n_channels: int) -> None:
        self._stream = stream
        self._tick = tick_samples
        self._n_channels = n_channels
        self._items: deque[StreamItem] = deque()
        self._next = 0  # first sample not yet given out
        self._end = 0  # end of what has come in

    @property
    def end(self) -> int:
        """Sample index just past all that has come in."""
        return self._end

    @property
    def ready(self) -> int:
        """Whole ticks that can be taken."""
        return (self._end - self._next) // self._tick

    def put(self, item: StreamItem) -> None:
        """Add the next item; raise ValueError where it does not join on to the one before, or is misshapen."""
        if item.first_sample != self._end:
            raise ValueError(
                f"stream {self._stream!r} continues at sample {item.first_sample}, but {self._end} is due; "
                "what was lost must be given as a Gap"
            )
        if isinstance(item, SampleBlock) and item.values.shape[1] != self._n_channels:
            raise ValueError(
                f"a block of stream {self._stream!r} has {item.values.shape[1]} channels, not {self._n_channels}"
            )
        if item.end > item.first_sample:
            self._items.append(item)
            self._end = item.end

    def pad(self) -> None:
        """Fill up the last tick with a gap, at the end of the stream."""
        missing = -self._end % self._tick
        if missing:
            self.put(Gap(self._stream, self._end, self._end + missing, GapReason.NOT_RECORDED))

    def take(self, n_ticks: int) -> Samples:
        """Give the next `n_ticks` ticks, at most `ready`; a view of the block where one block holds them all."""
        start, end = self._next, self._next + n_ticks * self._tick
        first = self._items[0]
        if isinstance(first, SampleBlock) and first.end >= end:
            samples = Samples(first.values[start - first.first_sample : end - first.first_sample], None)
        else:
            samples = self._join(start, end)
        self._next = end
        while self._items and self._items[0].end <= end:
            self._items.popleft()
        return samples

    def _join(self, start: int, end: int) -> Samples:
        values = np.zeros((end - start, self._n_channels), order="F")
        state = np.zeros(end - start, np.int8)
        for item in self._items:
            if item.first_sample >= end:
                break
            a, b = max(item.first_sample, start), min(item.end, end)
            if isinstance(item, Gap):
                state[a - start : b - start] = code_of(item.reason)
            else:
                values[a - start : b - start] = item.values[a - item.first_sample : b - item.first_sample]
        return Samples(values, state if state.any() else None)
