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


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyLimits:
    """The numbers of the assembly, in hops; see `Assembler` and `DetectionSettings` for what each means."""

    min_hops: int
    bridge_hops: int
    long_bout_hops: int
    gap_hops: int
    burst_hops: int
    pause_hops: int
    train_bursts: int


class Assembler:
    """Joins bouts into episodes; knows hops and durations, not signals.

    Two bouts are one episode if fewer than `bridge_hops` of observed rest lie between them, gaps of at most
    `gap_hops` not counted, and if either is at least `long_bout_hops` long. The last condition reads the
    definition ("two bouts less than 10 s apart are one cramp") so that it speaks of bouts of a cramp: two leg
    movements, which never last longer than 10 s, stay two (docs/decisions/0002).

    Bursts, bouts of at most `burst_hops`, with pauses of less than `pause_hops` are a train (ALMA, foot tremor)
    if there are `train_bursts` of them, and then one episode; fewer are movements of their own.
    Bouts shorter than `min_hops` that are in no train are no movement at all: they are counted in `too_short`.
    """

    def __init__(self, limits: AssemblyLimits) -> None:
        self._limits = limits
        self._bouts: tuple[Bout, ...] = ()
        self.too_short = 0

    @property
    def oldest(self) -> int | None:
        """First hop that is still needed, None where nothing is pending."""
        return self._bouts[0].start if self._bouts else None

    def add(self, bout: Bout, observed: Observed) -> list[Group]:
        """Add a bout that has ended; return the groups that it does not belong to, if any were pending."""
        if not self._bouts or self.joins(bout, observed) or self._in_train(bout):
            self._bouts += (bout,)
            return []
        finished = self.finish(Ended.FELL)
        self._bouts = (bout,)
        return finished

    def advance(self, now: int, open_start: int | None, observed: Observed) -> list[Group]:
        """Return what is pending once nothing can be joined to it any more.

        `now` is the hop just past what is known; `open_start` the onset of a bout in progress, which may yet
        turn out to belong to it.
        """
        until = now if open_start is None else open_start
        if not self._bouts or self._within_reach(until, observed):
            return []
        return self.finish(Ended.FELL)

    def joins(self, bout: Bout, observed: Observed) -> bool:
        """Whether a bout, ended or open, belongs to one cramp with what is pending."""
        if not self._bouts or not self._within_reach(bout.start, observed):
            return False
        pending = 0 if self._is_train() else observed(self._bouts[0].start, self._bouts[-1].end)
        return max(pending, observed(bout.start, bout.end)) >= self._limits.long_bout_hops

    def pending_with(self, bout: Bout, observed: Observed) -> Group:
        """Return the episode in progress as it stands, an open bout included."""
        bouts = (*self._bouts, bout) if self.joins(bout, observed) else (bout,)
        return Group(bouts, Ended.OPEN)

    def finish(self, ended: Ended) -> list[Group]:
        """Return what is pending, at the end of the recording or of all belief in the floor."""
        bouts, self._bouts = self._bouts, ()
        if not bouts:
            return []
        if len(bouts) >= self._limits.train_bursts or not all(self._is_burst(bout) for bout in bouts):
            groups = [bouts]
        else:
            groups = [(bout,) for bout in bouts]
        kept = [g for g in groups if g[-1].end - g[0].start >= self._limits.min_hops]
        self.too_short += len(groups) - len(kept)
        return [Group(g, ended if g[-1] is bouts[-1] else Ended.FELL) for g in kept]

    def _within_reach(self, hop: int, observed: Observed) -> bool:
        end = self._bouts[-1].end
        rest = observed(end, hop)
        return rest < self._limits.bridge_hops and max(0, hop - end) - rest <= self._limits.gap_hops

    def _in_train(self, bout: Bout) -> bool:
        close = bout.start - self._bouts[-1].end < self._limits.pause_hops
        return close and self._is_train() and self._is_burst(bout)

    def _is_train(self) -> bool:
        return all(self._is_burst(bout) for bout in self._bouts)

    def _is_burst(self, bout: Bout) -> bool:
        return bout.end - bout.start <= self._limits.burst_hops
