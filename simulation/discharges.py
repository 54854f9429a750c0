"""Discharge times of motor units, and the EMG that they add up to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.motor_units import MotorUnitPool
from simulation.randomness import Floats, Span

DRIVE_HZ = 50.0
"""Rate of all courses of excitation and of discharge rates."""
SEGMENT_S = 30.0  # matrices of rates are made for so long at a time
BATCH = 16384  # discharges summed at a time

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Discharges:
    """Discharges of a pool: `at_s` (n,) in s from the start of the stretch, `unit` (n,) which unit each is of."""

    at_s: Floats
    unit: Ints


def voluntary(rng: np.random.Generator, pool: MotorUnitPool, excitation: Floats, cov: float) -> Discharges:
    """Return the discharges to a common excitation (n,) at `DRIVE_HZ`.

    Intervals are gamma distributed with coefficient of variation `cov` (voluntary contraction: 0.1-0.2) in time
    that runs with the unit's rate. Units are independent given the excitation.
    """
    step = int(SEGMENT_S * DRIVE_HZ)
    parts = [
        _segment(rng, pool, excitation[a : a + step], cov, a / DRIVE_HZ) for a in range(0, len(excitation), step)
    ]
    return Discharges(np.concatenate([p.at_s for p in parts]), np.concatenate([p.unit for p in parts]))


def _segment(
    rng: np.random.Generator, pool: MotorUnitPool, excitation: Floats, cov: float, from_s: float
) -> Discharges:
    """One segment of all units that take part, laid end to end as one renewal process in the units' own time."""
    units = np.flatnonzero(pool.threshold <= excitation.max())
    if not len(units):
        return Discharges(np.empty(0), np.empty(0, np.int64))
    n = len(excitation)
    beats = np.cumsum(pool.rates_hz(excitation, units).ravel()) / DRIVE_HZ
    shape = 1 / cov**2
    intervals = rng.gamma(shape, 1 / shape, int(beats[-1] + 6 * np.sqrt(beats[-1]) + 10))
    at = rng.random() + np.cumsum(intervals)
    place: Floats = np.interp(
        at[at < beats[-1]], np.concatenate([[0.0], beats]), np.arange(len(beats) + 1, dtype=np.float64)
    )
    unit = np.minimum(place.astype(np.int64) // n, len(units) - 1)
    return Discharges(from_s + (place - unit * n) / DRIVE_HZ, unit)


def one_unit(rng: np.random.Generator, rate_hz: Floats, cov: float, shortest_s: float) -> Floats:
    """Return the discharge times (s) of one unit that follows `rate_hz` (n,) at `DRIVE_HZ`.

    As `voluntary`; no interval is shorter than `shortest_s`.
    """
    beats = np.concatenate([[0.0], np.cumsum(rate_hz) / DRIVE_HZ])
    if beats[-1] <= 0:
        return np.empty(0)
    shape = 1 / cov**2
    intervals = rng.gamma(shape, 1 / shape, int(beats[-1] + 6 * np.sqrt(beats[-1]) + 10))
    at = rng.random() * intervals[0] + np.concatenate([[0.0], np.cumsum(intervals[1:])])
    grid_s = np.arange(len(beats), dtype=np.float64) / DRIVE_HZ
    times = np.asarray(np.interp(at[at < beats[-1]], beats, grid_s), np.float64)
    return times[np.diff(times, prepend=-1.0) >= shortest_s]


def with_doublets(rng: np.random.Generator, at_s: Floats, share: float, interval_s: Span) -> Floats:
    """Let a share of discharges be followed by another one after an interval drawn from `interval_s`."""
    again = at_s[rng.random(len(at_s)) < share]
    return np.sort(np.concatenate([at_s, again + rng.uniform(*interval_s, len(again))]))


def emg_of(pool: MotorUnitPool, discharges: Discharges, n: int) -> NDArray[np.float32]:
    """Add up the potentials of all discharges: `n` samples in uV, discharge times rounded to whole samples."""
    length = pool.potential_uv.shape[1]
    first = np.rint(discharges.at_s * pool.fs_hz).astype(np.int64)
    inside = (first >= 0) & (first < n)
    order = np.argsort(first[inside], kind="stable")
    first, unit = first[inside][order], discharges.unit[inside][order]
    total = np.zeros(n + length, np.float32)
    offsets = np.arange(length, dtype=np.int64)
    for a in range(0, len(first), BATCH):
        at, of = first[a : a + BATCH], unit[a : a + BATCH]
        low, high = int(at[0]), int(at[-1]) + length
        where = (at - low)[:, None] + offsets
        total[low:high] += np.bincount(where.ravel(), pool.potential_uv[of].ravel(), high - low)
    return total[:n]
