"""Which felt cramp is which seen one: one to one, close in time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment


@dataclass(frozen=True, slots=True)
class Pair:
    """A felt and a seen cramp that are taken for the same, by their places; `offset_s` is felt minus seen."""

    felt: int
    seen: int
    offset_s: float


def match(felt: Sequence[Sequence[float]], seen: Sequence[float], tolerance_s: float) -> list[Pair]:
    """Return as many pairs as there can be within the tolerance, and of those ways the one closest in all.

    `felt` has the moments that each felt cramp may have had, at least one: two where the clock showed that time
    twice. `seen` has the onsets; all in POSIX seconds. A distance of exactly the tolerance is within it.
    """
    if not (felt and seen):
        return []
    offsets = np.array([[min((m - onset for m in moments), key=abs) for onset in seen] for moments in felt])
    distances = np.abs(offsets)
    too_far = (tolerance_s + 1.0) * (min(offsets.shape) + 1)  # worse than all that are near together
    rows, columns = linear_sum_assignment(np.where(distances <= tolerance_s, distances, too_far))
    return [
        Pair(int(i), int(j), float(offsets[i, j]))
        for i, j in zip(rows, columns, strict=True)
        if distances[i, j] <= tolerance_s
    ]
