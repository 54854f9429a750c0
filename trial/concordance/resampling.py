"""Figures with their intervals, whole participants being drawn anew: nights of one person are alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.bootstrap import FEWEST, draws, percentiles, sums_by_participant

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From sums, shape (m, k), to a figure for each, shape (m,), nan where it is not defined."""

REPLICATES = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; None where undefined."""

    value: float | None
    low: float | None
    high: float | None


def estimate(participants: Sequence[str], values: Floats, statistic: Statistic, seed: int) -> Estimate:
    """Return a figure of the sums of rows, shape (n rows, k), with its percentile interval by participant."""
    return estimate_of(sums_by_participant(participants, values), statistic, seed)


def estimate_of(sums: Floats, statistic: Statistic, seed: int) -> Estimate:
    """Return a figure of the sums of participants, shape (n participants, k), with its percentile interval."""
    n = len(sums)
    value = float(statistic(sums.sum(axis=0, keepdims=True))[0]) if n else np.nan
    if np.isnan(value) or n < FEWEST:
        return Estimate(None if np.isnan(value) else value, None, None)
    interval = percentiles(statistic(draws(n, REPLICATES, seed) @ sums), n)
    return Estimate(value, interval.low, interval.high)


def quotient(above: Floats, below: Floats) -> Floats:
    """Divide, nan where there is nothing to divide by."""
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)


def share(sums: Floats) -> Floats:
    """Return the first sum over the second."""
    return quotient(sums[:, 0], sums[:, 1])
