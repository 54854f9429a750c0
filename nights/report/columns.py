"""Columns: a long series drawn in as many columns as a page can show, with nothing extreme left out."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A series in columns: their middle times in s, lowest, median and highest value; NaN where none is known."""

    time_s: Floats
    lowest: Floats
    median: Floats
    highest: Floats


def columns_of(values: Floats, row_s: float, n_max: int) -> Columns:
    """Put `values`, shape (n,), one every `row_s`, into at most `n_max` columns; times from the first value."""
    size = max(1, -(-len(values) // n_max))
    padded = np.pad(values, (0, -len(values) % size), constant_values=np.nan).reshape(-1, size)
    ordered = np.sort(padded, axis=1)  # NaN last
    known = np.maximum(np.isfinite(ordered).sum(axis=1), 1)
    row = np.arange(len(ordered))
    time_s = (row + 0.5) * np.float64(size * row_s)
    return Columns(time_s, ordered[:, 0], ordered[row, (known - 1) // 2], ordered[row, known - 1])


def runs(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """First index and end of every run of True, shape (n_runs, 2)."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return edges.reshape(-1, 2)


def occupied(spans_s: Iterable[tuple[float, float]], end_s: float, n_columns: int) -> Floats:
    """Spans as they appear in `n_columns` over `[0, end_s]`, touching ones joined; shape (n, 2) in s.

    A span shorter than a column fills it, so that nothing is too short to be seen.
    """
    mask = np.zeros(n_columns, np.bool_)
    width_s = np.float64(end_s / n_columns)
    for start_s, stop_s in spans_s:
        first = min(int(start_s / width_s), n_columns - 1)
        mask[first : max(first + 1, int(np.ceil(stop_s / width_s)))] = True
    return runs(mask) * width_s
