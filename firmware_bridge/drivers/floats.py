"""Samples that come in units already, as floating-point numbers, made counts of a fixed fine step."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from signals import Counts, Scale

EMG_STEP_UV = 1e-3
ACC_STEP_G = 1e-6
EMG = Scale(EMG_STEP_UV, bits=32)
ACC = (Scale(ACC_STEP_G, bits=32), Scale(ACC_STEP_G, bits=32), Scale(ACC_STEP_G, bits=32))


def counted(values: NDArray[np.float64], step: float) -> Counts:
    """Return values as whole numbers of steps, cut to what 32 bits hold; all must be finite."""
    limits = np.iinfo(np.int32)
    return np.clip(np.rint(values / step), limits.min, limits.max).astype(np.int32)


def finite_runs(values: NDArray[np.float64]) -> Iterator[slice]:
    """Return the stretches of rows without a value that is not finite."""
    good = np.isfinite(values).all(axis=1)
    edges = np.flatnonzero(np.diff(good, prepend=False, append=False))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(first), int(end))
