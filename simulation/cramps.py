"""What a cramp does to a pool of motor units: a patch of muscle that fires by itself, grows, wanders and dies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.discharges import DRIVE_HZ, Discharges, one_unit, with_doublets
from simulation.motor_units import MotorUnitPool
from simulation.randomness import Floats, Span, between, chance, log_between, smooth_noise

MIN_SHARE_ON = 0.02  # a course below this share of its height is silence
PATCH_S = 0.5  # the patch is settled anew so often


@dataclass(frozen=True, slots=True, kw_only=True)
class CrampSettings:
    """Spans from which a cramp is drawn.

    Rates, interval variability, doublets and the oscillation: Minetto et al. 2009 (J Neurophysiol 102:1890:
    14.5 +- 5.1 pps, CoV 44.6 +- 9.7 %, doublets 4.1 +- 4.7 %, 1.4 +- 0.4 Hz in 29 of 96 pairs of units), rates
    up to 35 pps after the project's reading of the literature. Share of the MVC EMG: 10-70 %, Miller 2010 (60 %
    and more in the foot) and weak ones. Durations: 24 s to 10 min in the literature. Build-up up to 30 % of the
    duration: J Dial 1978 (3 of 10 min). One head, wandering: Roeleveld 2000, Ross & Thomas 1995. The rest:
    assumption.
    """

    duration_median_s: float = 85.0
    duration_sigma: float = 0.85
    duration_s: Span = (20.0, 720.0)
    mvc_share: Span = (0.10, 0.70)
    rate_mean_hz: float = 14.5
    rate_sd_hz: float = 4.5
    rate_hz: Span = (8.0, 35.0)
    cov: Span = (0.34, 0.44)  # of the intervals themselves; oscillation and fading add to it
    doublet_share: Span = (0.0, 0.08)
    doublet_s: Span = (0.004, 0.010)
    shortest_s: float = 0.012
    oscillation_hz: Span = (1.0, 2.0)
    oscillation_depth: Span = (0.1, 0.35)
    oscillating_units: Span = (0.4, 0.7)
    rise_share: Span = (0.03, 0.35)
    rise_min_s: float = 1.0
    decay_share: Span = (0.05, 0.45)
    decay_min_s: float = 1.5
    waver_depth: Span = (0.02, 0.2)
    waver_hz: float = 0.1
    largest_unit: Span = (
        0.05,
        0.4,
    )  # of the power of the cramp; larger units stay out, so that it is no single unit
    drift_per_min: Span = (0.05, 0.6)  # of the ring of places
    fading: Span = (0.0, 0.3)  # slowing of the units over the cramp
    pause_chance: float = 0.1
    pause_s: Span = (1.0, 6.0)
    fasciculation_before_s: Span = (0.0, 60.0)
    fasciculation_after_s: Span = (10.0, 240.0)
    fasciculation_hz: Span = (0.02, 1.5)


def cramp_course(rng: np.random.Generator, settings: CrampSettings, duration_s: float) -> Floats:
    """Return the course of the size of the patch, 0-1, at `DRIVE_HZ`: build-up, wavering plateau, decay."""
    n = max(2, int(duration_s * DRIVE_HZ))
    at_s = np.arange(n) / DRIVE_HZ
    rise_s = max(settings.rise_min_s, between(rng, settings.rise_share) * duration_s)
    decay_s = max(settings.decay_min_s, between(rng, settings.decay_share) * duration_s)
    power = log_between(rng, (0.5, 2.0))
    course = np.minimum(1.0, at_s / rise_s) ** power * np.minimum(1.0, (duration_s - at_s) / decay_s) ** power
    waver = smooth_noise(rng, n, DRIVE_HZ, settings.waver_hz)
    course *= np.clip(1 + between(rng, settings.waver_depth) * waver, 0.3, 1.3)
    if chance(rng, settings.pause_chance) and duration_s > 4 * settings.pause_s[1]:
        start_s = duration_s * between(rng, (0.4, 0.6))
        course[(at_s >= start_s) & (at_s < start_s + between(rng, settings.pause_s))] = 0.0
    return course / course.max()


def cramp_discharges(
    rng: np.random.Generator, pool: MotorUnitPool, settings: CrampSettings, course: Floats, mvc_share: float
) -> Discharges:
    """Return the discharges of a cramp whose patch follows `course` and whose EMG reaches `mvc_share` of the MVC.

    A unit fires while the patch covers its place. Units have their own rate, variability and doublets; a share
    of them waxes and wanes together. The share that can be reached is limited by all units firing.
    """
    n_units, n = len(pool.place), len(course)
    own_hz = np.clip(rng.normal(settings.rate_mean_hz, settings.rate_sd_hz, n_units), *settings.rate_hz)
    focus = rng.random() + rng.choice((-1.0, 1.0)) * between(rng, settings.drift_per_min) * np.arange(n) / (
        60 * DRIVE_HZ
    )
    focus = focus[:: int(PATCH_S * DRIVE_HZ)]
    wanted = (mvc_share * pool.mvc_uv * course[:: int(PATCH_S * DRIVE_HZ)]) ** 2
    patch = _patch(pool, own_hz, focus, (wanted, between(rng, settings.largest_unit)))
    at = np.arange(n) // int(PATCH_S * DRIVE_HZ)
    common = _oscillation(rng, settings, n)
    slowing = 1 - between(rng, settings.fading) * np.linspace(0, 1, n)
    sharing = rng.random(n_units) < between(rng, settings.oscillating_units)
    doublets = between(rng, settings.doublet_share)
    times: list[Floats] = []
    units: list[int] = []
    for unit in range(n_units):
        covered = patch[unit, at] & (course > MIN_SHARE_ON)
        if not covered.any():
            continue
        rate = own_hz[unit] * slowing * covered * (common if sharing[unit] else 1.0)
        at_s = one_unit(rng, rate, between(rng, settings.cov), settings.shortest_s)
        times.append(with_doublets(rng, at_s, doublets, settings.doublet_s))
        units.append(unit)
    lengths = [len(t) for t in times]
    return Discharges(np.concatenate([np.empty(0), *times]), np.repeat(np.array(units, np.int64), lengths))


def cramp_uv(
    rng: np.random.Generator, pool: MotorUnitPool, settings: CrampSettings, course: Floats, mvc_share: float
) -> Floats:
    """Return the RMS (n,) at `DRIVE_HZ` of a cramp that is noise: its course, waxing and waning as a whole."""
    sharing = between(rng, settings.oscillating_units)
    swing = 1 + sharing * (_oscillation(rng, settings, len(course)) - 1)
    return mvc_share * pool.mvc_uv * course * swing


def fasciculations(
    rng: np.random.Generator, pool: MotorUnitPool, duration_s: float, per_s: float, *, dying_out: bool
) -> Discharges:
    """Return single discharges of single units, which become rarer after a cramp and more frequent before one.

    `per_s` is their mean rate over `duration_s`; the course is an assumption.
    """
    n = int(rng.poisson(per_s * duration_s))
    share = rng.random(n) ** 2
    at_s = duration_s * np.sort(share if dying_out else 1 - share)
    return Discharges(at_s, rng.integers(0, len(pool.place), n))


def _patch(pool: MotorUnitPool, own_hz: Floats, focus: Floats, goal: tuple[Floats, float]) -> NDArray[np.bool_]:
    """Return which units belong to the patch at each time, shape (n_units, n_times).

    They are the nearest to the focus that together give the wanted power (uV²), `goal[0]`; a unit that alone
    gives more than the share `goal[1]` of the highest power stays out while others are left.
    """
    power = np.array([pool.power_uv2(row) for row in np.diag(own_hz)])
    wanted, largest = goal
    distance = _distance(pool.place[:, None], focus[None, :]) + 1.0 * (power > largest * wanted.max())[:, None]
    order = np.argsort(distance, axis=0, kind="stable")
    before = np.cumsum(power[order], axis=0) - power[order]
    patch = np.zeros(distance.shape, np.bool_)
    np.put_along_axis(patch, order, before < wanted[None, :], axis=0)
    return patch


def _distance(place: Floats, focus: Floats) -> Floats:
    """Distance around the ring, 0-0.5."""
    apart = np.abs(place - focus) % 1.0
    return np.minimum(apart, 1.0 - apart)


def _oscillation(rng: np.random.Generator, settings: CrampSettings, n: int) -> Floats:
    """Return a common factor of mean 1 that swings at 1-2 Hz with a wandering frequency."""
    frequency = between(rng, settings.oscillation_hz) * (1 + 0.1 * smooth_noise(rng, n, DRIVE_HZ, 0.2))
    phase = 2 * np.pi * (rng.random() + np.cumsum(frequency) / DRIVE_HZ)
    return 1 + between(rng, settings.oscillation_depth) * np.sin(phase)
