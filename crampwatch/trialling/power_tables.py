"""A sample size on a terminal."""

from rich.console import Console
from rich.table import Table

from trial.power import Design, Point, PowerStudy, assumptions_of
from trial.power.writing import NOT_KNOWN, Asked


def power_tables(study: PowerStudy, design: Design, asked: Asked) -> None:
    """Print sizes beside the closed form, what each size sees, no effect, false alarms, and all assumptions."""
    console = Console()
    console.print(f"true rate ratio {asked.ratio:g}, alpha {design.alpha:g}, {asked.trials} trials for a size\n")
    if study.sizes:
        console.print(_sizes(study, asked))
    console.print("\nAt each size (95 % intervals of the simulation):")
    console.print(_points(study.points))
    if study.no_effect:
        console.print("\nWithout an effect, for the type-I error:")
        console.print(_points(study.no_effect))
    if study.by_false_alarms:
        console.print(f"\nWhat false alarms cost, {study.by_false_alarms[0].n_control} controls:")
        console.print(_by_false_alarms(study.by_false_alarms))
    for warning in study.warnings:
        console.print(f"\nWARNING: {warning}", style="bold")
    listed = ", ".join(f"{key} {value}" for key, value in assumptions_of(design).items())
    console.print(f"\nAssumed: {listed}.", highlight=False)
    for sentence in NOT_KNOWN:
        console.print(sentence, highlight=False)


def _sizes(study: PowerStudy, asked: Asked) -> Table:
    table = Table(
        f"power {asked.power:g}",
        "control",
        "treated",
        "95 % of the simulation",
        "closed form 1",
        "2",
        "3",
        "ratio seen",
    )
    closed = {one.endpoint: one for one in study.closed_forms}
    for size in study.sizes:
        seen = closed[size.endpoint]
        table.add_row(
            size.endpoint,
            str(size.n_control or size.why_not),
            str(size.n_treated or ""),
            f"{size.n_control_low} to {size.n_control_high}" if size.n_control else "",
            *(f"{controls:.1f}" for _, controls in seen.controls),
            f"{seen.seen.ratio:.3f}",
        )
    return table


def _points(points: tuple[Point, ...]) -> Table:
    table = Table(
        "control", "treated", "endpoint", "trials", "significant", "closed form", "ratio seen", "covers truth"
    )
    for point in points:
        table.add_row(
            str(point.n_control),
            str(point.n_treated),
            point.endpoint,
            f"{point.trials}{f' ({point.no_answer} without an answer)' if point.no_answer else ''}",
            _share(point.power, point.power_low, point.power_high),
            "" if point.closed_form is None else f"{point.closed_form:.1%}",
            "" if point.ratio_seen is None else f"{point.ratio_seen:.3f}",
            _share(point.coverage, point.coverage_low, point.coverage_high),
        )
    return table


def _by_false_alarms(points: tuple[Point, ...]) -> Table:
    table = Table("false alarms a night", "significant", "closed form", "ratio seen", "covers truth")
    for point in points:
        table.add_row(
            f"{point.false_per_night:g}",
            _share(point.power, point.power_low, point.power_high),
            "" if point.closed_form is None else f"{point.closed_form:.1%}",
            "" if point.ratio_seen is None else f"{point.ratio_seen:.3f}",
            _share(point.coverage, point.coverage_low, point.coverage_high),
        )
    return table


def _share(value: float | None, low: float | None, high: float | None) -> str:
    return "" if value is None or low is None or high is None else f"{value:.1%} ({low:.1%} to {high:.1%})"
