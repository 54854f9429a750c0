"""A pool of motor units: who is recruited when, how fast it fires, and what it looks like at the electrodes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulation.action_potentials import Conductor, Fibres, action_potentials
from simulation.randomness import Floats, Span, between

N_BUNDLES = 6  # fibres of a unit that differ in depth, innervation zone and tendon
MM = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """Spans from which one muscle is drawn.

    Recruitment, rate coding and sizes are of the form of Fuglevand et al. 1993 (doi
    10.1152/jn.1993.70.6.2470): thresholds and sizes grow exponentially with the unit's rank (his ranges 30 and
    100), lowest rate 8 pps, peak rates 25-45 pps. Conduction velocity 3-5 m/s: textbook. The rest: assumption.
    """

    n_units: tuple[int, int] = (60, 200)
    threshold_range: Span = (20.0, 50.0)  # last over first threshold; Fuglevand: 30
    full_recruitment: Span = (0.6, 0.9)  # excitation at which the last unit joins, of the maximum
    size_range: Span = (20.0, 100.0)  # largest over smallest unit; Fuglevand: 100
    lowest_rate_hz: Span = (6.5, 9.0)  # Fuglevand: 8
    peak_rate_first_hz: Span = (28.0, 40.0)
    peak_rate_last_hz: Span = (18.0, 30.0)
    rate_span: Span = (0.3, 0.6)  # excitation above threshold over which a rate rises to its peak
    fat_mm: Span = (0.5, 8.0)
    thickness_mm: Span = (8.0, 18.0)
    zone_mm: Span = (-35.0, 35.0)
    zone_spread_mm: float = 2.0
    half_length_mm: Span = (28.0, 60.0)
    length_spread_mm: float = 2.0
    velocity_m_s: Span = (3.4, 4.6)
    velocity_spread_m_s: float = 0.3
    velocity_limits_m_s: Span = (3.0, 5.0)


@dataclass(frozen=True, slots=True, eq=False)
class MotorUnitPool:
    """One muscle; arrays have shape (n_units,) in order of recruitment.

    `threshold` is the excitation (0-1) at which a unit begins; rates in Hz; `place` where it lies across the
    muscle (0-1 around a ring, by which a cramp spreads); `potential_uv` (n_units, n_samples) what one discharge
    gives at the electrodes; `mvc_uv` the RMS at full excitation.
    """

    threshold: Floats
    lowest_rate_hz: float
    peak_rate_hz: Floats
    rate_span: float
    place: Floats
    potential_uv: Floats
    mvc_uv: float
    fs_hz: float

    def rates_hz(self, excitation: Floats, units: NDArray[np.int64]) -> Floats:
        """Discharge rates of `units` at each excitation (n,): shape (n_units, n), 0 below threshold."""
        above = excitation[None, :] - self.threshold[units, None]
        peak = self.peak_rate_hz[units, None]
        rate = self.lowest_rate_hz + (peak - self.lowest_rate_hz) * above / self.rate_span
        return np.where(above >= 0, np.minimum(rate, peak), 0.0)

    def power_uv2(self, rate_hz: Floats) -> float:
        """Mean square of the EMG when units fire independently at these rates (Campbell's theorem)."""
        return float(rate_hz @ (self.potential_uv**2).sum(axis=1)) / self.fs_hz


def motor_unit_pool(
    rng: np.random.Generator, settings: PoolSettings, conductor: Conductor, mvc_uv: float, fs_hz: float
) -> MotorUnitPool:
    """Draw a muscle whose EMG has `mvc_uv` RMS at full excitation."""
    n = int(rng.integers(settings.n_units[0], settings.n_units[1] + 1))
    rank = np.arange(1, n + 1) / n
    threshold_range = between(rng, settings.threshold_range)
    threshold = between(rng, settings.full_recruitment) * threshold_range ** (rank - 1)
    size = between(rng, settings.size_range) ** rank
    first_hz, last_hz = between(rng, settings.peak_rate_first_hz), between(rng, settings.peak_rate_last_hz)
    fibres = _fibres(rng, settings, n)
    potential = action_potentials(fibres, conductor, fs_hz) * size[:, None]
    pool = MotorUnitPool(
        threshold=threshold,
        lowest_rate_hz=between(rng, settings.lowest_rate_hz),
        peak_rate_hz=first_hz + (last_hz - first_hz) * rank,
        rate_span=between(rng, settings.rate_span),
        place=rng.permutation(n) / n,
        potential_uv=potential,
        mvc_uv=mvc_uv,
        fs_hz=fs_hz,
    )
    full = pool.rates_hz(np.ones(1), np.arange(n))[:, 0]
    return replace(pool, potential_uv=potential * (mvc_uv / np.sqrt(pool.power_uv2(full))))


def _fibres(rng: np.random.Generator, settings: PoolSettings, n: int) -> Fibres:
    shape = (n, N_BUNDLES)
    fat = between(rng, settings.fat_mm)
    thickness = between(rng, settings.thickness_mm)
    centre = fat + thickness * rng.random((n, 1))
    depth = np.maximum(fat + 1.0, centre + rng.normal(0, 1.5, shape))
    zone = between(rng, settings.zone_mm) + rng.normal(0, settings.zone_spread_mm, shape)
    lengths = [
        np.maximum(10.0, between(rng, settings.half_length_mm) + rng.normal(0, settings.length_spread_mm, shape))
        for _ in range(2)
    ]
    velocity = between(rng, settings.velocity_m_s) + rng.normal(0, settings.velocity_spread_m_s, (n, 1))
    velocity = np.clip(velocity, *settings.velocity_limits_m_s)
    return Fibres(depth * MM, zone * MM, lengths[0] * MM, lengths[1] * MM, np.broadcast_to(velocity, shape))
