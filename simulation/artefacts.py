"""What electrodes and amplifiers add that is not muscle; all in uV at the input, shape (n_channels, n)."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from simulation.kinds import Kind
from simulation.randomness import Floats, between, chance, generator, log_between, smooth_noise

Disturbance = NDArray[np.float32]

LOST_LEAD_UV = 1e6  # far beyond every rail


def pop(rng: np.random.Generator, n: int, n_channels: int, fs_hz: float) -> Disturbance:
    """Electrode pop: a step of 0.1-5 mV that decays in 10-300 ms (textbook), mostly on one channel."""
    since = np.arange(n) / fs_hz
    step = (
        rng.choice((-1.0, 1.0)) * log_between(rng, (100.0, 5000.0)) * np.exp(-since / log_between(rng, (0.01, 0.3)))
    )
    return _on(rng, step, n_channels, together=0.2)


def motion(rng: np.random.Generator, n: int, n_channels: int, fs_hz: float) -> Disturbance:
    """Motion artefact: energy below 20 Hz (De Luca 2010, doi 10.1016/j.jbiomech.2010.01.027), 30-1500 uV."""
    window = np.sin(np.pi * (np.arange(n) + 0.5) / n)
    slow = smooth_noise(rng, n, fs_hz, between(rng, (1.0, 8.0)))
    return _on(rng, log_between(rng, (30.0, 1500.0)) * window * slow, n_channels, together=0.7)


def saturation(rng: np.random.Generator, n: int, n_channels: int, fs_hz: float) -> Disturbance:
    """Drift to the rail and back."""
    course = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2 * (1 + 0.2 * smooth_noise(rng, n, fs_hz, 3.0))
    return _on(
        rng, rng.choice((-1.0, 1.0)) * log_between(rng, (2000.0, 20000.0)) * course, n_channels, together=0.3
    )


def lead_off(rng: np.random.Generator, n: int, n_channels: int, fs_hz: float) -> Disturbance:
    """Lose the contact of an electrode: at the rail, or loud mains."""
    if chance(rng, 0.5):
        lost = np.full(n, rng.choice((-1.0, 1.0)) * LOST_LEAD_UV)
    else:
        hum = np.sin(2 * np.pi * float(rng.choice((50.0, 60.0))) * np.arange(n) / fs_hz)
        lost = log_between(rng, (250.0, 4000.0)) * (1 + 0.05 * smooth_noise(rng, n, fs_hz, 0.2)) * hum
    return _on(rng, lost, n_channels, together=0.5)


def heart_beats(seed: int, key: tuple[int, ...], duration_s: float) -> Floats:
    """Return the times (s) of the heart beats of a night: 48-75 a minute, varying by 5 %."""
    rng = generator(seed, *key)
    rr_s = 60 / between(rng, (48.0, 75.0))
    n = int(duration_s / rr_s * 1.2) + 10
    beats = np.cumsum(rr_s * (1 + 0.05 * rng.standard_normal(n)))
    return beats[beats < duration_s]


def heart_beat(fs_hz: float) -> Floats:
    """Return one QRS complex of some 90 ms with a peak of 1 (textbook)."""
    at_s = np.arange(round(0.12 * fs_hz)) / fs_hz - 0.05
    wave = np.exp(-((at_s / 0.012) ** 2)) - 0.3 * np.exp(-(((at_s - 0.03) / 0.015) ** 2))
    return wave - 0.15 * np.exp(-(((at_s + 0.028) / 0.01) ** 2))


def _on(rng: np.random.Generator, wave: Floats, n_channels: int, together: float) -> Disturbance:
    """Put a wave on one channel, or with the chance `together` on all, to varying degrees."""
    gains = rng.uniform(0.4, 1.0, n_channels)
    if not chance(rng, together):
        gains[np.arange(n_channels) != rng.integers(n_channels)] = 0.0
    return (gains[:, None] * wave).astype(np.float32)


DISTURBANCES: Mapping[Kind, Callable[[np.random.Generator, int, int, float], Disturbance]] = {
    Kind.POP: pop,
    Kind.MOTION: motion,
    Kind.SATURATION: saturation,
    Kind.LEAD_OFF: lead_off,
}
