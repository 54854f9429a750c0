"""The comparison drawn, as SVG; None where there is nothing to draw. No arm stands in a plot."""

from collections import Counter
from functools import partial

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nights.report.drawing import panel
from nights.report.palette import ACCENT, HAIR, INK, MUTED, USABLE
from trial.concordance.concordance import Concordance

WIDTH_IN, HEIGHT_IN = 4.6, 3.3
SMALLEST_AREA, POINT_AREA, LARGEST_AREA = 7.0, 5.0, 260.0
FEW_TICKS = 6
HEADROOM = 1.15


def bland_altman_plot(found: Concordance) -> str | None:
    """Draw the differences of weekly rates over their means: bias, limits, and the intervals of all three."""
    return panel(partial(_bland_altman, found=found), WIDTH_IN, HEIGHT_IN) if found.weeks else None


def felt_and_seen_plot(found: Concordance) -> str | None:
    """Draw how many cramps were written down of nights with equally many seen ones; the line is full agreement."""
    return panel(partial(_felt_and_seen, found=found), WIDTH_IN, HEIGHT_IN) if found.felt_by_seen else None


def _bland_altman(axes: Axes, found: Concordance) -> None:
    places = Counter(
        (round((week.felt_per_week + week.seen_per_week) / 2, 2), round(week.felt_per_week - week.seen_per_week, 2))
        for week in found.weeks
    )
    area = [min(LARGEST_AREA, SMALLEST_AREA + POINT_AREA * (n - 1)) for n in places.values()]
    means, differences = [mean for mean, _ in places], [difference for _, difference in places]
    axes.scatter(means, differences, s=area, color=USABLE, alpha=0.6, linewidths=0, zorder=2)
    axes.axhline(0, color=HAIR, linewidth=0.8, zorder=1)
    agreed = found.by_week.bland_altman
    lines = (("bias", agreed.bias), ("lower limit", agreed.lower_limit), ("upper limit", agreed.upper_limit))
    for name, line in lines:
        if line.value is None:
            continue
        style = "-" if name == "bias" else (0, (4, 3))
        axes.axhline(line.value, color=ACCENT if name == "bias" else INK, linewidth=1, linestyle=style, zorder=3)
        if line.low is not None and line.high is not None:
            axes.axhspan(line.low, line.high, color=HAIR, alpha=0.5, linewidth=0, zorder=0)
        axes.annotate(
            f"{name} {line.value:.2f}", (1, line.value), (-2, 2), ("axes fraction", "data"), "offset points",
            color=INK, ha="right", va="bottom",
        )  # fmt: skip
    axes.set_xlabel("mean of felt and seen, cramps a week", color=MUTED)
    axes.set_ylabel("felt minus seen, cramps a week", color=MUTED)


def _felt_and_seen(axes: Axes, found: Concordance) -> None:
    groups = found.felt_by_seen
    highest = max(max(group.mean_seen, group.felt.high or group.felt.value or 0.0) for group in groups)
    axes.plot([0, highest], [0, highest], color=HAIR, linewidth=1)
    for group in groups:
        if group.felt.low is not None and group.felt.high is not None:
            axes.plot([group.mean_seen] * 2, [group.felt.low, group.felt.high], color=USABLE, linewidth=1.2)
        top = group.felt.high if group.felt.high is not None else group.felt.value or 0.0
        axes.annotate(
            f"{group.n_nights}",
            (group.mean_seen, top),
            (0, 3),
            textcoords="offset points",
            color=MUTED,
            ha="center",
        )
    axes.plot(
        [group.mean_seen for group in groups],
        [group.felt.value or 0.0 for group in groups],
        "o",
        color=INK,
        markersize=4,
    )
    axes.set_xlim(-0.2, highest * HEADROOM + 0.2)
    axes.set_ylim(-0.1, highest * HEADROOM + 0.2)
    axes.xaxis.set_major_locator(MaxNLocator(FEW_TICKS, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(FEW_TICKS, integer=True))
    axes.set_xlabel("seen by the sensor, cramps a night", color=MUTED)
    axes.set_ylabel("written down, mean a night", color=MUTED)
