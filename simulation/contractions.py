"""Courses of excitation for everything but a cramp: what the wearer, or the sleeping nervous system, does.

A course is the excitation (0-1) of each muscle at `DRIVE_HZ`. Both heads of the gastrocnemius follow the same
one (synergists); durations and rhythms stand where they are drawn. Shapes without a source: assumption.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from simulation.discharges import DRIVE_HZ
from simulation.habits import Habits
from simulation.kinds import Kind
from simulation.randomness import Floats, between, chance, log_between, smooth_noise

Courses = Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Effort:
    """What is asked of the muscles: for how long (s), how hard (0-1), the wearer's strides (Hz) and habits."""

    kind: Kind
    duration_s: float
    strength: float
    stride_hz: float
    habits: Habits


def courses_of(rng: np.random.Generator, effort: Effort) -> Courses:
    """Return the courses of one effort; raises `KeyError` for a kind that is none."""
    return COURSES[effort.kind](rng, effort)


def plateau(rng: np.random.Generator, duration_s: float, ramp_s: float, unsteadiness: float = 0.2) -> Floats:
    """Return a contraction with cosine ramps and a slightly unsteady top."""
    n = max(3, round(duration_s * DRIVE_HZ))
    edge = np.minimum(np.arange(1, n + 1), np.arange(n, 0, -1)) / DRIVE_HZ
    top = np.clip(1 + unsteadiness * smooth_noise(rng, n, DRIVE_HZ, 1.0), 0.2, 1.6)
    return top * (0.5 - 0.5 * np.cos(np.pi * np.minimum(1.0, edge / ramp_s)))


def _leg_movement(rng: np.random.Generator, effort: Effort) -> Courses:
    """Dorsiflexion, as in PLM: shin first, calf with it to a varying degree."""
    ramp_s = min(between(rng, (0.1, 0.5)), effort.duration_s / 2)
    course = effort.strength * plateau(rng, effort.duration_s, ramp_s, 0.2)
    calf = log_between(rng, (0.08, 1.2))
    return {"TA": course, "GM": course * calf, "GL": course * calf}


def _turning(rng: np.random.Generator, effort: Effort) -> Courses:
    """Irregular bursts that the muscles share in part."""
    n = max(3, round(effort.duration_s * DRIVE_HZ))
    quick_hz = log_between(rng, (0.3, 2.0))
    window = plateau(rng, effort.duration_s, min(1.0, effort.duration_s / 3), 0.0)
    shared, offset = smooth_noise(rng, n, DRIVE_HZ, quick_hz), between(rng, (0.1, 0.9))
    courses = {
        muscle: effort.strength
        * log_between(rng, (0.3, 1.0))
        * window
        * np.clip(offset + 0.4 * shared + 0.4 * smooth_noise(rng, n, DRIVE_HZ, quick_hz), 0.0, 1.5)
        for muscle in ("GM", "TA")
    }
    return {**courses, "GL": courses["GM"]}


def _train(rng: np.random.Generator, effort: Effort) -> Courses:
    """Rhythmic bursts: ALMA 0.1-0.5 s at 1-2 Hz (Chervin 2003), foot tremor 0.3-0.7 s at 1-2/s (Wichniak 2001)."""
    rate_hz = between(rng, (0.6, 2.6))
    span = (0.1, 0.5) if effort.kind is Kind.ALMA else (0.25, 0.7)
    n = max(3, round(effort.duration_s * DRIVE_HZ))
    train = np.zeros(n)
    at_s = 0.0
    while at_s < effort.duration_s:
        burst_s = min(between(rng, span), 0.75 / rate_hz)
        burst = plateau(rng, burst_s, burst_s / 3, 0.0) * between(rng, (0.6, 1.0))
        first = round(at_s * DRIVE_HZ)
        train[first : first + len(burst)] += burst[: max(0, n - first)]
        at_s += (1 + 0.12 * rng.standard_normal()) / rate_hz
    course = effort.strength * np.clip(train, 0, 1)
    lag = round(DRIVE_HZ / rate_hz / 2)
    calf = course * log_between(rng, (0.3, 1.0))
    return {"TA": np.roll(course, lag) if chance(rng, 0.5) else course, "GM": calf, "GL": calf}


def _myoclonus(rng: np.random.Generator, effort: Effort) -> Courses:
    """Single twitches of 75-150 ms at random times, five and more a minute (AASM), shin or calf."""
    n = max(3, round(effort.duration_s * DRIVE_HZ))
    per_s = log_between(rng, (5 / 60, 1.0))
    courses = {muscle: np.zeros(n) for muscle in ("GM", "GL", "TA")}
    for muscle in ("GM", "TA"):
        for at_s in rng.uniform(0, effort.duration_s, 1 + rng.poisson(per_s * effort.duration_s)):
            twitch = (
                effort.strength * log_between(rng, (0.3, 1.0)) * plateau(rng, between(rng, (0.075, 0.15)), 0.04)
            )
            first = round(at_s * DRIVE_HZ)
            courses[muscle][first : first + len(twitch)] += twitch[: max(0, n - first)]
    return courses


def _jerk(rng: np.random.Generator, effort: Effort) -> Courses:
    """Start all muscles at once."""
    course = effort.strength * plateau(rng, effort.duration_s, effort.duration_s / 3)
    return {"GM": course, "GL": course, "TA": course * between(rng, (0.4, 1.2))}


def _stretching(rng: np.random.Generator, effort: Effort) -> Courses:
    """Point the foot or pull it up, with co-contraction."""
    course = effort.strength * plateau(rng, effort.duration_s, min(1.0, effort.duration_s / 3))
    calf, shin = (1.0, between(rng, (0.1, 0.8))) if chance(rng, 0.6) else (between(rng, (0.1, 0.7)), 1.0)
    return {"GM": course * calf, "GL": course * calf, "TA": course * shin}


def _rubbing(rng: np.random.Generator, effort: Effort) -> Courses:
    """Hold the calf and rub it: little and irregular activity."""
    return {muscle: 0.4 * course for muscle, course in _turning(rng, effort).items()}


def _standing(rng: np.random.Generator, effort: Effort) -> Courses:
    """Quiet standing: the calf holds the body and follows its sway, the shin corrects."""
    n = max(3, round(effort.duration_s * DRIVE_HZ))
    window = plateau(rng, effort.duration_s, min(1.0, effort.duration_s / 3), 0.0)
    sway = smooth_noise(rng, n, DRIVE_HZ, 0.6)
    calf = effort.strength * window * np.clip(0.6 + 0.4 * sway, 0.02, 1.5)
    return {"GM": calf, "GL": calf * 0.7, "TA": 0.5 * effort.strength * window * np.clip(-sway, 0.0, 2.0)}


def _walking(rng: np.random.Generator, effort: Effort) -> Courses:
    """Gait: calf in mid and late stance, shin in swing and at heel strike (phases: textbook gait EMG)."""
    phase = stride_phase(rng, round(effort.duration_s * DRIVE_HZ), DRIVE_HZ, effort.stride_hz)
    stride = phase % 1.0
    per_stride = np.exp(0.1 * rng.standard_normal(int(phase[-1]) + 2))[phase.astype(int)]
    second = between(rng, (0.0, 0.5)) * _hump(stride, 0.80, 1.0, 0.5)  # before heel strike, in some
    calf = (_hump(stride, 0.05, 0.55, 0.65) + second) * effort.strength * per_stride + between(rng, (0.0, 0.04))
    shin = (_hump(stride, 0.60, 1.02, 0.5) + _hump(stride, -0.02, 0.14, 0.5)) * effort.strength * per_stride
    lateral = between(rng, (0.4, 1.0))
    return {"GM": calf, "GL": calf * lateral, "TA": 0.8 * shin + between(rng, (0.0, 0.04))}


def stride_phase(rng: np.random.Generator, n: int, fs_hz: float, stride_hz: float) -> Floats:
    """Return the number of strides done (n,), with a rhythm that varies by some per cent."""
    n = max(3, n)
    return np.cumsum(stride_hz * (1 + 0.05 * smooth_noise(rng, n, fs_hz, 0.3))) / fs_hz


def _hump(stride: Floats, start: float, end: float, peak_at: float) -> Floats:
    x = np.clip((stride - start) / (end - start), 0.0, 1.0)
    skew = np.log(0.5) / np.log(peak_at)
    return np.sin(np.pi * x**skew) ** 1.5


def _tonic(rng: np.random.Generator, effort: Effort) -> Courses:
    """Lie awake with a tense leg: smooth, for seconds to minutes, mostly with the antagonist."""
    n = max(3, round(effort.duration_s * DRIVE_HZ))
    habits = effort.habits
    ramp_s = min(between(rng, habits.ramp_s), effort.duration_s / 3)
    slow = np.clip(1 + between(rng, habits.waver) * smooth_noise(rng, n, DRIVE_HZ, 0.1), 0.2, 2.0)
    course = effort.strength * plateau(rng, effort.duration_s, ramp_s, habits.unsteadiness) * slow
    shin = log_between(rng, habits.shin)
    return {"GM": course, "GL": course * between(rng, habits.lateral), "TA": course * shin}


COURSES: Mapping[Kind, Callable[[np.random.Generator, Effort], Courses]] = {
    Kind.PLM: _leg_movement,
    Kind.LEG_MOVEMENT: _leg_movement,
    Kind.TURNING: _turning,
    Kind.ALMA: _train,
    Kind.FOOT_TREMOR: _train,
    Kind.FRAGMENTARY_MYOCLONUS: _myoclonus,
    Kind.HYPNIC_JERK: _jerk,
    Kind.STRETCHING: _stretching,
    Kind.RUBBING: _rubbing,
    Kind.STANDING: _standing,
    Kind.WALKING: _walking,
    Kind.TONIC: _tonic,
}
