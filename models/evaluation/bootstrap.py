"""How sure a ratio is when nights of one person are alike: whole participants are drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.intervals import TAIL

Floats = NDArray[np.float64]

FEWEST = 2  # participants, below which there is nothing to draw from


@dataclass(frozen=True, slots=True)
class ClusterInterval:
    """A 95 % interval by participant; None where undefined.

    `undefined_replicates` had nothing to divide by and were left out.
    """

    low: float | None
    high: float | None
    n_participants: int
    replicates: int
    undefined_replicates: int


def draws(n: int, replicates: int, seed: int) -> NDArray[np.int64]:
    """Draw `n` participants with replacement, again and again: how often each was drawn, shape (replicates, n)."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=replicates)


def sums_by_participant(participants: Sequence[str], values: Floats) -> Floats:
    """Add up the rows of each participant, shape (n rows, k) to (n participants, k), in order of their names."""
    names, place = np.unique(np.array(participants, dtype=np.str_), return_inverse=True)
    columns = [np.bincount(place, weights=column, minlength=len(names)) for column in values.T]
    return np.array(columns, dtype=np.float64).T


def percentiles(replicated: Floats, n_participants: int) -> ClusterInterval:
    """Return the percentile interval of what the draws gave, nan where one gave nothing.

    Undefined where every draw gives the same: drawing anew cannot show what was never seen.
    """
    replicates = len(replicated)
    defined = replicated[~np.isnan(replicated)]
    undefined = replicates - len(defined)
    if not len(defined) or float(np.ptp(defined)) == 0:
        return ClusterInterval(None, None, n_participants, replicates, undefined)
    low, high = np.quantile(defined, [TAIL, 1 - TAIL])
    return ClusterInterval(float(low), float(high), n_participants, replicates, undefined)


def ratio_by_participant(
    participants: Sequence[str], above: Sequence[float], below: Sequence[float], replicates: int, seed: int
) -> ClusterInterval:
    """Return the percentile interval of sum(above) / sum(below) over nights, participants drawn with replacement.

    One value per night in each sequence (Davison & Hinkley 1997, section 3.8: only clusters are resampled). The
    same input and seed give the same interval. Undefined below two participants, and where every replicate gives
    the same ratio, as it does for 0 events.
    """
    values = np.array([above, below], dtype=np.float64).T.reshape(-1, 2)
    sums = sums_by_participant(participants, values)
    n = len(sums)
    if n < FEWEST:
        return ClusterInterval(None, None, n, 0, 0)
    top, bottom = (draws(n, replicates, seed) @ sums).T
    return percentiles(np.divide(top, bottom, out=np.full(replicates, np.nan), where=bottom > 0), n)
