"""What a contraction sounds like: discharges of motor units, or noise with the same course of power.

Nobody knows how far the motor units of this simulation are like those of people. What is learned from them alone
may hold for them alone; wearers whose EMG is mere noise of some spectrum keep a classifier from that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from simulation.discharges import DRIVE_HZ, SEGMENT_S
from simulation.motor_units import MotorUnitPool
from simulation.randomness import Floats, Span, chance, log_between

TOP = 0.45  # of the sampling rate: the highest edge of a band


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierSettings:
    """Whose EMG is noise, and of what band; all ours."""

    noise_chance: float = 0.0  # of a person
    low_hz: Span = (8.0, 70.0)
    high_hz: Span = (110.0, 480.0)
    order: tuple[int, int] = (1, 4)  # of the band-pass
    own_chance: float = 0.5  # that channels have noise of their own, instead of hearing the same from afar


@dataclass(frozen=True, slots=True)
class NoiseCarrier:
    """The noise of one person: its band and order, and whether every channel has its own."""

    low_hz: float
    high_hz: float
    order: int
    own: bool

    def carry(self, rng: np.random.Generator, amplitude_uv: Floats, gains: Floats, fs_hz: float, n: int) -> Floats:
        """Return EMG of shape (n_channels, n) whose RMS follows `amplitude_uv` (at `DRIVE_HZ`) times `gains`."""
        high_hz = min(self.high_hz, TOP * fs_hz)
        sos = butter(self.order, (self.low_hz, high_hz), "bandpass", fs=fs_hz, output="sos")
        noise: Floats = sosfilt(sos, rng.standard_normal((len(gains) if self.own else 1, n)), axis=1)
        noise /= np.sqrt((noise**2).mean(axis=1, keepdims=True))
        course = np.interp(np.arange(n) / fs_hz, np.arange(len(amplitude_uv)) / DRIVE_HZ, amplitude_uv, right=0.0)
        return gains[:, None] * course * noise


def noise_carrier(rng: np.random.Generator, settings: CarrierSettings) -> NoiseCarrier | None:
    """Draw a person's noise; None, with no number drawn, where all people have motor units."""
    if settings.noise_chance <= 0 or not chance(rng, settings.noise_chance):
        return None
    return NoiseCarrier(
        log_between(rng, settings.low_hz),
        log_between(rng, settings.high_hz),
        int(rng.integers(settings.order[0], settings.order[1] + 1)),
        chance(rng, settings.own_chance),
    )


def voluntary_uv(pool: MotorUnitPool, excitation: Floats) -> NDArray[np.float64]:
    """Return the RMS (n,) that the pool has at each excitation (n,): that of its units firing independently."""
    units = np.arange(len(pool.threshold))
    energy = (pool.potential_uv**2).sum(axis=1) / pool.fs_hz
    step = int(SEGMENT_S * DRIVE_HZ)
    parts = [energy @ pool.rates_hz(excitation[a : a + step], units) for a in range(0, len(excitation), step)]
    return np.sqrt(np.concatenate(parts))
