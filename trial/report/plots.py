"""The plots of a report: forest, weekly rates, tipping point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, StrMethodFormatter
from matplotlib.transforms import blended_transform_factory

from nights.report.drawing import plain, svg_of
from nights.report.palette import ACCENT, HAIR, INK, MUTED, USABLE
from trial.analysis.missing import Imputed
from trial.analysis.weekly import WeekOfArm
from trial.report.looks import GROUPS, Look
from trial.report.wording import NONE, between, number

WIDTH_IN, ROW_IN = 7.2, 0.235
TICKS = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20])
SHIFT_WEEKS = 0.09  # the arms stand beside each other
GAP_WEEKS = 0.5  # between run-in and treatment


def forest(looks: Sequence[Look], treated: str, control: str) -> str:
    """Draw every look at the primary question as a rate ratio with its interval, on a log axis."""
    groups = [group for group in GROUPS if any(look.group == group for look in looks)]
    n = len(looks) + len(groups)
    return svg_of(
        lambda figure: _forest(figure, looks, groups, (plain(treated), plain(control))), WIDTH_IN, 0.95 + ROW_IN * n
    )


def _forest(figure: Figure, looks: Sequence[Look], groups: Sequence[str], arms: tuple[str, str]) -> None:
    rows: list[Look | str] = []
    for group in groups:
        rows += [group, *(look for look in looks if look.group == group)]
    height = figure.get_figheight()
    axes = figure.add_axes((0.53, 0.6 / height, 0.265, 1 - 0.9 / height))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    limits = [x for look in looks for x in (look.low, look.high, look.ratio) if x and np.isfinite(x)]
    axes.set_xscale("log")
    axes.set_xlim(min([*limits, 0.9]) / 1.15, max([*limits, 1.1]) * 1.15)
    _ratio_ticks(axes)
    axes.axvline(1, color=INK, linewidth=0.8, zorder=1)
    primary = looks[0].ratio
    if primary and np.isfinite(primary):
        axes.axvline(primary, color=ACCENT, linewidth=0.7, linestyle=(0, (3, 3)), zorder=1)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelleft=False)
    for text, at, side in (
        ("participants", 0.425, "right"),
        ("nights", 0.51, "right"),
        ("rate ratio (interval)", 1, "right"),
    ):
        figure.text(at, 1 - 0.2 / height, text, color=MUTED, ha=side, va="center")
    for y, row in enumerate(rows):
        at = _height(axes, figure, y)
        if isinstance(row, str):
            figure.text(0, at, GROUPS[row], color=MUTED, va="center")
        else:
            _forest_row(axes, figure, row, y, at)
    axes.set_xlabel(
        f"rate ratio, {arms[0]} over {arms[1]}\n← fewer with {arms[0]}      more with {arms[0]} →", color=MUTED
    )


def _height(axes: Axes, figure: Figure, y: float) -> float:
    """Return the height of a row as a share of the figure."""
    return float(figure.transFigure.inverted().transform(axes.transData.transform((1, y)))[1])


def _forest_row(axes: Axes, figure: Figure, look: Look, y: int, at: float) -> None:
    main = look.group == "primary"
    colour, weight = (ACCENT, "bold") if main else (INK, "normal")
    figure.text(0.015, at, plain_name(look.name), va="center", weight=weight)
    figure.text(0.425, at, f"{look.participants:,}", ha="right", va="center")
    figure.text(0.51, at, f"{look.nights:,}", ha="right", va="center")
    text = NONE if look.ratio is None else f"{number(look.ratio)} ({between(look.low, look.high)})"
    figure.text(1, at, text, ha="right", va="center", weight=weight)
    left, right = axes.get_xlim()
    low, high = max(look.low or left, left), min(look.high or right, right)
    if look.low is not None and look.high is not None:
        axes.plot([low, high], [y, y], color=colour, linewidth=1.8 if main else 1.1, solid_capstyle="butt")
    if look.ratio is not None:
        shown = min(max(look.ratio, left), right)
        axes.plot([shown], [y], "D" if main else "s", color=colour, markersize=6 if main else 4.2)


def plain_name(name: str) -> str:
    """Return a row's name with its sign of multiplication, and nothing a font cannot draw."""
    return "×".join(plain(part) for part in name.split("×"))


def _ratio_ticks(axes: Axes, of: Literal["x", "y"] = "x") -> None:
    low, high = axes.get_xlim() if of == "x" else axes.get_ylim()
    inside = TICKS[(low <= TICKS) & (high >= TICKS)]
    few = inside if len(inside) <= 5 else inside[np.isin(inside, [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20])]  # noqa: PLR2004 - what fits
    axis = axes.xaxis if of == "x" else axes.yaxis
    axis.set_ticks(few)
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis=of, which="minor", length=0)


def weekly(weeks: Sequence[WeekOfArm], control: str, treated: str) -> str:
    """Draw the rate of each arm by week with its interval, and how many participants were monitored."""
    return svg_of(lambda figure: _weekly(figure, weeks, control, treated), WIDTH_IN, 3.6)


def _weekly(figure: Figure, weeks: Sequence[WeekOfArm], control: str, treated: str) -> None:
    slots = list(dict.fromkeys((week.period, week.week) for week in weeks))
    periods = list(dict.fromkeys(period for period, _ in slots))
    at = {slot: k + GAP_WEEKS * periods.index(slot[0]) for k, slot in enumerate(slots)}
    axes = figure.add_axes((0.115, 0.34, 0.87, 0.57))
    figure.text(0, 0.135, "participants monitored", color=MUTED, va="center")
    for row, style in enumerate((ArmStyle(control, USABLE, "o", "--"), ArmStyle(treated, ACCENT, "s", "-"))):
        of_arm = [week for week in weeks if week.arm == style.arm]
        y = 0.08 - 0.055 * row
        figure.text(0, y, plain(style.arm)[:14], va="center")
        for period in periods:
            _arm_line(
                axes, [week for week in of_arm if week.period == period], at, style, (2 * row - 1) * SHIFT_WEEKS
            )
        for week in of_arm:
            place = (at[week.period, week.week], y)
            axes.text(*place, str(week.participants), ha="center", va="center",
                      transform=blended_transform_factory(axes.transData, figure.transFigure))  # fmt: skip
        axes.plot([], [], style.line, marker=style.marker, color=style.colour, label=plain(style.arm),
                  markerfacecolor=style.fill, markersize=5, linewidth=1)  # fmt: skip
    for period in periods:
        first = min(x for slot, x in at.items() if slot[0] == period)
        axes.annotate(
            plain(period), (first - 0.4, 1), (0, 3), ("data", "axes fraction"), "offset points", color=MUTED
        )
    axes.set_xlim(-0.5, max(at.values()) + 0.5)
    axes.set_xticks(list(at.values()), [str(week) for _, week in at])
    axes.set_ylim(0, None)
    axes.set_xlabel("week of the period", color=MUTED)
    axes.set_ylabel("cramps a week (56 h)", color=MUTED)
    axes.legend(frameon=False, loc="upper right", ncols=2, borderaxespad=0, bbox_to_anchor=(1, 1.12))


@dataclass(frozen=True, slots=True)
class ArmStyle:
    """How an arm is drawn; told apart in grey by line and marker."""

    arm: str
    colour: str
    marker: str
    line: str

    @property
    def fill(self) -> str:
        """Hollow circles and filled squares."""
        return "white" if self.marker == "o" else self.colour


def _arm_line(
    axes: Axes, weeks: Sequence[WeekOfArm], at: Mapping[tuple[str, int], float], style: ArmStyle, shift: float
) -> None:
    seen = [week for week in weeks if week.rate is not None]
    x = [at[week.period, week.week] + shift for week in seen]
    rates = [week.rate or 0.0 for week in seen]
    for place, week in zip(x, seen, strict=True):
        if week.low is not None and week.high is not None:
            axes.plot([place, place], [week.low, week.high], color=style.colour, linewidth=1.4, zorder=2)
    axes.plot(x, rates, style.line, color=style.colour, linewidth=1, zorder=2)
    axes.plot(x, rates, style.marker, color=style.colour, markerfacecolor=style.fill, markersize=5, zorder=3)


def tipping(imputed: Sequence[Imputed], tips_at: float | None) -> str:
    """Draw the imputed ratio by the factor that makes missed nights of the treated arm worse."""
    return svg_of(lambda figure: _tipping(figure, imputed, tips_at), WIDTH_IN, 2.6)


def _tipping(figure: Figure, imputed: Sequence[Imputed], tips_at: float | None) -> None:
    axes = figure.add_axes((0.115, 0.2, 0.87, 0.74))
    x = np.array([one.delta for one in imputed])
    ratios = np.array([[one.ratio.low, one.ratio.value, one.ratio.high] for one in imputed])
    axes.set_yscale("log")
    axes.set_ylim(min(ratios.min(), 0.9) / 1.1, max(ratios.max(), 1.1) * 1.1)
    _ratio_ticks(axes, "y")
    axes.axhline(1, color=INK, linewidth=0.8)
    axes.plot(x, ratios[:, 1], "-", color=HAIR, linewidth=1)
    axes.vlines(x, ratios[:, 0], ratios[:, 2], color=INK, linewidth=1.4)
    for one in imputed:
        tipped = one.delta == tips_at
        axes.plot(
            [one.delta], [one.ratio.value], "D" if tipped else "s", color=ACCENT if tipped else INK, markersize=5
        )
    if tips_at is not None:
        high = next(one.ratio.high for one in imputed if one.delta == tips_at)
        axes.annotate(" tips", (tips_at, high), color=ACCENT, va="center")
    axes.set_xlabel("factor on the rate of missed nights in the treated arm", color=MUTED)
    axes.set_ylabel("rate ratio", color=MUTED)
    axes.xaxis.set_major_locator(MaxNLocator(8))
