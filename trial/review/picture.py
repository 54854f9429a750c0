"""The picture of a packet: raw EMG, envelope and acceleration over seconds from the onset, no names, no clock."""

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from nights.report.columns import columns_of
from nights.report.drawing import caption, decades, picture
from nights.report.palette import ACCENT, HAIR, INK, MUTED
from signals import hop_samples
from signals.filters import band_pass
from trial.review.blinded import BlindPacket, Signals

Floats = NDArray[np.float64]
Draw = Callable[[Axes], None]

BAND_HZ, HIGHEST_SHARE, ORDER = (20.0, 450.0), 0.45, 4  # surface EMG; below half of a slow recording's rate
HOP_S, WINDOW_HOPS = 0.05, 10  # the 0.5-s envelope of the definition
N_COLUMNS = 600
WIDTH_IN, ROW_IN, TOP_IN, BETWEEN_IN, BOTTOM_IN = 8.0, 1.2, 0.3, 0.3, 0.45
LEFT_IN, RIGHT_IN = 0.6, 0.12
AXES_COLOURS = {"X": INK, "Y": "#2f6b9a", "Z": "#7db3d8"}


def envelope_uv(emg_uv: Floats, fs_hz: float) -> Floats:
    """Return the RMS of the last 0.5 s in the band of surface EMG, every 50 ms; NaN where samples are missing.

    `emg_uv` has shape (n,). Causal Butterworth band-pass of 20-450 Hz, as in the detector; unlike there, mains
    are not taken out.
    """
    hop = hop_samples(HOP_S, fs_hz)
    whole = emg_uv[: len(emg_uv) // hop * hop]
    if not len(whole):
        return np.empty(0)
    high_hz = min(BAND_HZ[1], HIGHEST_SHARE * fs_hz)
    present = np.isfinite(whole)
    filtered = band_pass(BAND_HZ[0], high_hz, fs_hz, ORDER).update_between_gaps(whole, present)
    power = (filtered**2).reshape(-1, hop).mean(axis=1)
    power[~present.reshape(-1, hop).all(axis=1)] = np.nan
    before = np.concatenate([np.full(WINDOW_HOPS - 1, np.nan), power])
    return np.sqrt(np.lib.stride_tricks.sliding_window_view(before, WINDOW_HOPS).mean(axis=1))


def picture_of(packet: BlindPacket, signals: Signals) -> str:
    """Draw the signals of a packet; return them as a `data:` address of an SVG."""
    rows: list[Draw] = [
        partial(_raw, signals=signals, channel=channel) for channel in range(signals.emg_uv.shape[1])
    ]
    rows.insert(1, partial(_envelope, signals=signals, floor_uv=packet.features["floor_uv"]))
    if signals.acc_g is not None and signals.acc_fs_hz is not None:
        rows.append(partial(_acceleration, signals=signals, acc_g=signals.acc_g, fs_hz=signals.acc_fs_hz))
    height_in = TOP_IN + ROW_IN * len(rows) + BETWEEN_IN * (len(rows) - 1) + BOTTOM_IN
    return picture(partial(_stack, rows=rows, packet=packet, signals=signals), WIDTH_IN, height_in)


def _stack(figure: Figure, rows: list[Draw], packet: BlindPacket, signals: Signals) -> None:
    """Draw the rows below one another, with onset and end through all of them."""
    height_in = float(figure.get_figheight())
    last_s = len(signals.emg_uv) / signals.emg_fs_hz - signals.onset_s
    width = 1 - (LEFT_IN + RIGHT_IN) / WIDTH_IN
    for i, draw in enumerate(rows):
        bottom_in = height_in - TOP_IN - (i + 1) * ROW_IN - i * BETWEEN_IN
        axes = figure.add_axes((LEFT_IN / WIDTH_IN, bottom_in / height_in, width, ROW_IN / height_in))
        draw(axes)
        axes.set_xlim(-signals.onset_s, last_s)
        axes.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 3, 5, 6, 10]))
        for moment_s in (0.0, packet.duration_s):
            axes.axvline(moment_s, color=ACCENT, linewidth=0.8)
        if i < len(rows) - 1:
            axes.tick_params(axis="x", labelbottom=False)
        else:
            axes.set_xlabel("seconds from onset", color=MUTED)


def _raw(axes: Axes, signals: Signals, channel: int) -> None:
    caption(axes, "other muscle, raw, µV" if channel else "calf muscle, raw, µV")
    raw = columns_of(signals.emg_uv[:, channel], 1 / signals.emg_fs_hz, N_COLUMNS)
    colour = MUTED if channel else INK
    axes.fill_between(raw.time_s - signals.onset_s, raw.lowest, raw.highest, color=colour, linewidth=0.3)
    axes.yaxis.set_major_locator(MaxNLocator(3))


def _envelope(axes: Axes, signals: Signals, floor_uv: float | None) -> None:
    others = "; thin: other muscle" if signals.emg_uv.shape[1] > 1 else ""
    caption(axes, f"calf muscle, 0.5-s envelope, µV; dotted: its resting floor{others}")
    highest = 0.0
    for channel, values in enumerate(signals.emg_uv.T):
        level = columns_of(envelope_uv(values, signals.emg_fs_hz), HOP_S, N_COLUMNS)
        colour, width = (MUTED, 0.5) if channel else (INK, 1.0)
        axes.plot(level.time_s - signals.onset_s, level.median, color=colour, linewidth=width)
        highest = max(highest, *level.highest[np.isfinite(level.highest)], 0.0)
    if floor_uv is not None:
        axes.axhline(floor_uv, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
    decades(axes, 1.0, max(100.0, 1.4 * highest))


def _acceleration(axes: Axes, signals: Signals, acc_g: Floats, fs_hz: float) -> None:
    caption(axes, "acceleration, g (X along the shank)")
    for values, (name, colour) in zip(acc_g.T, AXES_COLOURS.items(), strict=True):
        axis = columns_of(values, 1 / fs_hz, N_COLUMNS)
        time_s = axis.time_s - signals.onset_s
        axes.fill_between(time_s, axis.lowest, axis.highest, color=colour, linewidth=0.7, label=name)
    axes.legend(
        loc="lower right", bbox_to_anchor=(1.01, 0.96), ncols=3, frameon=False, labelcolor=MUTED, handlelength=1
    )
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.grid(visible=True, axis="y", color=HAIR, linewidth=0.4)
