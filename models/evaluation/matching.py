"""Which predicted cramp is which true one: one to one, with fragments and merges told apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from models.evaluation.events import Span

Floats = NDArray[np.float64]

WITHIN = 1e-6  # weight of a second inside the cramp itself; decides only where the extended overlaps are equal


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a true cramp is extended before anything is held against it; s."""

    before_s: float = 10.0
    after_s: float = 30.0

    def __post_init__(self) -> None:
        if not (0 <= self.before_s < np.inf and 0 <= self.after_s < np.inf):
            raise ValueError(f"tolerance of {self.before_s} s before and {self.after_s} s after: neither below 0")

    def extended(self, span: Span) -> Span:
        """Return the span with its tolerance on both sides."""
        return Span(span.onset_s - self.before_s, span.duration_s + self.before_s + self.after_s)


@dataclass(frozen=True, slots=True)
class Matching:
    """Every true and every predicted cramp of a night in exactly one place, by its index.

    Attributes
    ----------
    pairs
        (true, predicted), one to one, in order of the true ones.
    missed
        True ones that no prediction covers.
    merged
        True ones of which a prediction covers a part that belongs to another true one.
    fragments
        Further predictions that overlap a true one, tolerance included, which another prediction got.
    false
        Predictions that overlap no true one.
    """

    pairs: tuple[tuple[int, int], ...]
    missed: tuple[int, ...]
    merged: tuple[int, ...]
    fragments: tuple[int, ...]
    false: tuple[int, ...]


def overlaps_s(true: Sequence[Span], predicted: Sequence[Span]) -> Floats:
    """Return the seconds that each true and each predicted span share, shape (n_true, n_predicted)."""
    first = np.array([[span.onset_s, span.end_s] for span in true]).reshape(-1, 2)
    second = np.array([[span.onset_s, span.end_s] for span in predicted]).reshape(-1, 2)
    ends = np.minimum(first[:, None, 1], second[None, :, 1])
    return np.maximum(ends - np.maximum(first[:, None, 0], second[None, :, 0]), 0.0)


def weights(true: Sequence[Span], predicted: Sequence[Span], tolerance: Tolerance) -> Floats:
    """Return what each pair is worth, shape (n_true, n_predicted): seconds of overlap with the extended cramp."""
    extended = overlaps_s([tolerance.extended(span) for span in true], predicted)
    return extended + WITHIN * overlaps_s(true, predicted)


def assign(worth: Floats) -> list[tuple[int, int]]:
    """Return the one-to-one pairs (row, column) of greatest total worth, without pairs that are worth nothing."""
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if worth[i, j] > 0]


def match(true: Sequence[Span], predicted: Sequence[Span], tolerance: Tolerance) -> Matching:
    """Match predicted to true cramps: any overlap with the extended true cramp, greatest total overlap.

    A true cramp left over is `merged` if a prediction covers some of the cramp itself, else `missed`; a
    prediction left over is a fragment if it overlaps an extended true cramp, else false.
    """
    worth = weights(true, predicted, tolerance)
    covered = np.any(overlaps_s(true, predicted) > 0, axis=1)
    touching = np.any(worth > 0, axis=0)
    pairs = assign(worth)
    matched_true, matched_predicted = {i for i, _ in pairs}, {j for _, j in pairs}
    left = [i for i in range(len(true)) if i not in matched_true]
    extra = [j for j in range(len(predicted)) if j not in matched_predicted]
    return Matching(
        pairs=tuple(pairs),
        missed=tuple(i for i in left if not covered[i]),
        merged=tuple(i for i in left if covered[i]),
        fragments=tuple(j for j in extra if touching[j]),
        false=tuple(j for j in extra if not touching[j]),
    )
