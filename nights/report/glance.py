"""The night at a glance: EMG, movement, posture and every episode over one axis of time."""

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from detection import DetectionSettings, Movement, NightTrace
from models import Label
from nights.record import NightRecord
from nights.report.clock import Clock
from nights.report.columns import columns_of, occupied
from nights.report.drawing import bars, decades, picture
from nights.report.palette import ACCENT, BAND, HAIR, INK, LABEL_COLOURS, LOSS_COLOURS, MUTED
from nights.report.wording import LABEL_WORDS, LOSS_WORDS
from signals import GapReason, seconds_at

Floats = NDArray[np.float64]
Draw = Callable[[Axes], None]

N_COLUMNS = 900
LOSS_COLUMNS = 3600  # finer, so that many short losses do not look like one long
WIDTH_IN = 9.4
EMG_IN, MOVEMENT_IN, POSTURE_IN, LANES_IN = 2.1, 0.8, 0.8, 1.15
TOP_IN, BETWEEN_IN, BOTTOM_IN = 0.58, 0.28, 0.44
LEFT_IN, RIGHT_IN = 1.0, 0.6
STRIP = (1.02, 1.055)  # of the EMG panel: episodes, just above it
NAMED_SHARE = 0.07  # of the night, from which a gap is wide enough for its name
APART_SHARE = 0.02  # of the night, below which two numbers would touch
EMG_UV = (1.0, 100.0)  # the axis holds at least this, so that nights look alike
LYING_DEG, UPRIGHT_DEG = 30.0, 60.0
MIN_DYNAMIC_G = 1e-3
HEADROOM = 1.15


def glance(record: NightRecord, trace: NightTrace) -> str:
    """Draw the night; without acceleration, the panels of movement and posture are left out."""
    panels: list[tuple[float, Draw]] = [(EMG_IN, partial(_emg, record=record, trace=trace))]
    if trace.movement is not None:
        panels.append((MOVEMENT_IN, partial(_movement, movement=trace.movement)))
        panels.append((POSTURE_IN, partial(_posture, movement=trace.movement)))
    panels.append((LANES_IN, partial(_lanes, record=record)))
    height_in = TOP_IN + sum(h for h, _ in panels) + BETWEEN_IN * (len(panels) - 1) + BOTTOM_IN
    return picture(partial(_stack, panels=panels, record=record, height_in=height_in), WIDTH_IN, height_in)


def _stack(figure: Figure, panels: list[tuple[float, Draw]], record: NightRecord, height_in: float) -> None:
    """Draw the panels below one another, with one axis of time below the last."""
    end_s = max(record.monitored_s, 1.0)
    ticks = Clock.of(record.recording).ticks(end_s)
    top_in = height_in - TOP_IN
    width = 1 - (LEFT_IN + RIGHT_IN) / WIDTH_IN
    for i, (panel_in, draw) in enumerate(panels):
        axes = figure.add_axes((LEFT_IN / WIDTH_IN, (top_in - panel_in) / height_in, width, panel_in / height_in))
        top_in -= panel_in + BETWEEN_IN
        axes.set_xlim(0, end_s)
        draw(axes)
        last = i == len(panels) - 1
        axes.set_xticks([s for s, _ in ticks], [text for _, text in ticks] if last else [])
        axes.grid(visible=True, axis="x", color=HAIR, linewidth=0.4)
        axes.set_axisbelow(True)
        if last:
            known = record.recording.start is not None
            axes.set_xlabel("local time" if known else "hours and minutes since the start", color=MUTED)


def _emg(axes: Axes, record: NightRecord, trace: NightTrace) -> None:
    """Draw levels, floor and threshold, what was lost, and the episodes above."""
    _name(axes, "EMG\nµV")
    lowest, median, highest, floor = (
        columns_of(values, trace.tick_s, N_COLUMNS)
        for values in (trace.lowest_uv, trace.median_uv, trace.highest_uv, trace.floor_uv)
    )
    usable = np.isfinite(median.median)
    floor_uv = np.where(usable, floor.median, np.nan)
    threshold_uv = _on_ratio(record) * floor_uv
    time_s = median.time_s
    axes.fill_between(time_s, lowest.lowest, highest.highest, color=BAND, linewidth=0.4, label="lowest to highest")
    axes.plot(time_s, median.median, color=LABEL_COLOURS[Label.LEG_MOVEMENT], linewidth=0.5, label="median")
    axes.plot(time_s, floor_uv, color=INK, linewidth=1.0, label="resting floor")
    axes.plot(time_s, threshold_uv, color=INK, linewidth=0.7, linestyle=(0, (1, 2)), label="onset level")
    known_uv = np.concatenate([EMG_UV, lowest.lowest[usable], highest.highest[usable], threshold_uv[usable]])
    known_uv = known_uv[known_uv > 0]
    decades(axes, float(known_uv.min()), float(known_uv.max()) * HEADROOM)
    axes.legend(
        loc="lower right", bbox_to_anchor=(1.005, 1.13), ncols=4, frameon=False, labelcolor=MUTED, handlelength=1.4
    )
    _losses(axes, record)
    _loss_names(axes, record)
    _episodes_above(axes, record)


def _name(axes: Axes, name: str) -> None:
    """Name a panel at the left edge of the figure."""
    at_edge = (-72 * LEFT_IN, 0)
    axes.annotate(name, (0, 0.5), at_edge, "axes fraction", "offset points", color=MUTED, va="center")


def _losses(axes: Axes, record: NightRecord) -> None:
    """Shade what was lost by its cause."""
    end_s, fs_hz = max(record.monitored_s, 1.0), record.recording.fs_hz
    for reason in GapReason:
        gaps = [gap for gap in record.gaps if gap.reason is reason]
        spans = [(seconds_at(gap.first_sample, fs_hz), seconds_at(gap.end, fs_hz)) for gap in gaps]
        lost = occupied(spans, end_s, LOSS_COLUMNS)
        bars(axes, lost, 0, 1, LOSS_COLOURS[reason], axes.get_xaxis_transform())


def _loss_names(axes: Axes, record: NightRecord) -> None:
    """Write the cause into every gap that is wide enough."""
    for gap in record.gaps:
        ends_s = seconds_at(gap.first_sample, record.recording.fs_hz), seconds_at(gap.end, record.recording.fs_hz)
        if ends_s[1] - ends_s[0] >= NAMED_SHARE * record.monitored_s:
            place = axes.get_xaxis_transform()
            axes.text(sum(ends_s) / 2, 0.5, LOSS_WORDS[gap.reason], transform=place, ha="center", va="center")


def _episodes_above(axes: Axes, record: NightRecord) -> None:
    """Mark episodes in a strip above the panel, cramps through it and with their numbers."""
    end_s = max(record.monitored_s, 1.0)
    across = axes.get_xaxis_transform()
    for label in reversed(Label):  # cramps last, so that nothing covers them
        bars(axes, _spans(record, label, end_s), *STRIP, LABEL_COLOURS[label], across)
    for start_s, stop_s in _spans(record, Label.CRAMP, end_s):
        axes.axvspan(start_s, stop_s, color=ACCENT, alpha=0.22, linewidth=0)
    for onset_s, numbers in _numbers(record, end_s):
        axes.text(onset_s, STRIP[1] + 0.02, numbers, transform=across, color=ACCENT, fontweight="bold", ha="center")


def _numbers(record: NightRecord, end_s: float) -> list[tuple[float, str]]:
    """Return where the numbers of the cramps stand; those too close share one, such as `2-4`."""
    groups: list[list[tuple[int, float]]] = []
    cramps = [scored.episode.start_s for scored in record.episodes if scored.label is Label.CRAMP]
    for number, onset_s in enumerate(cramps, 1):
        if groups and onset_s - groups[-1][-1][1] < APART_SHARE * end_s:
            groups[-1].append((number, onset_s))
        else:
            groups.append([(number, onset_s)])
    return [
        ((group[0][1] + group[-1][1]) / 2, "–".join(str(n) for n in sorted({group[0][0], group[-1][0]})))
        for group in groups
    ]


def _movement(axes: Axes, movement: Movement) -> None:
    """Draw the largest dynamic acceleration of every column."""
    _name(axes, "movement\ng")
    dynamic = columns_of(movement.dynamic_g, movement.row_s, N_COLUMNS)
    known = dynamic.highest[np.isfinite(dynamic.highest)]
    high_g = max(1.0, float(known.max()) * HEADROOM) if len(known) else 1.0
    axes.fill_between(dynamic.time_s, MIN_DYNAMIC_G, dynamic.highest, color=BAND, linewidth=0)
    axes.plot(dynamic.time_s, dynamic.highest, color=LABEL_COLOURS[Label.LEG_MOVEMENT], linewidth=0.5)
    decades(axes, MIN_DYNAMIC_G, high_g)


def _posture(axes: Axes, movement: Movement) -> None:
    """Draw the angle of the shank above the horizontal, from the share of gravity along it."""
    _name(axes, "angle of\nthe shank")
    length_g = np.linalg.norm(movement.gravity_g, axis=1)
    along = movement.gravity_g[:, 0] / np.where(length_g > 0, length_g, np.nan)
    angle = columns_of(np.degrees(np.arcsin(np.clip(along, -1, 1))), movement.row_s, N_COLUMNS)
    bands: tuple[tuple[float, float, str], ...] = (
        (-LYING_DEG, LYING_DEG, "lying"),
        (UPRIGHT_DEG, 90.0, "upright"),
    )
    for low_deg, high_deg, name in bands:
        axes.axhspan(low_deg, high_deg, color="#eef2f5", linewidth=0, zorder=0)
        axes.annotate(
            name,
            (1, (low_deg + high_deg) / 2),
            (4, 0),
            ("axes fraction", "data"),
            "offset points",
            color=MUTED,
            va="center",
        )
    axes.plot(angle.time_s, angle.median, color=LABEL_COLOURS[Label.LEG_MOVEMENT], linewidth=0.9)
    axes.set_ylim(-90, 90)
    axes.set_yticks([-90, 0, 90], ["−90°", "0°", "90°"])


def _lanes(axes: Axes, record: NightRecord) -> None:
    """Draw every episode in the lane of its label; a lane without signal is no empty lane."""
    end_s = max(record.monitored_s, 1.0)
    _losses(axes, record)
    for lane, label in enumerate(Label):
        axes.axhline(lane, color=HAIR, linewidth=0.5, zorder=0)
        bars(axes, _spans(record, label, end_s), lane - 0.36, lane + 0.36, LABEL_COLOURS[label], axes.transData)
    axes.set_ylim(len(Label) - 0.4, -0.6)
    axes.set_yticks(range(len(Label)), [LABEL_WORDS[label] for label in Label])
    axes.tick_params(axis="y", length=0)
    axes.get_yticklabels()[0].set_color(ACCENT)
    axes.spines["left"].set_visible(False)


def _spans(record: NightRecord, label: Label, end_s: float) -> Floats:
    episodes = [scored.episode for scored in record.episodes if scored.label is label]
    return occupied([(episode.start_s, episode.end_s) for episode in episodes], end_s, N_COLUMNS)


def _on_ratio(record: NightRecord) -> float:
    """Onset level over floor, as the episodes were found with."""
    return record.episodes[0].episode.on_ratio if record.episodes else DetectionSettings().on_ratio
