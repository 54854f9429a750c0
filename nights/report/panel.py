"""The picture of one counted cramp: raw EMG, envelope, spectrogram and acceleration around it."""

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from scipy.signal import ShortTimeFFT
from scipy.signal.windows import hann

from detection import Episode, NightTrace
from models import Label
from nights.report.clock import Clock
from nights.report.columns import columns_of
from nights.report.drawing import caption, decades, picture, plain
from nights.report.excerpt import Excerpt
from nights.report.palette import ACCENT, BAND, HAIR, INK, LABEL_COLOURS, MUTED
from signals import seconds_at

Floats = NDArray[np.float64]
Draw = Callable[[Axes], None]

N_COLUMNS = 480
CONTEXT_S = 30.0  # around a cramp, more than any excerpt shows
WIDTH_IN = 6.3
SCORED_IN, OTHER_IN, ENVELOPE_IN, SPECTROGRAM_IN, ACC_IN = 1.0, 0.45, 1.0, 0.95, 0.75
TOP_IN, BETWEEN_IN, BOTTOM_IN = 0.46, 0.28, 0.42
LEFT_IN, RIGHT_IN = 0.5, 0.12
ROOM_SHARE = 0.15  # of the width, that a name of a moment needs beside its line
SPECTRUM_S = 0.256
SPECTROGRAM_COLUMNS = 220
HIGHEST_HZ = 450.0
DB_RANGE = (2.0, 99.5)  # percentiles of the levels, between which the grey scale runs
DB_STEPS = 20
AXIS_COLOURS = {"X": INK, "Y": LABEL_COLOURS[Label.LEG_MOVEMENT], "Z": LABEL_COLOURS[Label.RHYTHMIC]}


def panel(excerpt: Excerpt, trace: NightTrace, clock: Clock) -> str:
    """Draw one cramp over seconds from its onset."""
    rows: list[tuple[float, Draw]] = [
        (OTHER_IN if channel else SCORED_IN, partial(_raw, excerpt=excerpt, channel=channel))
        for channel in range(len(excerpt.channels))
    ]
    rows.append((ENVELOPE_IN, partial(_envelope, episode=excerpt.episode.episode, trace=trace)))
    rows.append((SPECTROGRAM_IN, partial(_spectrogram, excerpt=excerpt)))
    if excerpt.acc_g is not None and excerpt.acc_fs_hz is not None:
        rows.append((ACC_IN, partial(_acceleration, excerpt=excerpt, acc_g=excerpt.acc_g, fs_hz=excerpt.acc_fs_hz)))
    height_in = TOP_IN + sum(h for h, _ in rows) + BETWEEN_IN * (len(rows) - 1) + BOTTOM_IN
    return picture(
        partial(_stack, rows=rows, excerpt=excerpt, clock=clock, height_in=height_in), WIDTH_IN, height_in
    )


def _stack(
    figure: Figure, rows: list[tuple[float, Draw]], excerpt: Excerpt, clock: Clock, height_in: float
) -> None:
    """Draw the rows below one another, with onset and end through all of them."""
    episode = excerpt.episode.episode
    first_s = excerpt.start_s - episode.start_s
    last_s = first_s + len(excerpt.emg_uv) / excerpt.emg_fs_hz
    top_in = height_in - TOP_IN
    width = 1 - (LEFT_IN + RIGHT_IN) / WIDTH_IN
    for i, (row_in, draw) in enumerate(rows):
        axes = figure.add_axes((LEFT_IN / WIDTH_IN, (top_in - row_in) / height_in, width, row_in / height_in))
        top_in -= row_in + BETWEEN_IN
        draw(axes)
        axes.set_xlim(first_s, last_s)
        axes.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 3, 5, 6, 10]))
        for moment_s in (0.0, episode.duration_s):
            axes.axvline(moment_s, color=ACCENT, linewidth=0.8)
        if i == 0:
            _moments(axes, episode, clock)
        if i < len(rows) - 1:
            axes.tick_params(axis="x", labelbottom=False)
        else:
            axes.set_xlabel("seconds from onset", color=MUTED)


def _moments(axes: Axes, episode: Episode, clock: Clock) -> None:
    """Name onset and end above the picture, each on the side of its line where there is room."""
    first_s, last_s = axes.get_xlim()
    room_s = ROOM_SHARE * (last_s - first_s)
    onset_side = "right" if -first_s > room_s else "left"
    end_side = "left" if last_s - episode.duration_s > room_s else "right"
    for moment_s, side, name, at_s in (
        (0.0, onset_side, "onset", episode.start_s),
        (episode.duration_s, end_side, "end", episode.end_s),
    ):
        axes.annotate(
            f"{name} {clock.text(at_s)}",
            (moment_s, 1),
            (-3 if side == "right" else 3, 18),
            ("data", "axes fraction"),
            "offset points",
            color=ACCENT,
            ha=side,
        )


def _raw(axes: Axes, excerpt: Excerpt, channel: int) -> None:
    """Draw one raw EMG channel as it was recorded."""
    scored = channel == 0
    name = plain(excerpt.channels[channel])
    caption(axes, f"{name}, raw, µV{' (scored)' if scored and len(excerpt.channels) > 1 else ''}")
    raw = columns_of(excerpt.emg_uv[:, channel], 1 / excerpt.emg_fs_hz, N_COLUMNS)
    time_s = raw.time_s + excerpt.start_s - excerpt.episode.episode.start_s
    axes.fill_between(time_s, raw.lowest, raw.highest, color=INK if scored else MUTED, linewidth=0.3)
    axes.yaxis.set_major_locator(MaxNLocator(3))


def _envelope(axes: Axes, episode: Episode, trace: NightTrace) -> None:
    """Draw the level that was decided on: second by second around the episode, every hop inside it."""
    caption(axes, "0.5-s envelope, µV")
    floor_uv = episode.floor_uv[0]
    first = max(0, int((episode.start_s - CONTEXT_S) / trace.tick_s))
    lowest, highest = (
        columns_of(values[first : int((episode.end_s + CONTEXT_S) / trace.tick_s) + 1], trace.tick_s, N_COLUMNS)
        for values in (trace.lowest_uv, trace.highest_uv)
    )
    around_s = lowest.time_s + first * trace.tick_s - episode.start_s
    axes.fill_between(around_s, lowest.lowest, highest.highest, color=BAND, linewidth=0.4)
    hop_s = seconds_at(episode.envelope.hop_samples, episode.fs_hz)
    level = columns_of(episode.envelope.level_uv[0], hop_s, N_COLUMNS)
    axes.plot(level.time_s, level.median, color=ACCENT, linewidth=1.0)
    axes.axhline(floor_uv, color=INK, linewidth=0.8, label="resting floor")
    axes.axhline(episode.on_ratio * floor_uv, color=INK, linewidth=0.8, linestyle=(0, (1, 2)), label="onset level")
    axes.legend(loc="lower right", bbox_to_anchor=(1.01, 0.97), ncols=2, frameon=False, labelcolor=MUTED)
    known = level.highest[np.isfinite(level.highest)]
    high_uv = float(known.max()) if len(known) else episode.on_ratio * floor_uv
    decades(axes, min(1.0, 0.6 * floor_uv), max(100.0, 1.4 * high_uv))


def _spectrogram(axes: Axes, excerpt: Excerpt) -> None:
    """Draw power over time and frequency, in dB; blank where nothing was recorded."""
    caption(axes, f"{plain(excerpt.channels[0])}, spectrogram, Hz (darker: more power)")
    power, highest_hz = _power(excerpt.emg_uv[:, 0], excerpt.emg_fs_hz)
    known = power[np.isfinite(power) & (power > 0)]
    decibel = 10 * np.log10(np.where(power > 0, power, np.nan))
    low, high = np.percentile(10 * np.log10(known), DB_RANGE) if len(known) else (0.0, 1.0)
    first_s = excerpt.start_s - excerpt.episode.episode.start_s
    last_s = first_s + len(excerpt.emg_uv) / excerpt.emg_fs_hz
    axes.imshow(
        decibel,
        cmap=colormaps["bone_r"].resampled(DB_STEPS),  # few steps: a picture of noise packs badly
        vmin=low,
        vmax=high,
        origin="lower",
        aspect="auto",
        interpolation="none",
        extent=(first_s, last_s, 0.0, highest_hz),
    )
    axes.yaxis.set_major_locator(MaxNLocator(3))


def _power(emg_uv: Floats, fs_hz: float) -> tuple[Floats, float]:
    """Power over (frequency, time), averaged within columns of time, and the frequency at its upper edge."""
    window = round(SPECTRUM_S * fs_hz)
    transform = ShortTimeFFT(hann(window), window // 2, fs_hz, scale_to="psd")
    padded = np.pad(np.nan_to_num(emg_uv), (0, max(0, window - len(emg_uv))))
    power = np.asarray(transform.spectrogram(padded), np.float64)
    power = power[transform.f <= HIGHEST_HZ]
    unknown = np.isnan(np.pad(emg_uv, (0, len(padded) - len(emg_uv))))
    centre = np.clip((np.asarray(transform.t(len(padded))) * fs_hz).astype(int), 0, len(padded) - 1)
    power[:, unknown[centre]] = np.nan
    size = max(1, -(-power.shape[1] // SPECTROGRAM_COLUMNS))
    whole = power[:, : power.shape[1] // size * size].reshape(len(power), -1, size)
    return whole.mean(axis=2), float(transform.f[len(power) - 1] + transform.delta_f / 2)


def _acceleration(axes: Axes, excerpt: Excerpt, acc_g: Floats, fs_hz: float) -> None:
    """Draw the three axes of acceleration."""
    caption(axes, "acceleration, g (X along the shank)")
    for values, (name, colour) in zip(acc_g.T, AXIS_COLOURS.items(), strict=True):
        axis = columns_of(values, 1 / fs_hz, N_COLUMNS)
        time_s = axis.time_s + excerpt.start_s - excerpt.episode.episode.start_s
        axes.fill_between(time_s, axis.lowest, axis.highest, color=colour, linewidth=0.7, label=name)
    axes.legend(
        loc="lower right", bbox_to_anchor=(1.01, 0.96), ncols=3, frameon=False, labelcolor=MUTED, handlelength=1
    )
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.grid(visible=True, axis="y", color=HAIR, linewidth=0.4)
