"""The plots of an evaluation, each as the `data:` address of an SVG; None where there is nothing to draw."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter, StrMethodFormatter

from crampwatch.evaluating.summary import mimic_name
from models.evaluation import Evaluation
from models.evaluation.agreement import BlandAltman
from models.evaluation.breakdowns import Mimic
from models.evaluation.curves import Calibration, FrocPoint
from models.evaluation.outcome import NightCounts
from nights.report.drawing import picture, plain
from nights.report.palette import ACCENT, HAIR, INK, MUTED, USABLE

WIDTH_IN, HEIGHT_IN = 4.6, 3.1
ROW_IN, ROWS_MAX = 0.26, 14
LINEAR_TO = 0.01  # false cramps a night, below which the axis is linear, so that 0 has a place on it
AIM_SENSITIVITY, AIM_FALSE_PER_NIGHT = 0.95, 0.02  # what the project aims at
AIM_LATENCY_S = 12.0
FALSE_TICKS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
FEW_TICKS = 6
POINT_AREA, SMALLEST_AREA = 14.0, 26.0
LARGEST_AREA = 420.0
HEADROOM = 0.28


def froc_plot(evaluation: Evaluation) -> str | None:
    """Draw sensitivity over false cramps per night, with the operating point, its intervals, and the aim."""
    points = evaluation.froc
    return None if not points else _plot(partial(_froc, points=points, evaluation=evaluation))


def calibration_plot(evaluation: Evaluation) -> str | None:
    """Draw how often episodes were cramps over how probable that was said to be."""
    held = evaluation.calibration
    return None if held is None else _plot(partial(_calibration, held=held))


def bland_altman_plot(evaluation: Evaluation) -> str | None:
    """Draw the differences of the counts of nights over their means, equal nights as one larger point."""
    nights = [night for night in evaluation.nights if night.predicted_cramps is not None]
    if not nights:
        return None
    return _plot(partial(_bland_altman, nights=nights, of=evaluation.all_cramps.agreement.bland_altman))


def onset_plot(evaluation: Evaluation) -> str | None:
    """Draw how far off onsets are."""
    errors_s = evaluation.timing.onset_errors_s
    label = "predicted minus true onset, s"
    return _plot(partial(_histogram, values=errors_s, label=label, mark=0.0, said="exact")) if errors_s else None


def latency_plot(evaluation: Evaluation) -> str | None:
    """Draw how soon flags were raised, with the aim for the median."""
    latencies_s = evaluation.flags.latencies_s if evaluation.flags else ()
    if not latencies_s:
        return None
    said = f"aim for the median: {AIM_LATENCY_S:.0f} s"
    return _plot(
        partial(_histogram, values=latencies_s, label="flag after true onset, s", mark=AIM_LATENCY_S, said=said)
    )


def mimic_plot(evaluation: Evaluation) -> str | None:
    """Draw false cramps by what they overlap."""
    drew = [mimic for mimic in evaluation.by_mimic if mimic.false_cramps][:ROWS_MAX]
    if not drew:
        return None
    return picture(partial(_mimics, mimics=drew), WIDTH_IN, max(1.6, 0.8 + ROW_IN * len(drew)))


def _plot(draw: Callable[[Axes], None]) -> str:
    def fill(figure: Figure) -> None:
        figure.set_layout_engine("constrained")
        draw(figure.add_subplot())

    return picture(fill, WIDTH_IN, HEIGHT_IN)


def _froc(axes: Axes, points: Sequence[FrocPoint], evaluation: Evaluation) -> None:
    false, found = [p.false_per_night for p in points], [p.sensitivity for p in points]
    axes.axhline(AIM_SENSITIVITY, color=HAIR, linewidth=0.8)
    axes.axvline(AIM_FALSE_PER_NIGHT, color=HAIR, linewidth=0.8)
    axes.plot([0, *false], [0, *found], color=INK, linewidth=1.2, drawstyle="steps-post")
    sensitivity, rate = evaluation.all_cramps.sensitivity, evaluation.all_cramps.false_per_night
    highest = max(*false, rate.high or 0.0, 5 * AIM_FALSE_PER_NIGHT)
    if sensitivity.value is not None and sensitivity.low is not None and sensitivity.high is not None:
        _operating_point(axes, evaluation)
    axes.set_xscale("symlog", linthresh=LINEAR_TO)
    axes.set_xlim(-LINEAR_TO / 8, highest * 1.1)
    axes.set_ylim(-0.02, 1.03)
    axes.set_xticks([tick for tick in FALSE_TICKS if tick <= highest * 1.1], minor=False)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.minorticks_off()
    _percent(axes, "y")
    _labels(axes, "false cramps per night", "true cramps found")


def _operating_point(axes: Axes, evaluation: Evaluation) -> None:
    """Mark what was really counted, with both 95 % intervals."""
    sensitivity, rate = evaluation.all_cramps.sensitivity, evaluation.all_cramps.false_per_night
    x, y = rate.value or 0.0, sensitivity.value or 0.0
    axes.plot([rate.low or 0.0, rate.high or 0.0], [y, y], color=ACCENT, linewidth=1)
    axes.plot([x, x], [sensitivity.low or 0.0, sensitivity.high or 0.0], color=ACCENT, linewidth=1)
    axes.plot([x], [y], "o", color=ACCENT, markersize=5, clip_on=False, zorder=5)
    axes.annotate("as counted", (x, y), (9, -9), textcoords="offset points", color=ACCENT, va="top")


def _calibration(axes: Axes, held: Calibration) -> None:
    axes.plot([0, 1], [0, 1], color=HAIR, linewidth=0.8)
    said = [b.mean_probability for b in held.bins]
    for b in held.bins:
        low, high = b.observed.low or 0.0, b.observed.high or 0.0
        axes.plot([b.mean_probability] * 2, [low, high], color=USABLE, linewidth=1)
    axes.plot(said, [b.observed.value or 0.0 for b in held.bins], "o", color=INK, markersize=4)
    for b in held.bins:
        place = (b.mean_probability, b.observed.high or 0.0)
        axes.annotate(f"{b.observed.n}", place, (0, 3), textcoords="offset points", color=MUTED, ha="center")
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.12)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    _percent(axes, "x")
    _percent(axes, "y")
    _labels(axes, "probability of a cramp, as said", "episodes that were one")


def _bland_altman(axes: Axes, nights: Sequence[NightCounts], of: BlandAltman) -> None:
    places = Counter((n.true_cramps, n.predicted_cramps or 0) for n in nights)
    area = [min(LARGEST_AREA, max(SMALLEST_AREA, POINT_AREA * count)) for count in places.values()]
    means, differences = [(t + p) / 2 for t, p in places], [p - t for t, p in places]
    axes.axhline(0, color=HAIR, linewidth=0.8, zorder=0)
    colours = [USABLE if difference == 0 else ACCENT for difference in differences]
    axes.scatter(means, differences, s=area, c=colours, alpha=0.75, linewidths=0, zorder=2)
    if of.bias is not None:
        axes.axhline(of.bias, color=INK, linewidth=1, zorder=1)
    for limit in (of.lower_limit, of.upper_limit):
        if limit is not None:
            axes.axhline(limit, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    reach = 1.25 * max(1.0, *(abs(v) for v in (*differences, of.lower_limit or 0.0, of.upper_limit or 0.0)))
    axes.set_ylim(-reach, reach)
    axes.set_xlim(-0.4, max(means) + 0.6)
    axes.yaxis.set_major_locator(MaxNLocator(FEW_TICKS, integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(FEW_TICKS, integer=True))
    _labels(axes, "mean of true and counted cramps in a night", "counted minus true")


def _histogram(axes: Axes, values: Sequence[float], label: str, mark: float, said: str) -> None:
    edges = np.histogram_bin_edges(values, bins=min(40, max(8, round(2 * len(values) ** 0.5))))
    axes.hist(values, bins=edges.tolist(), color=USABLE, edgecolor="white", linewidth=0.5)
    axes.axvline(mark, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    ahead = mark < (min(values) + max(values)) / 2  # words stay inside the picture
    axes.annotate(
        said,
        (mark, 1),
        (4 if ahead else -4, -1),
        ("data", "axes fraction"),
        "offset points",
        color=MUTED,
        va="top",
        ha="left" if ahead else "right",
    )
    median = float(np.median(values))
    axes.axvline(median, color=ACCENT, linewidth=1.2)
    axes.annotate(
        f"median {median:.1f} s",
        (median, 1),
        (4, -14),
        ("data", "axes fraction"),
        "offset points",
        color=ACCENT,
        va="top",
    )
    axes.margins(y=HEADROOM)  # for the words above the bars
    axes.yaxis.set_major_locator(MaxNLocator(FEW_TICKS, integer=True))
    _labels(axes, label, "cramps")


def _mimics(figure: Figure, mimics: Sequence[Mimic]) -> None:
    figure.set_layout_engine("constrained")
    axes = figure.add_subplot()
    rows = range(len(mimics))
    axes.barh(rows, [mimic.false_cramps for mimic in mimics], height=0.6, color=USABLE)
    axes.set_yticks(rows, [plain(mimic_name(mimic)) for mimic in mimics])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(FEW_TICKS, integer=True))
    axes.set_xlabel("false cramps", color=MUTED)


def _percent(axes: Axes, which: str) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))


def _labels(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x, color=MUTED)
    axes.set_ylabel(y, color=MUTED)
