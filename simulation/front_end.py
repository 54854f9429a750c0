"""Electrodes and amplifier of a night: noise, wander, hum, heart, gain, rails, converter."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import freqz, lfilter

from simulation.artefacts import heart_beat, heart_beats
from simulation.profiles import Electronics
from simulation.randomness import Component, Floats, between, generator
from simulation.wearers import Limb, Wearer

PAGE_S = 60
STEPS = 65535  # of a 16-bit converter
KNOTS_PER_PAGE = 120  # two per second
MAINS_SD_HZ = 0.04  # grids keep within some 0.1 Hz; assumption
BAND_HZ = (20.0, 450.0)  # in which the floor is meant
SWEAT_RISE_S = 3600.0
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Condition:
    """How the electrodes fare over the night: gain of the muscle, and noise relative to the settled floor."""

    settling: float
    settling_s: float
    sweat_loss: float
    sweat_at_s: float

    def gain(self, at_s: float) -> float:
        """Gain at a time; sweat lowers it within an hour, and it stays."""
        return 1 - self.sweat_loss * min(1.0, max(0.0, (at_s - self.sweat_at_s) / SWEAT_RISE_S))

    def noise(self, at_s: float) -> float:
        """Noise at a time, 1 when settled."""
        return 1 + self.settling * float(np.exp(-at_s / self.settling_s))


def condition_of(seed: int, person: Wearer, night: int, limb: Limb, electronics: Electronics) -> Condition:
    """Draw the condition of one night."""
    rng = generator(seed, person.number, night, Component.NIGHT)
    return Condition(limb.settling, electronics.settling_s, limb.sweat_loss, between(rng, (600.0, 20000.0)))


class FrontEnd:
    """Gives the pages of noise of one night in order, and turns pages into what the converter says."""

    def __init__(self, seed: int, person: Wearer, night: int, limb: Limb, electronics: Electronics) -> None:
        self._seed, self._key = seed, (person.number, night)
        self._limb, self._fs_hz = limb, electronics.fs_hz
        self._mains_hz, self._rail_uv = person.mains_hz, person.rail_uv
        self._waver = electronics.floor_waver
        self.n_page = round(PAGE_S * electronics.fs_hz)

    def noise(self, n_pages: int, condition: Condition) -> Iterator[Samples]:
        """Give the noise of each page, shape (n_channels, n_page), in uV: the same at every call."""
        rng = generator(self._seed, *self._key, Component.NIGHT, 1)
        n_channels = len(self._limb.floor_uv)
        pole = between(rng, (0.5, 0.95))
        zero = pole * between(rng, (0.4, 1.0))  # below the pole: more noise at low frequencies
        b, a = np.array([1, -zero], np.float32), np.array([1, -pole], np.float32)
        sigma = self._limb.floor_uv / _band_rms(b, a, self._fs_hz)
        state = np.zeros((n_channels, 1), np.float32)
        wander = self._wander(n_pages)
        waver = _Course(np.exp(self._waver * rng.standard_normal((1, _n_knots(n_pages)))), self.n_page)
        hum, beats = _Hum(self, n_channels), self._beats(n_pages)
        for page in range(n_pages):
            white = generator(self._seed, *self._key, Component.NOISE, page).standard_normal(
                (n_channels, self.n_page), dtype=np.float32
            )
            coloured, state = lfilter(b, a, white, axis=-1, zi=state)
            at_s = page * PAGE_S
            coloured *= (sigma * condition.noise(at_s)).astype(np.float32)[:, None]
            coloured *= waver(page)
            coloured += wander(page)
            hum.add(coloured)
            self._add_beats(coloured, beats, at_s)
            yield coloured

    def converted(self, uv: Samples) -> Floats:
        """Return what a 16-bit converter gives: (n, n_channels), contiguous along samples."""
        step = 2 * self._rail_uv / STEPS
        values = np.clip(uv, -self._rail_uv, self._rail_uv).astype(np.float64)
        values += self._rail_uv
        values /= step
        np.rint(values, out=values)
        values *= step
        values -= self._rail_uv
        return values.T

    def hum_of(self) -> tuple[np.random.Generator, float, float, float]:
        """Return generator, amplitude (uV), mains frequency and rate, for the hum."""
        rng = generator(self._seed, *self._key, Component.HUM)
        return rng, self._limb.hum_uv, self._mains_hz, self._fs_hz

    def _wander(self, n_pages: int) -> "_Course":
        """Return the slow wander of the electrodes' potential, about `baseline_uv` in size."""
        rng = generator(self._seed, *self._key, Component.NIGHT, 2)
        shape = (len(self._limb.floor_uv), _n_knots(n_pages))
        drift = np.cumsum(rng.standard_normal(shape), axis=1) / np.sqrt(KNOTS_PER_PAGE)
        return _Course(self._limb.baseline_uv * (rng.standard_normal(shape) + drift), self.n_page)

    def _beats(self, n_pages: int) -> Floats:
        if self._limb.heart_uv == 0:
            return np.empty(0)
        return heart_beats(self._seed, (*self._key, Component.HEART), n_pages * PAGE_S)

    def _add_beats(self, page: Samples, beats: Floats, at_s: float) -> None:
        wave = (self._limb.heart_uv * heart_beat(self._fs_hz)).astype(np.float32)
        here = beats[(beats >= at_s) & (beats < at_s + PAGE_S)]
        for first in np.rint((here - at_s) * self._fs_hz).astype(np.int64).tolist():
            part = page[:, first : first + len(wave)]
            part += wave[: part.shape[1]]


class _Course:
    """Something slow, given by knots of shape (n, n_knots) for the whole night, joined by straight lines."""

    def __init__(self, knots: Floats, n_page: int) -> None:
        self._knots = knots
        self._at = np.arange(n_page, dtype=np.float64) * (KNOTS_PER_PAGE / n_page)

    def __call__(self, page: int) -> Samples:
        """Return the values of a page, shape (n, n_page)."""
        first = page * KNOTS_PER_PAGE
        knots = self._knots[:, first : first + KNOTS_PER_PAGE + 1]
        grid = np.arange(KNOTS_PER_PAGE + 1, dtype=np.float64)
        rows: list[Floats] = [np.interp(self._at, grid, row) for row in knots]
        return np.array(rows, np.float32)


def _n_knots(n_pages: int) -> int:
    return n_pages * KNOTS_PER_PAGE + 1


class _Hum:
    """Mains: a fundamental that drifts within 0.1 Hz, third and fifth harmonic, an amplitude that wanders."""

    def __init__(self, front_end: FrontEnd, n_channels: int) -> None:
        self._rng, self._uv, self._mains_hz, self._fs_hz = front_end.hum_of()
        self._gains = self._rng.uniform(0.3, 1.0, n_channels).astype(np.float32)
        self._shares = self._rng.uniform(0, 1, 2) * (0.5, 0.3)
        self._phase = 0.0

    def add(self, page: Samples) -> None:
        """Add the hum of the next page."""
        if self._uv == 0:
            return
        n = page.shape[1]
        start_hz, end_hz = self._rng.normal(self._mains_hz, MAINS_SD_HZ, 2).tolist()
        phase = self._phase + np.cumsum(_ramp(start_hz, end_hz, n)) / self._fs_hz
        self._phase = float(phase[-1] % 1.0)
        s = np.sin((2 * np.pi * (phase % 1.0)).astype(np.float32))
        s2 = s * s
        third, fifth = s * (3 - 4 * s2), s * (5 + s2 * (16 * s2 - 20))  # sin 3x and sin 5x
        wave = s + np.float32(self._shares[0]) * third + np.float32(self._shares[1]) * fifth
        start_uv, end_uv = (self._uv * np.exp(0.2 * self._rng.standard_normal(2))).tolist()
        wave *= _ramp(start_uv, end_uv, n).astype(np.float32)
        np.add(page, self._gains[:, None] * wave, out=page)


def _ramp(start: float, end: float, n: int) -> Floats:
    """Return `n` values from `start` towards `end`."""
    return start + (end - start) / n * np.arange(n, dtype=np.float64)


def _band_rms(b: NDArray[np.float32], a: NDArray[np.float32], fs_hz: float) -> float:
    """RMS, in the band of the floor, of white noise of unit variance after a filter."""
    at_hz = np.linspace(0, fs_hz / 2, 2048, endpoint=False)
    _, response = freqz(b, a, at_hz, fs=fs_hz)
    inside = (at_hz >= BAND_HZ[0]) & (at_hz <= BAND_HZ[1])
    return float(np.sqrt((np.abs(response[inside]) ** 2).sum() / len(at_hz)))
