"""Random numbers that are the same on every machine, one independent stream per component of a night."""

from enum import IntEnum
from math import exp, log

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Span = tuple[float, float]
"""Lowest and highest value."""

MOST_DRAWS = 50


class Component(IntEnum):
    """What a stream of random numbers is for; the numbers are part of the seed and never change."""

    PERSON = 0
    NIGHT = 1
    PLAN = 2
    NOISE = 3
    EVENT = 4
    ACCELERATION = 5
    BODY = 6
    HUM = 7
    HEART = 8


def generator(seed: int, *key: int) -> np.random.Generator:
    """Return the generator (PCG64) of one component.

    `key` is the path of `SeedSequence.spawn` (wearer, night, component, …): a stream depends on its own path
    and on nothing else, so that wearer k and night m do not depend on how many there are.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def between(rng: np.random.Generator, span: Span) -> float:
    """Draw uniformly from a span."""
    return float(rng.uniform(*span))


def log_between(rng: np.random.Generator, span: Span) -> float:
    """Draw from a span, uniformly in the logarithm; both ends must be above 0."""
    return exp(rng.uniform(log(span[0]), log(span[1])))


def lognormal(rng: np.random.Generator, median: float, sigma: float, span: Span) -> float:
    """Draw from a lognormal distribution until the value lies in `span`; uniformly, should that not happen."""
    for _ in range(MOST_DRAWS):
        value = median * exp(sigma * rng.standard_normal())
        if span[0] <= value <= span[1]:
            return value
    return between(rng, span)


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Return True with this probability."""
    return bool(rng.random() < probability)


def overdispersed(rng: np.random.Generator, mean: float, phi: float) -> float:
    """Draw a personal rate about `mean`: gamma with variance phi mean², the mixing part of a negative binomial."""
    return float(rng.gamma(1 / phi, mean * phi)) if mean > 0 else 0.0


def smooth_noise(rng: np.random.Generator, n: int, fs_hz: float, cutoff_hz: float) -> Floats:
    """Return `n` samples of slow noise of unit variance: normal values at 2 x `cutoff_hz`, joined by cosines."""
    per_s = 2 * cutoff_hz
    knots = rng.standard_normal(int(n * per_s / fs_hz) + 3)
    at = np.arange(n, dtype=np.float64) * (per_s / fs_hz)
    left = at.astype(np.int64)
    weight = 0.5 - 0.5 * np.cos(np.pi * (at - left))
    return knots[left] * (1 - weight) + knots[left + 1] * weight
