"""The score of one EMG channel: hop by hop, how loud the muscle is and whether the electrodes can be believed."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from detection.mains import MainsRemover
from detection.settings import DetectionSettings
from detection.ticks import State, code_of
from signals import GapReason, hop_samples
from signals.filters import band_pass

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAD_OFF = code_of(GapReason.LEAD_OFF)
CLIPPED = -code_of(GapReason.SATURATED)  # observed: a clipped contraction is still a contraction


@dataclass(frozen=True, slots=True)
class HopScores:
    """What is known of consecutive hops of one channel; every array has shape (n_hops,).

    `level_uv` is the RMS of the last 0.5 s in the band, NaN where it cannot be known; `power_uv2` the mean
    square of the hop itself; `frequency_hz` the root-mean-square frequency of the hop (mobility of Hjorth
    1970), NaN without power; `state` as in `detection.ticks`; `artefact` marks electrode pops, motion and mains.
    """

    level_uv: Floats
    power_uv2: Floats
    frequency_hz: Floats
    state: State
    artefact: Bools


class EmgScore:
    """Turns whole ticks of one EMG channel into `HopScores`.

    Band-pass (Butterworth, causal), mains where present, mean square per hop, sliding RMS over
    `window_hops`. Quality comes from the raw signal: flat or at a rail is lead-off, single samples at a rail
    are saturation, a jump of the baseline is an electrode pop, power below 20 Hz is motion.
    """

    def __init__(self, settings: DetectionSettings, fs_hz: float, rails_uv: tuple[float, float] | None) -> None:
        self._settings = settings
        self._fs_hz = fs_hz
        self._hop = hop_samples(settings.hop_s, fs_hz)
        self._tick = self._hop * settings.tick_hops
        high_hz = min(settings.band_high_hz, settings.band_high_fraction * fs_hz)
        self._band = band_pass(settings.band_low_hz, high_hz, fs_hz, settings.band_order)
        self._mains = MainsRemover(settings, fs_hz, self._tick)
        low, high = rails_uv or (-np.inf, np.inf)
        margin = (high - low) * settings.rail_fraction if rails_uv else 0.0
        self._rails = (low + margin, high - margin)
        self._settle = -(-hop_samples(settings.settle_s, fs_hz) // self._hop)
        carried = settings.window_hops - 1
        self._power = np.zeros(carried)  # of the hops before, for the sliding window
        self._valid = np.zeros(carried, bool)
        self._lost = np.zeros(self._settle, np.int8)  # states of the hops before, for settling
        self._last_y = 0.0
        self._last_mean: float | None = None
        self._last_level = np.nan

    @property
    def mains_hz(self) -> tuple[float, ...]:
        """Mains lines that have been removed at any time."""
        return self._mains.removed_hz

    def update(self, x: Floats, state: State | None) -> HopScores:
        """Score whole ticks; `x`, shape (n_ticks * tick_samples,), in uV, is 0 in gaps; `state` as in `Samples`."""
        gaps = np.zeros(len(x), np.int8) if state is None else state
        whole: Bools = gaps.reshape(-1, self._tick).max(axis=1) == 0
        y = self._band.update(x) if state is None else self._band.update_between_gaps(x, state == 0)
        y, hum = self._mains.update(y, whole)
        hops = y.reshape(-1, self._hop)
        power = np.einsum("ij,ij->i", hops, hops) / self._hop
        if not np.isfinite(power).all():
            raise ValueError("the EMG holds a value that is not a number; a source must give a Gap instead")
        frequency = self._frequency(y, power)
        codes = self._states(x.reshape(-1, self._hop), state, hum)
        level = self._levels(power, codes)
        halves = self._half_means(x.reshape(-1, self._hop))
        artefact = self._pops(halves, level) | self._motion(halves, power)
        artefact |= np.repeat(hum, self._settings.tick_hops)
        return HopScores(level, power, frequency, codes, artefact)

    def _frequency(self, y: Floats, power: Floats) -> Floats:
        """Root-mean-square frequency per hop from the ratio of the power of differences to the power."""
        slope = np.empty_like(y)
        np.subtract(y[1:], y[:-1], out=slope[1:])
        slope[0] = y[0] - self._last_y
        self._last_y = float(y[-1])
        slope = slope.reshape(-1, self._hop)
        slope_power = np.einsum("ij,ij->i", slope, slope) / self._hop
        with np.errstate(divide="ignore", invalid="ignore"):
            half_sine = np.sqrt(slope_power / power) / 2  # exact for a sine: |1 - e^(-iw)| = 2 sin(w/2)
        return self._fs_hz / np.pi * np.arcsin(np.minimum(half_sine, 1.0))

    def _states(self, hops: Floats, state: State | None, hum: list[bool]) -> State:
        """Return the gap code of every hop: the source's own gap first, then lead-off, then saturation."""
        settings = self._settings
        codes = np.zeros(len(hops), np.int8)
        if hops.max() >= self._rails[1] or hops.min() <= self._rails[0]:
            at_rail = ((hops >= self._rails[1]) | (hops <= self._rails[0])).mean(axis=1)
            codes[at_rail > 0] = CLIPPED
            codes[at_rail >= settings.rail_share] = LEAD_OFF
        first, middle, last = hops[:, 0], hops[:, self._hop // 2], hops[:, -1]  # nearly every hop fails here
        suspects = np.flatnonzero(np.maximum(np.abs(first - middle), np.abs(first - last)) <= settings.flat_uv)
        codes[suspects[np.ptp(hops[suspects], axis=1) <= settings.flat_uv]] = LEAD_OFF
        codes[np.repeat(hum, settings.tick_hops)] = LEAD_OFF
        if state is not None:
            gaps = state.reshape(-1, self._hop).max(axis=1)
            codes = np.where(gaps > 0, gaps, codes)
        return self._settled(codes)

    def _settled(self, codes: State) -> State:
        """Let a gap or a lost electrode last until the filters have settled after it."""
        lost = np.maximum(codes, 0)
        before = np.concatenate([self._lost, lost])
        self._lost = before[len(before) - self._settle :]
        lingering = sliding_window_view(before, self._settle + 1).max(axis=1)
        return np.where((lost == 0) & (lingering > 0), lingering, codes)

    def _levels(self, power: Floats, codes: State) -> Floats:
        """Sliding RMS over the valid hops of the window; NaN for an invalid hop or where fewer than half are."""
        n, window = len(power), self._settings.window_hops
        valid = np.concatenate([self._valid, codes <= 0])
        powers = np.concatenate([self._power, power])
        powers[~valid] = 0.0
        total, count = np.zeros(n), np.zeros(n)
        for i in range(window):  # added in a fixed order, so that no cut of the stream changes a bit
            total += powers[i : i + n]
            count += valid[i : i + n]
        self._power, self._valid = powers[n:], valid[n:]
        known = valid[window - 1 :] & (count * 2 >= window)
        return np.where(known, np.sqrt(total / np.maximum(count, 1)), np.nan)

    def _half_means(self, hops: Floats) -> Floats:
        """Mean of either half of every hop, shape (n_hops, 2): the raw signal below some 20 Hz."""
        half = self._hop // 2
        halves = np.empty((len(hops), 2))
        np.divide(hops[:, :half].sum(axis=1), half, out=halves[:, 0])
        np.divide(hops[:, half:].sum(axis=1), self._hop - half, out=halves[:, 1])
        return halves

    def _pops(self, halves: Floats, level: Floats) -> Bools:
        """Mark hops in which the mean of the raw signal jumps, seen against the level just before."""
        settings = self._settings
        means = halves.mean(axis=1)
        step = np.abs(np.diff(means, prepend=means[0] if self._last_mean is None else self._last_mean))
        before = np.concatenate([[self._last_level], level[:-1]])
        self._last_mean, self._last_level = float(means[-1]), float(level[-1])
        return step > np.maximum(settings.pop_step_uv, settings.pop_ratio * np.nan_to_num(before))

    def _motion(self, halves: Floats, power: Floats) -> Bools:
        """Mark ticks with more power just below 20 Hz than the band holds.

        It is half the mean squared difference of neighbouring 25-ms means within the tick: the variance of what
        changes from one to the next, 2 sin²(pi f 25 ms) of what swings at f: all of it near 10 Hz, 1 % at 1 Hz.
        Departure from a filtered band: artefact counts by how near it comes to the band, where it would look like
        muscle; slow wander of the electrodes, which the band-pass takes away, marks nothing.
        """
        settings = self._settings
        steps = np.diff(halves.reshape(-1, 2 * settings.tick_hops), axis=1)
        fast = (steps**2).mean(axis=1) / 2
        band = power.reshape(-1, settings.tick_hops).mean(axis=1)
        moving = (fast > settings.motion_min_uv**2) & (fast > settings.motion_ratio * band)
        return np.repeat(moving, settings.tick_hops)
