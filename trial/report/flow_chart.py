"""The flow of participants and nights as a chart, as CONSORT asks for."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from nights.report.drawing import plain, svg_of
from nights.report.palette import ACCENT, HAIR, INK, MUTED
from trial.analysis.flow import ArmFlow
from trial.report.wording import count

WIDTH_IN, LINE_IN, GAP_IN, PAD_IN = 7.2, 0.165, 0.26, 0.09
BOX_WIDTH_IN = 3.3
CENTRES_IN = (1.8, 5.4)


def steps(arm: ArmFlow) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the boxes of one arm from the top: a heading, and the lines below it."""
    lost = tuple(f"not analysed: {n:,} {reason}" for reason, n in arm.excluded) or ("not analysed: nobody",)
    return (
        (
            f"{plain(arm.arm)}: {count(arm.allotted, 'participant')}",
            tuple(f"site {plain(s)}: {n:,}" for s, n in arm.sites),
        ),
        (
            f"Run-in: {arm.baseline.participants_seen:,} seen, {arm.with_baseline:,} with a valid baseline",
            (f"nights seen: {arm.baseline.nights_seen:,}",),
        ),
        (
            f"Treatment: {arm.with_treatment_nights:,} seen",
            (
                f"nights expected: {arm.nights_expected:,}, seen: {arm.nights_seen:,}",
                f"of these valid: {arm.nights_valid:,}, left out by the estimand: {arm.nights_left_out:,}",
                f"missing: {arm.nights_expected - arm.nights_seen:,}",
            ),
        ),
        (f"Analysed: {arm.analysed:,}", lost),
    )


def flow_chart(flow: Sequence[ArmFlow]) -> str:
    """Draw both arms side by side, from all who were enrolled to those who are analysed."""
    boxes = [steps(arm) for arm in flow]
    heights = [max(_height(arm[k][1]) for arm in boxes) for k in range(len(boxes[0]))]
    top = _height(())
    return svg_of(
        lambda figure: _draw(figure, flow, boxes, heights),
        WIDTH_IN,
        top + sum(heights) + GAP_IN * len(heights) + 0.1,
    )


def _height(lines: Sequence[str]) -> float:
    return LINE_IN * (1 + len(lines)) + 2 * PAD_IN


def _draw(
    figure: Figure,
    flow: Sequence[ArmFlow],
    boxes: Sequence[Sequence[tuple[str, tuple[str, ...]]]],
    heights: Sequence[float],
) -> None:
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH_IN)
    axes.set_ylim(figure.get_figheight(), 0)
    axes.axis("off")
    first = 0.05
    below = first + _height(())
    everybody = f"Enrolled and allotted: {count(sum(arm.allotted for arm in flow), 'participant')}"
    _box(axes, WIDTH_IN / 2, (first, below), everybody, ())
    for centre, arm in zip(CENTRES_IN, boxes, strict=True):
        y, above = below + GAP_IN, below
        axes.plot(
            [WIDTH_IN / 2, WIDTH_IN / 2, centre],
            [above, above + GAP_IN / 2, above + GAP_IN / 2],
            color=MUTED,
            linewidth=0.8,
        )
        above += GAP_IN / 2
        for (heading, lines), height in zip(arm, heights, strict=True):
            axes.annotate(
                "",
                (centre, y),
                (centre, above),
                arrowprops={"arrowstyle": "-|>", "color": MUTED, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0},
            )
            _box(axes, centre, (y, y + height), heading, lines)
            above, y = y + height, y + height + GAP_IN


def _box(axes: Axes, centre: float, span: tuple[float, float], heading: str, lines: Sequence[str]) -> None:
    left, (top, bottom) = centre - BOX_WIDTH_IN / 2, span
    edge = ACCENT if heading.startswith("Analysed") else HAIR
    axes.add_patch(
        FancyBboxPatch(
            (left, top),
            BOX_WIDTH_IN,
            bottom - top,
            "round,pad=0,rounding_size=0.05",
            facecolor="white",
            edgecolor=edge,
            linewidth=1,
        )
    )
    y = top + PAD_IN + LINE_IN / 2
    axes.text(left + 0.12, y, heading, color=INK, weight="bold", va="center")
    for k, line in enumerate(lines, start=1):
        axes.text(left + 0.12, y + k * LINE_IN, line, color=MUTED, va="center")
