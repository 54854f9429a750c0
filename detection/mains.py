"""Mains hum: measured second by second, removed only while it is there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.settings import DetectionSettings
from signals.filters import SosFilter, notches

FUNDAMENTALS_HZ = (50.0, 60.0)
LINE_HALF_HZ = 1.5  # a Hann window spreads a line over a bin or two either side
BINS_AT_LINE = 3  # of about 1 Hz
NEIGHBOUR_HZ = (3.0, 8.0)  # where the power beside a line is measured
BINS_BESIDE = 8
CHECKS_TO_STOP = 3  # looks without the line before its notch is taken out
JUMP = 4.0  # rise or fall of power since the last look that asks for a look at once


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at a spectrum: line-to-neighbour ratio of every line; RMS and power share of the loud ones."""

    ratio: NDArray[np.float64]
    line_uv: float
    share: float


class MainsRemover:
    """Takes 50- and 60-Hz lines and their harmonics out of one band-passed channel, where they are present.

    A line is present from a look at which its power exceeds that of its neighbourhood `mains_on` times, until
    it has stayed below `mains_off` times for three looks. Looks are taken every `mains_every_ticks` ticks and
    whenever the power has jumped up or down. SENIAM advises against a standing notch; here an undisturbed
    channel passes through untouched, to the last bit.
    """

    def __init__(self, settings: DetectionSettings, fs_hz: float, tick_samples: int) -> None:
        self._settings = settings
        self._fs_hz = fs_hz
        self._tick = tick_samples
        top_hz = min(settings.band_high_hz, settings.band_high_fraction * fs_hz)
        self._lines_hz = tuple(
            sorted({f * k for f in FUNDAMENTALS_HZ for k in range(1, int(top_hz // f) + 1) if f * k < top_hz})
        )
        self._window = np.hanning(tick_samples)
        frequencies = np.fft.rfftfreq(tick_samples, 1 / fs_hz)
        distance = np.abs(frequencies[None, :] - np.array(self._lines_hz)[:, None])
        apart = np.min(distance, axis=0, keepdims=True) > LINE_HALF_HZ  # from every line
        beside = (distance >= NEIGHBOUR_HZ[0]) & (distance <= NEIGHBOUR_HZ[1]) & apart
        self._at_line = np.argsort(distance, axis=1, kind="stable")[:, :BINS_AT_LINE]
        self._beside = np.argsort(~beside, axis=1, kind="stable")[:, :BINS_BESIDE]
        self._since_seen = np.full(len(self._lines_hz), CHECKS_TO_STOP)
        self._filter: SosFilter | None = None
        self._present: tuple[float, ...] = ()
        self._ever: set[float] = set()
        self._until_look = 0
        self._power_at_look = 0.0
        self._previous = np.zeros(0)  # the tick before, to warm a new filter up
        self._lead_off = False

    @property
    def removed_hz(self) -> tuple[float, ...]:
        """The lines that have been removed at any time, ascending."""
        return tuple(sorted(self._ever))

    def update(self, y: NDArray[np.float64], whole: NDArray[np.bool_]) -> tuple[NDArray[np.float64], list[bool]]:
        """Clean whole ticks of a channel.

        Parameters
        ----------
        y
            Band-passed samples, shape (n_ticks * tick_samples,), uV.
        whole
            Which ticks hold no gap, shape (n_ticks,); only those are looked at.

        Returns
        -------
        tuple
            The cleaned samples (`y` itself where no line is present), and per tick whether the lines are so
            strong that an electrode must be off.
        """
        ticks = y.reshape(-1, self._tick)
        power = np.einsum("ij,ij->i", ticks, ticks).tolist()
        clean: list[NDArray[np.float64]] = []
        lead_off: list[bool] = []
        begin = 0
        for k, complete in enumerate(whole.tolist()):
            self._until_look -= 1
            jumped = not self._power_at_look / JUMP <= power[k] <= self._power_at_look * JUMP
            if complete and (self._until_look < 0 or jumped):
                self._until_look = self._settings.mains_every_ticks - 1
                self._power_at_look = power[k]
                present = self._look(ticks[k])
                if present != self._present:
                    clean.append(self._apply(y[begin * self._tick : k * self._tick]))
                    begin = k
                    self._change(present, ticks[k - 1] if k else self._previous)
            lead_off.append(self._lead_off)
        clean.append(self._apply(y[begin * self._tick :]))
        self._previous = ticks[-1].copy()
        return (clean[0] if len(clean) == 1 else np.concatenate(clean)), lead_off

    def _look(self, tick: NDArray[np.float64]) -> tuple[float, ...]:
        """Look at one tick; return the lines that are present from here on."""
        look = self._measure(tick)
        settings = self._settings
        waning = np.where(look.ratio < settings.mains_off, self._since_seen + 1, 0)
        self._since_seen = np.where(self._since_seen < CHECKS_TO_STOP, waning, CHECKS_TO_STOP)
        self._since_seen[look.ratio >= settings.mains_on] = 0
        self._lead_off = look.line_uv >= settings.hum_lead_off_uv and look.share >= settings.hum_lead_off_share
        return tuple(
            f for f, n in zip(self._lines_hz, self._since_seen.tolist(), strict=True) if n < CHECKS_TO_STOP
        )

    def _measure(self, tick: NDArray[np.float64]) -> _Look:
        spectrum = np.fft.rfft(tick * self._window)
        power = spectrum.real**2 + spectrum.imag**2
        at_line = power[self._at_line].mean(axis=1)
        beside = np.sort(power[self._beside], axis=1)[:, BINS_BESIDE // 2]
        ratio = at_line / np.maximum(beside, np.finfo(float).tiny)
        loud = ratio >= self._settings.mains_on
        total = power.sum()
        share = float(power[self._at_line[loud]].sum() / total) if loud.any() and total > 0 else 0.0
        return _Look(ratio, float(np.sqrt(share * np.mean(tick**2))), share)

    def _change(self, present: tuple[float, ...], before: NDArray[np.float64]) -> None:
        self._present = present
        self._ever.update(present)
        self._filter = notches(present, self._settings.mains_width_hz, self._fs_hz) if present else None
        if self._filter is not None:
            self._filter.update(before)

    def _apply(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        return y if self._filter is None else self._filter.update(y)
