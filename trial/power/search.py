"""The smallest size with the power that is wanted, found by simulation."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, isfinite, sqrt

import numpy as np
from scipy.stats import norm

from trial.power.points import Point

FEWEST, MOST = 5, 2000  # controls; below, the model has too few participants, above, nobody runs the trial
ROUNDS, CONFIRMATIONS = 8, 4
NEAR = 0.1  # a guess this close to a size that was tried is worth the full number of trials
AROUND = (0.85, 1.0, 1.15)
LOCAL = 1.3  # probits from the wanted power, beyond which a point says little about the size
COARSE, FEWEST_TRIALS = 5, 100
STRIDE = 3.0

Simulate = Callable[[int, int], Point]
"""Simulates a number of controls with at least so many trials."""


@dataclass(frozen=True, slots=True)
class Found:
    """The smallest number of controls, with the 95 % interval that the number of trials leaves; None where none.

    `why_not` then says why.
    """

    n_control: int | None
    low: int | None
    high: int | None
    why_not: str | None


def smallest(start: float, wanted: float, trials: int, simulate: Simulate) -> Found:
    """Search from a first guess.

    Power is near to Phi(a + b sqrt(n)), in closed form exactly so (Zhu and Lakkis 2014, equation of the power): a
    probit line through all points near the wanted power gives the size. A fifth of the trials are enough to come
    near it; then sizes around it, and the answer itself, get all of them, until the line stays with its answer.
    """
    tried: dict[int, Point] = {}

    def try_size(n: float, of: int) -> int:
        size = round(min(MOST, max(FEWEST, n)))
        tried[size] = simulate(size, of)
        return size

    guess = start if isfinite(start) else float(MOST)
    for _ in range(ROUNDS):
        size = try_size(guess, max(FEWEST_TRIALS, trials // COARSE))
        if size == MOST and tried[size].power_high < wanted:
            return _not_found(tried[size], wanted)
        guess = min(size * STRIDE, max(size / STRIDE, _line(list(tried.values()), wanted).size))
        if any(abs(guess - n) <= NEAR * n for n in tried) or guess < FEWEST:
            break
    for factor in AROUND:
        try_size(factor * guess, trials)
    best = -1
    for _ in range(CONFIRMATIONS):
        answer = ceil(min(MOST, max(FEWEST, _line(list(tried.values()), wanted).size)))
        if answer == best:
            break
        best = try_size(answer, trials)
    if 2 * tried[best].power_high - tried[best].power < wanted:  # about four standard errors short
        return _not_found(tried[best], wanted)
    line = _line(list(tried.values()), wanted)
    return Found(best, max(FEWEST, ceil(line.low)), max(FEWEST, ceil(line.high)), None)


def _not_found(point: Point, wanted: float) -> Found:
    return Found(
        None,
        None,
        None,
        f"a power of {wanted:g} was not reached; {point.n_control} controls have {point.power:.3f}",
    )


@dataclass(frozen=True, slots=True)
class _Size:
    size: float
    low: float
    high: float


def _line(points: list[Point], wanted: float) -> _Size:
    """Return the size at which the probit line through the points has the wanted power.

    Least squares of the probits with their weights (Berkson 1955, J Am Stat Assoc 50:130), half a trial of either
    kind added to each point, so that a power of 0 or 1 has a probit. A single point, or points that fall, take the
    line through half of 0.05 at no participants, as the closed form has it.
    """
    target = float(norm.ppf(wanted))
    local = [point for point in points if abs(_probit(point) - target) <= LOCAL]
    used = local if len(local) > 1 else sorted(points, key=lambda point: abs(_probit(point) - target))[:2]
    if len(used) > 1:
        x = np.column_stack([np.ones(len(used)), np.sqrt([point.n_control for point in used])])
        probits = np.array([_probit(point) for point in used])
        weighted = x * np.array([_weight(point) for point in used])[:, None]
        covariance = np.linalg.inv(weighted.T @ x)
        a, b = (float(value) for value in covariance @ weighted.T @ probits)
        if b > 0:
            at = (target - a) / b
            direction = np.array([1.0, at])
            reach = float(norm.ppf(0.975)) * sqrt(float(direction @ covariance @ direction)) / b
            return _Size(max(0.0, at) ** 2, max(0.0, at - reach) ** 2, (at + reach) ** 2)
    nearest = min(used, key=lambda point: abs(_probit(point) - target))
    begin = float(norm.ppf(0.025))
    slope = (_probit(nearest) - begin) / sqrt(nearest.n_control)
    at = (target - begin) / slope if slope > 0 else sqrt(MOST)
    return _Size(at**2, at**2, at**2)


def _share(point: Point) -> float:
    return (point.significant + 0.5) / (point.trials + 1)


def _probit(point: Point) -> float:
    return float(norm.ppf(_share(point)))


def _weight(point: Point) -> float:
    share = _share(point)
    return point.trials * float(norm.pdf(_probit(point))) ** 2 / (share * (1 - share))
