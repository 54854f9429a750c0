"""The plots of a sample size, as SVG: power by size, and what false alarms do to the ratio and to the power."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter, StrMethodFormatter
from numpy.typing import NDArray

from nights.report.drawing import panel
from nights.report.palette import ACCENT, HAIR, INK, MUTED, USABLE
from trial.power.assumptions import Design
from trial.power.closed_form import VarianceMethod
from trial.power.expected import expected
from trial.power.points import Point
from trial.power.running import ENDPOINTS
from trial.power.study import PowerStudy

WIDTH_IN, HEIGHT_IN = 4.8, 3.3
COLOURS = {"objective": ACCENT, "diary": USABLE}
MARKS = {"objective": "o", "diary": "s"}
BEYOND = 1.35  # of the largest size that was found or given
TICKS = 6
LINEAR_TO = 0.05  # false alarms a night, below which the axis is linear, so that 0 has a place on it
FALSE_TICKS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def plots_of(study: PowerStudy, design: Design, wanted: float) -> dict[str, str]:
    """Return SVG documents by file name; those on false alarms where there is an effect to lose."""
    draw = {"power.svg": partial(_by_size, study=study, design=design, wanted=wanted)}
    if study.by_false_alarms:
        draw["ratio_by_false_alarms.svg"] = partial(_ratio_by_false_alarms, study=study, design=design)
        draw["power_by_false_alarms.svg"] = partial(
            _power_by_false_alarms, study=study, design=design, wanted=wanted
        )
    return {name: panel(fill, WIDTH_IN, HEIGHT_IN) for name, fill in draw.items()}


def _by_size(axes: Axes, study: PowerStudy, design: Design, wanted: float) -> None:
    sizes = [size.n_control for size in study.sizes if size.n_control] or [p.n_control for p in study.points]
    largest = BEYOND * max(sizes)
    effect = design.plan.true_ratio != 1
    axes.axhline(wanted if effect else design.alpha, color=HAIR, linewidth=0.8)
    seen = expected(design)
    n = np.linspace(2.0, largest, 100)
    for endpoint in ENDPOINTS:
        points = [p for p in study.points if p.endpoint == endpoint and p.n_control <= largest]
        _points(axes, [float(p.n_control) for p in points], points, endpoint)
        if effect:
            power = [seen[endpoint].power(x, design.alpha, VarianceMethod.MAXIMUM_LIKELIHOOD) for x in n]
            axes.plot(
                n, power, color=COLOURS[endpoint], label=f"{endpoint}, closed form", linestyle="--", linewidth=1.0
            )
    axes.set_xlim(0, largest)
    axes.xaxis.set_major_locator(MaxNLocator(TICKS, integer=True))
    _power_axis(axes)
    each = "participants per arm" if design.allocation == 1 else "participants of the control arm"
    axes.set_xlabel(each, color=MUTED)
    axes.legend(frameon=False, loc="lower right" if effect else "upper right")


def _ratio_by_false_alarms(axes: Axes, study: PowerStudy, design: Design) -> None:
    axes.axhline(design.plan.true_ratio, color=HAIR, linewidth=0.8)
    axes.annotate(
        "true",
        (0, design.plan.true_ratio),
        (3, -3),
        ("axes fraction", "data"),
        "offset points",
        color=MUTED,
        va="top",
    )
    rates = _rates(study)
    seen = [expected(_with_false(design, float(rate)))["objective"].ratio for rate in rates]
    axes.plot(rates, seen, color=ACCENT, label="objective, worked out", linestyle="--", linewidth=1.0)
    answered = [point for point in study.by_false_alarms if point.ratio_seen is not None]
    axes.plot(
        [point.false_per_night for point in answered],
        [point.ratio_seen or 0.0 for point in answered],
        MARKS["objective"],
        color=ACCENT,
        markersize=4,
        label="objective, simulated",
    )
    axes.axhline(
        expected(design)["diary"].ratio, color=USABLE, label="diary, worked out", linestyle="--", linewidth=1.0
    )
    _false_axis(axes, study)
    axes.set_ylim(0, max(1.0, *seen) * 1.05)
    axes.set_ylabel("rate ratio that is seen", color=MUTED)
    axes.legend(frameon=False, loc="lower right")


def _power_by_false_alarms(axes: Axes, study: PowerStudy, design: Design, wanted: float) -> None:
    axes.axhline(wanted, color=HAIR, linewidth=0.8)
    n = study.by_false_alarms[0].n_control
    _points(axes, [point.false_per_night for point in study.by_false_alarms], study.by_false_alarms, "objective")
    rates = _rates(study)
    closed = [
        expected(_with_false(design, float(rate)))["objective"].power(
            n, design.alpha, VarianceMethod.MAXIMUM_LIKELIHOOD
        )
        for rate in rates
    ]
    axes.plot(rates, closed, color=ACCENT, label="objective, closed form", linestyle="--", linewidth=1.0)
    axes.axvline(design.plan.false_per_night, color=HAIR, linewidth=0.8)
    axes.annotate("assumed", (design.plan.false_per_night, 0.02), (3, 0), textcoords="offset points", color=MUTED)
    _false_axis(axes, study)
    _power_axis(axes)
    axes.set_ylabel(f"power with {n} controls", color=MUTED)
    axes.legend(frameon=False, loc="lower right")


def _points(axes: Axes, x: Sequence[float], points: Sequence[Point], endpoint: str) -> None:
    power = np.array([point.power for point in points])
    below = power - [point.power_low for point in points]
    above = [point.power_high for point in points] - power
    axes.errorbar(
        x,
        power,
        np.array([below, above]),
        fmt=MARKS[endpoint],
        color=COLOURS[endpoint],
        markersize=4,
        elinewidth=0.8,
        label=f"{endpoint}, simulated",
    )


def _rates(study: PowerStudy) -> NDArray[np.float64]:
    return np.linspace(0.0, study.by_false_alarms[-1].false_per_night, 101)


def _with_false(design: Design, per_night: float) -> Design:
    return replace(design, plan=replace(design.plan, false_per_night=per_night))


def _false_axis(axes: Axes, study: PowerStudy) -> None:
    most = study.by_false_alarms[-1].false_per_night
    axes.set_xscale("symlog", linthresh=LINEAR_TO)
    axes.set_xlim(-LINEAR_TO / 8, most * 1.1)
    axes.set_xticks([tick for tick in FALSE_TICKS if tick <= most], minor=False)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.minorticks_off()
    axes.set_xlabel("false alarms per night of eight hours", color=MUTED)


def _power_axis(axes: Axes) -> None:
    axes.set_ylim(-0.02, 1.03)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_ylabel("trials that find a difference", color=MUTED)
    axes.tick_params(labelcolor=INK)
