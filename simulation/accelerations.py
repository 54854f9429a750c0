"""What the accelerometer on the shank feels beside gravity, and gravity by posture.

X lies along the shank and reads +1 g upright. Sizes are of the order of the shank recordings of the sample data
(gait) and of ten times the sensor's noise (small movements); where nothing else is said: assumption.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.contractions import Effort, stride_phase
from simulation.kinds import Kind
from simulation.randomness import Floats, between, log_between, smooth_noise

GRID_PER_CHANGE = 9  # points of a change of posture
GRID_S = 1e-3  # least time from one change to the next
ASIDE_G = np.array([0.0, 0.05, 0.05])  # a change from one side to the opposite one does not pass through zero


@dataclass(frozen=True, slots=True)
class Posture:
    """From `at_s` on, within `over_s`, gravity takes the direction `gravity_g` (X, Y, Z; length 1)."""

    at_s: float
    over_s: float
    gravity_g: tuple[float, float, float]


def lying(rng: np.random.Generator, roll: float) -> tuple[float, float, float]:
    """Gravity of a leg in bed: the shank within some 15 degrees of level, turned by `roll` about its axis."""
    tilt = rng.normal(0.0, 0.2)
    return float(np.sin(tilt)), float(np.cos(tilt) * np.sin(roll)), float(np.cos(tilt) * np.cos(roll))


def upright(rng: np.random.Generator) -> tuple[float, float, float]:
    """Gravity of a standing leg: within some 8 degrees of vertical."""
    y, z = rng.normal(0.0, 0.1, 2)
    return float(np.sqrt(max(0.0, 1 - y * y - z * z))), float(y), float(z)


class GravityCourse:
    """Gravity over the night; postures in order of time, the first holds from the beginning."""

    def __init__(self, postures: Sequence[Posture]) -> None:
        times, vectors = [-1.0], [np.array(postures[0].gravity_g)]
        weights = 0.5 - 0.5 * np.cos(np.pi * np.linspace(0, 1, GRID_PER_CHANGE))
        for posture in postures[1:]:
            last, goal = vectors[-1], np.array(posture.gravity_g)
            start = max(posture.at_s, times[-1] + GRID_S)
            middle = last + goal + ASIDE_G
            for weight in weights.tolist():
                mixed = (1 - weight) ** 2 * last + 0.5 * weight * (1 - weight) * middle + weight**2 * goal
                times.append(start + posture.over_s * weight)
                vectors.append(mixed / np.sqrt((mixed**2).sum()))
        self._times, self._vectors = np.array(times), np.array(vectors)

    def __call__(self, at_s: Floats) -> Floats:
        """Gravity at each time (n,), shape (n, 3) in g."""
        mixed = np.stack([np.interp(at_s, self._times, self._vectors[:, axis]) for axis in range(3)], axis=1)
        return mixed / np.sqrt(np.einsum("ij,ij->i", mixed, mixed))[:, None]


def movement_of(rng: np.random.Generator, effort: Effort, size: float, fs_hz: float) -> Floats:
    """Return the movement that goes with an effort, shape (n, 3) in g; `size` scales it, 0 is invisible."""
    n = max(4, round(effort.duration_s * fs_hz))
    return size * MOVEMENTS[effort.kind](rng, effort, n, fs_hz)


def _jerks(rng: np.random.Generator, effort: Effort, n: int, fs_hz: float) -> Floats:
    """Let the foot go up and fall back: a damped swing at either end."""
    at_s = np.arange(n) / fs_hz
    total = np.zeros((n, 3))
    for start_s, share in ((0.1, 1.0), (max(0.2, effort.duration_s - 0.4), between(rng, (0.3, 1.0)))):
        since = np.maximum(0.0, at_s - start_s)
        swing = np.sin(2 * np.pi * between(rng, (2.0, 6.0)) * since) * np.exp(-since / between(rng, (0.1, 0.35)))
        total += share * log_between(rng, (0.03, 0.5)) * swing[:, None] * _direction(rng)
    return total


def _thrash(rng: np.random.Generator, _effort: Effort, n: int, fs_hz: float) -> Floats:
    """Irregular movement below some 4 Hz, as in turning over."""
    window = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 0.5
    bursts = np.clip(smooth_noise(rng, n, fs_hz, 0.5) * 0.6 + 0.5, 0.05, 2.0)
    axes = np.stack([smooth_noise(rng, n, fs_hz, between(rng, (1.0, 5.0))) for _ in range(3)], axis=1)
    return log_between(rng, (0.05, 0.5)) * (window * bursts)[:, None] * axes


def _swing(rng: np.random.Generator, _effort: Effort, n: int, fs_hz: float) -> Floats:
    """Beat with the foot at 0.6-2.6 Hz."""
    swing = np.sin(2 * np.pi * between(rng, (0.6, 2.6)) * np.arange(n) / fs_hz)
    return log_between(rng, (0.004, 0.12)) * swing[:, None] * _direction(rng)


def _sway(rng: np.random.Generator, _effort: Effort, n: int, fs_hz: float) -> Floats:
    return log_between(rng, (0.004, 0.02)) * np.stack([smooth_noise(rng, n, fs_hz, 0.8) for _ in range(3)], axis=1)


def _gait(rng: np.random.Generator, effort: Effort, n: int, fs_hz: float) -> Floats:
    """Strides: the shank swings, the heel strikes."""
    phase = stride_phase(rng, n, fs_hz, effort.stride_hz)
    vigour = between(rng, (0.5, 1.2)) * effort.stride_hz
    angle = between(rng, (0.0, 2 * np.pi))  # of the sensor about the shank: which axis swings forward
    gains = np.array([1.2, 2.2 * np.cos(angle) + 0.3, 2.2 * np.sin(angle) + 0.3])
    total = np.zeros((n, 3))
    for harmonic, share in ((1, 1.0), (2, 0.8), (3, 0.5), (4, 0.3)):
        swing = 2 * np.pi * harmonic * phase
        total += share * 0.25 * vigour * np.sin(swing[:, None] + rng.uniform(0, 2 * np.pi, 3)) * gains
    since = (phase % 1.0) / effort.stride_hz
    strike = np.exp(-since / 0.05) * np.sin(2 * np.pi * 9.0 * since)
    return total + vigour * strike[:, None] * gains


def _fidget(rng: np.random.Generator, _effort: Effort, n: int, fs_hz: float) -> Floats:
    """Now and then a small movement."""
    now = smooth_noise(rng, n, fs_hz, 0.1) > between(rng, (0.5, 2.5))
    return log_between(rng, (0.005, 0.1)) * now[:, None] * rng.standard_normal((n, 3))


def _pull(rng: np.random.Generator, _effort: Effort, n: int, fs_hz: float) -> Floats:
    """Pull the foot down with the cramping calf: a tilt of 0.5-8 degrees, and a tremble of some mg."""
    tilt = np.sin(np.radians(log_between(rng, (0.5, 8.0))))
    at = np.minimum(1.0, np.minimum(np.arange(n), np.arange(n)[::-1]) / (0.2 * n + 1))
    tremble = smooth_noise(rng, n, fs_hz, between(rng, (3.0, 10.0)))
    return at[:, None] * (
        tilt * _direction(rng) + log_between(rng, (0.001, 0.02)) * tremble[:, None] * _direction(rng)
    )


def _direction(rng: np.random.Generator) -> Floats:
    vector = rng.standard_normal(3)
    return vector / np.sqrt((vector**2).sum())


MOVEMENTS: Mapping[Kind, Callable[[np.random.Generator, Effort, int, float], Floats]] = {
    Kind.CRAMP: _pull,
    Kind.PLM: _jerks,
    Kind.LEG_MOVEMENT: _jerks,
    Kind.HYPNIC_JERK: _jerks,
    Kind.TURNING: _thrash,
    Kind.STRETCHING: _thrash,
    Kind.RUBBING: _thrash,
    Kind.ALMA: _swing,
    Kind.FOOT_TREMOR: _swing,
    Kind.STANDING: _sway,
    Kind.WALKING: _gait,
    Kind.TONIC: _fidget,
}
