"""The assembly: which bouts belong to one episode."""

from collections.abc import Callable
from dataclasses import dataclass

from detection.bouts import Bout
from detection.episode import Ended

Observed = Callable[[int, int], int]
"""How many hops of `[start, end)` were observed."""


@dataclass(frozen=True, slots=True)
class Group:
    """Bouts that make one episode, in order, and what became of the last of them."""

    bouts: tuple[Bout, ...]
    ended: Ended

    @property
    def start(self) -> int:
        """First hop."""
        return self.bouts[0].start

    @property
    def end(self) -> int:
        """Hop just past the last."""
        return self.bouts[-1].end


class Assembler:
    """Joins bouts into episodes; knows hops and durations, not signals.

    Two bouts are one episode if fewer than `bridge_hops` of observed rest lie between them, gaps of at most
    `gap_hops` not counted, and if either is at least `long_bout_hops` long. The last condition reads the
    definition ("two bouts less than 10 s apart are one cramp") so that it speaks of bouts of a cramp: two leg
    movements, which never last longer than 10 s, stay two (docs/decisions/0002). Bouts shorter than
    `min_hops` are no movement at all; they are counted in `too_short` and left out.
    """

    def __init__(self, *, min_hops: int, bridge_hops: int, long_bout_hops: int, gap_hops: int) -> None:
        self._min = min_hops
        self._bridge = bridge_hops
        self._long = long_bout_hops
        self._gap = gap_hops
        self._bouts: tuple[Bout, ...] = ()
        self.too_short = 0

    @property
    def oldest(self) -> int | None:
        """First hop that is still needed, None where nothing is pending."""
        return self._bouts[0].start if self._bouts else None

    def add(self, bout: Bout, observed: Observed) -> list[Group]:
        """Add a bout that has ended; return the group that it does not belong to, if one was pending."""
        if bout.end - bout.start < self._min:
            self.too_short += 1
            return []
        if not self._bouts or self.joins(bout, observed):
            self._bouts += (bout,)
            return []
        finished = Group(self._bouts, Ended.FELL)
        self._bouts = (bout,)
        return [finished]

    def advance(self, now: int, open_start: int | None, observed: Observed) -> list[Group]:
        """Return the pending group once nothing can be joined to it any more.

        `now` is the hop just past what is known; `open_start` the onset of a bout in progress, which may yet
        turn out to belong to the group.
        """
        if not self._bouts:
            return []
        until = now if open_start is None else open_start
        if self._within_reach(until, observed):
            return []
        return self.finish(Ended.FELL)

    def joins(self, bout: Bout, observed: Observed) -> bool:
        """Whether a bout, ended or open, belongs to the pending group."""
        if not self._bouts or not self._within_reach(bout.start, observed):
            return False
        pending = observed(self._bouts[0].start, self._bouts[-1].end)
        return max(pending, observed(bout.start, bout.end)) >= self._long

    def pending_with(self, bout: Bout, observed: Observed) -> Group:
        """Return the episode in progress as it stands, an open bout included."""
        bouts = (*self._bouts, bout) if self.joins(bout, observed) else (bout,)
        return Group(bouts, Ended.OPEN)

    def finish(self, ended: Ended) -> list[Group]:
        """Return what is pending, at the end of the recording or of all belief in the floor."""
        finished = [Group(self._bouts, ended)] if self._bouts else []
        self._bouts = ()
        return finished

    def _within_reach(self, hop: int, observed: Observed) -> bool:
        end = self._bouts[-1].end
        rest = observed(end, hop)
        return rest < self._bridge and max(0, hop - end) - rest <= self._gap
