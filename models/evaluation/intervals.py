"""A share and a rate with their intervals; undefined (None) where there is nothing to divide by."""

from dataclasses import dataclass
from math import sqrt

from scipy.special import gammaincinv, ndtri

CONFIDENCE = 0.95
TAIL = (1 - CONFIDENCE) / 2


@dataclass(frozen=True, slots=True)
class Proportion:
    """`successes` of `n`, the share and its 95 % interval; None where n is 0."""

    successes: int
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Rate:
    """`events` in `exposure`, events per unit of exposure and its 95 % interval; None without exposure."""

    events: int
    exposure: float
    value: float | None
    low: float | None
    high: float | None


def wilson(successes: int, n: int) -> Proportion:
    """Return a share with its score interval (Wilson 1927, J Am Stat Assoc 22:209, without continuity correction).

    Raises `ValueError` unless 0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    if n == 0:
        return Proportion(successes, n, None, None, None)
    z2 = float(ndtri(1 - TAIL)) ** 2
    share = successes / n
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low = 0.0 if successes == 0 else centre - half  # exactly 0 and 1 at the ends, where rounding would miss them
    high = 1.0 if successes == n else centre + half
    return Proportion(successes, n, share, low, high)


def garwood(events: int, exposure: float) -> Rate:
    """Return a rate with its exact Poisson interval (Garwood 1936, Biometrika 28:437).

    Limits of the expected number of events: quantiles of gamma distributions of shape `events` and `events + 1`.
    Raises `ValueError` for a negative number of events or exposure.
    """
    if events < 0 or exposure < 0:
        raise ValueError(f"{events} events in {exposure} is no rate")
    if exposure == 0:
        return Rate(events, exposure, None, None, None)
    low = float(gammaincinv(events, TAIL)) if events else 0.0
    high = float(gammaincinv(events + 1, 1 - TAIL))
    return Rate(events, exposure, events / exposure, low / exposure, high / exposure)
