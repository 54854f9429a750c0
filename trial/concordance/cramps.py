"""Cramp by cramp: which share of the seen was written down, which of the written was seen, and when it was felt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from trial.concordance.nights import ConcordanceNight
from trial.concordance.resampling import Estimate, estimate, share

Quartiles = tuple[float, float, float]
MOST_SEEN = 4  # nights with as many or more are too few to be told apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Cramps of compared nights: how many, how many pairs, and the shares with intervals by participant.

    `week` is the week of study, None for all together; `seen_h` the hours in which at least one leg was seen.
    `felt` leaves out what was felt unmonitored.
    """

    week: int | None
    n_participants: int
    n_nights: int
    seen_h: float
    felt: int
    seen: int
    pairs: int
    seen_written: Estimate
    written_seen: Estimate


@dataclass(frozen=True, slots=True)
class Offsets:
    """How much later cramps were written down to have been than they were seen, s; of the pairs by time.

    `quartiles_s` are the three of them, None without pairs.
    """

    n: int
    quartiles_s: Quartiles | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeltBySeen:
    """Compared nights of which the sensor saw `seen` cramps, the last group that many or more.

    `mean_seen` and `felt` are means a night; `felt` is what was written down, with its interval by participant.
    """

    seen: int
    n_nights: int
    mean_seen: float
    felt: Estimate


def shares(nights: Sequence[ConcordanceNight], seed: int, week: int | None = None) -> Shares:
    """Return the shares of compared nights."""
    participants = [night.participant for night in nights]
    counts = np.array(
        [[night.felt_and_seen or 0, night.seen or 0, night.felt_monitored] for night in nights], np.float64
    ).reshape(-1, 3)
    pairs, seen, felt = (int(n) for n in counts.sum(axis=0))
    return Shares(
        week=week,
        n_participants=len(set(participants)),
        n_nights=len(nights),
        seen_h=sum(night.seen_h for night in nights),
        felt=felt,
        seen=seen,
        pairs=pairs,
        seen_written=estimate(participants, counts[:, [0, 1]], share, seed),
        written_seen=estimate(participants, counts[:, [0, 2]], share, seed),
    )


def shares_by_week(nights: Sequence[ConcordanceNight], seed: int) -> tuple[Shares, ...]:
    """Return the shares of every week of study that has a compared night."""
    weeks = sorted({night.week for night in nights})
    return tuple(shares([night for night in nights if night.week == week], seed, week) for week in weeks)


def felt_by_seen(nights: Sequence[ConcordanceNight], seed: int) -> tuple[FeltBySeen, ...]:
    """Return how much was written down of nights with equally many seen cramps."""
    found: list[FeltBySeen] = []
    for seen in range(MOST_SEEN + 1):
        group = [night for night in nights if min(night.seen or 0, MOST_SEEN) == seen]
        if group:
            counts = np.array([[night.felt_monitored, 1] for night in group], np.float64)
            felt = estimate([night.participant for night in group], counts, share, seed)
            mean_seen = sum(night.seen or 0 for night in group) / len(group)
            found.append(FeltBySeen(seen=seen, n_nights=len(group), mean_seen=mean_seen, felt=felt))
    return tuple(found)


def offsets(nights: Iterable[ConcordanceNight]) -> Offsets:
    """Return how far off the times of pairs were."""
    found = [offset for night in nights for offset in night.offsets_s]
    if not found:
        return Offsets(0, None)
    low, median, high = (float(q) for q in np.quantile(found, [0.25, 0.5, 0.75]))
    return Offsets(len(found), (low, median, high))
