"""The night as a calendar: what is taken, what is free, when the wearer sleeps."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from simulation.accelerations import Posture
from simulation.happenings import Happening
from simulation.randomness import Span, between, chance, log_between

WAKE, LIGHT, DEEP, REM = range(4)

SLEEP_LATENCY_MIN: Span = (5.0, 45.0)  # assumption
CYCLE_MIN: Span = (80.0, 110.0)  # textbook
WAKE_MIN: Span = (2.0, 25.0)  # assumption
WAKE_CHANCE = 0.45  # of a cycle to end in lying awake; assumption


def sleep_minutes(rng: np.random.Generator, duration_s: float) -> NDArray[np.int64]:
    """Return the stage of every minute: latency, then cycles of light, deep, light and REM sleep, and waking."""
    n = int(duration_s // 60) + 1
    stages = np.full(n, WAKE)
    at = int(between(rng, SLEEP_LATENCY_MIN))
    cycle = 0
    while at < n:
        length = between(rng, CYCLE_MIN)
        deep = max(0.05, 0.4 - 0.12 * cycle)
        rem = min(0.4, 0.1 + 0.08 * cycle)
        for stage, share in ((LIGHT, 0.2), (DEEP, deep), (LIGHT, max(0.0, 0.8 - deep - rem)), (REM, rem)):
            end = at + round(length * share)
            stages[at:end] = stage
            at = end
        if chance(rng, WAKE_CHANCE):
            at += int(log_between(rng, WAKE_MIN))
        cycle += 1
    return stages


@dataclass(slots=True)
class Group:
    """Events that belong together, with times from the start of the group, and the postures they bring."""

    events: list[Happening] = field(default_factory=list[Happening])
    postures: list[Posture] = field(default_factory=list[Posture])

    @property
    def length_s(self) -> float:
        """End of the last event."""
        return max(event.end_s for event in self.events)

    def append_after(self, other: "Group", pause_s: float) -> None:
        """Let another group follow after a pause."""
        shift = self.length_s + pause_s
        self.events += [replace(e, onset_s=e.onset_s + shift) for e in other.events]
        self.postures += [replace(p, at_s=p.at_s + shift) for p in other.postures]


class Schedule:
    """The calendar of one night; times in s from the start of the recording."""

    def __init__(self, duration_s: int, stages: NDArray[np.int64], first: tuple[float, float, float]) -> None:
        self.duration_s = duration_s
        self.hours = duration_s / 3600
        self._stages = stages
        self._events: list[Happening] = []
        self._postures = [Posture(0.0, 0.0, first)]
        self._taken: list[Span] = []

    def free(self, start_s: float, end_s: float, margin_s: float = 0.0) -> bool:
        """Whether a stretch lies inside the night and keeps a margin to everything that excludes others."""
        if start_s < 0 or end_s > self.duration_s:
            return False
        return all(end_s + margin_s <= a or start_s - margin_s >= b for a, b in self._taken)

    def times(self, rng: np.random.Generator, n: int, weights: tuple[float, float, float, float]) -> list[float]:
        """Draw `n` times, in order, by weights of waking, light, deep and REM sleep."""
        minute_weight = np.array(weights)[self._stages]
        if n == 0 or minute_weight.sum() <= 0:
            return []
        minutes = rng.choice(len(minute_weight), n, p=minute_weight / minute_weight.sum())
        return sorted((minutes * 60.0 + rng.uniform(0, 60, n)).tolist())

    def add(self, event: Happening, *, taken: bool = True) -> bool:
        """Add an event where it is free; return whether it was. `taken` keeps others out of its time."""
        if not self.free(event.onset_s, event.end_s):
            return False
        self._put(event)
        if taken:
            self._taken.append((event.onset_s, event.end_s))
        return True

    def add_beside(self, event: Happening) -> None:
        """Add an event that may coincide with any other, such as an artefact; cut at the end of the night."""
        rest_s = self.duration_s - event.onset_s
        if rest_s > 0:
            self._put(replace(event, duration_s=min(event.duration_s, rest_s)))

    def add_group(self, group: Group, start_s: float, margin_s: float = 0.0) -> None:
        """Add a group, which the caller has found to be free."""
        for event in group.events:
            self.add_beside(replace(event, onset_s=max(0.0, event.onset_s + start_s)))
        self._postures += [replace(p, at_s=p.at_s + start_s) for p in group.postures]
        self._taken.append((start_s - margin_s, start_s + group.length_s + margin_s))

    def take_posture(self, posture: Posture) -> None:
        """Let the wearer change posture."""
        self._postures.append(posture)

    def planned(self) -> tuple[Happening, ...]:
        """Everything added so far."""
        return tuple(self._events)

    def happenings(self) -> tuple[Happening, ...]:
        """All events by onset."""
        return tuple(sorted(self._events, key=lambda e: (e.onset_s, e.number)))

    def postures(self) -> tuple[Posture, ...]:
        """All postures by time."""
        return tuple(sorted(self._postures, key=lambda p: p.at_s))

    def _put(self, event: Happening) -> None:
        self._events.append(replace(event, number=len(self._events)))
