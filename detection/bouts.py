"""The decision: where the level rises above the resting floor and where it falls back."""

from dataclasses import dataclass
from math import isnan


@dataclass(frozen=True, slots=True)
class Rest:
    """What was known of rest: the floor of every EMG channel, and how long the first was seen at rest."""

    floor_uv: tuple[float, ...]
    seen_s: float


@dataclass(frozen=True, slots=True)
class Bout:
    """A stretch `[start, end)` of hops in which the muscle was active, and the rest that it rose from."""

    start: int
    end: int
    rest: Rest


class BoutDecider:
    """Two levels and a state: a bout begins at `on_ratio` times the floor, ends below `off_ratio` times it.

    The bout's edges follow the definition of onset and end: onset is the newest hop of the first 0.5-s window
    at or above the upper level, the end is the oldest hop of the last such window. A contraction much louder
    than the threshold is thus placed to one hop, whatever the window's length. Unknown levels (NaN) change
    nothing, so that a gap inside a contraction does not end it, unless it is longer than `gap_hops`.
    """

    def __init__(self, *, on_ratio: float, off_ratio: float, window_hops: int, gap_hops: int) -> None:
        self._on_ratio = on_ratio
        self._off_ratio = off_ratio
        self._window = window_hops
        self._gap = gap_hops
        self.start: int | None = None
        self._last_on = 0
        self._last_known = 0
        self._rest = Rest((), 0.0)

    @property
    def active(self) -> bool:
        """Whether a bout is open."""
        return self.start is not None

    def update(self, first_hop: int, levels_uv: list[float], rest: Rest) -> list[Bout]:
        """Decide consecutive hops of the first channel against its floor; return the bouts that ended in them."""
        ended: list[Bout] = []
        on, off = self._on_ratio * rest.floor_uv[0], self._off_ratio * rest.floor_uv[0]
        for hop, level in enumerate(levels_uv, first_hop):
            if not isnan(level):
                self._last_known = hop
            if level >= on:
                if self.start is None:
                    self.start, self._rest = hop, rest
                self._last_on = hop
            elif self.start is not None and (level < off or hop - self._last_known > self._gap):
                ended.append(self._close())
        return ended

    def open_bout(self) -> Bout | None:
        """Return the open bout as it stands, up to the last window at or above the upper level."""
        return None if self.start is None else Bout(self.start, self._end(self.start), self._rest)

    def close(self) -> Bout | None:
        """End the open bout, as at the end of the recording."""
        return None if self.start is None else self._close()

    def _close(self) -> Bout:
        assert self.start is not None  # noqa: S101 - for the type checker; callers have looked
        bout = Bout(self.start, self._end(self.start), self._rest)
        self.start = None
        return bout

    def _end(self, start: int) -> int:
        if self._last_on == self._last_known:  # still above: it has not ended within what is known
            return self._last_on + 1
        return max(start + 1, self._last_on - self._window + 2)
