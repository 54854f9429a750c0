"""How sure a ratio is when nights of one person are alike: whole participants are drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.evaluation.intervals import TAIL

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


def ratio_by_participant(
    participants: Sequence[str], above: Sequence[float], below: Sequence[float], replicates: int, seed: int
) -> ClusterInterval:
    """Return the percentile interval of sum(above) / sum(below) over nights, participants drawn with replacement.

    One value per night in each sequence (Davison & Hinkley 1997, section 3.8: only clusters are resampled). The
    same input and seed give the same interval. Undefined below two participants, and where every replicate gives
    the same ratio, as it does for 0 events: drawing anew cannot show what was never seen.
    """
    names, place = np.unique(np.array(participants, dtype=np.str_), return_inverse=True)
    n = len(names)
    if n < FEWEST:
        return ClusterInterval(None, None, n, 0, 0)
    tops = np.bincount(place, weights=np.array(above, dtype=np.float64), minlength=n)
    bottoms = np.bincount(place, weights=np.array(below, dtype=np.float64), minlength=n)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=replicates)
    top, bottom = drawn @ tops, drawn @ bottoms
    defined = bottom > 0
    undefined = int(replicates - defined.sum())
    ratios = top[defined] / bottom[defined]
    if not len(ratios) or float(np.ptp(ratios)) == 0:
        return ClusterInterval(None, None, n, replicates, undefined)
    low, high = np.quantile(ratios, [TAIL, 1 - TAIL])
    return ClusterInterval(float(low), float(high), n, replicates, undefined)
