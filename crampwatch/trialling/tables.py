"""The tables of a trial on a terminal."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

from trial.analysis.analysis import Analysis
from trial.analysis.models import Ratio


@contextmanager
def progress() -> Generator[Callable[[str], None]]:
    """Show on a terminal what is being done."""
    console = Console(stderr=True)
    with console.status("reading") as status:
        yield status.update


def analysis_tables(found: Analysis) -> None:
    """Print the result: flow, primary, difference, sensitivity, missing nights, detector, secondary."""
    console = Console()
    flow = Table("arm", "allotted", "baseline", "treated nights", "analysed", "nights expected", "seen", "valid")
    for arm in found.flow:
        flow.add_row(
            arm.arm,
            *(str(n) for n in (arm.allotted, arm.with_baseline, arm.with_treatment_nights, arm.analysed)),
            *(str(n) for n in (arm.nights_expected, arm.nights_seen, arm.nights_valid)),
        )
    console.print(flow)
    for event in found.events:
        console.print(f"{event.kind} ({event.strategy}): {event.participants} participants, {event.nights} nights")
    console.print(f"\nrate ratio, {found.treated} over {found.control}: {_ratio(found.primary)}")
    d = found.difference
    if d:
        console.print(
            f"cramps a week (56 h): {d.treated:.2f} against {d.control:.2f}, "
            f"difference {d.value:.2f} ({d.low:.2f} to {d.high:.2f})"
        )
    others = Table("another way to look at it", "participants", "nights", "rate ratio")
    for one in found.sensitivity:
        others.add_row(
            one.name,
            str(one.n_participants),
            str(one.n_nights),
            _ratio(one.ratio) if one.ratio else "not estimated",
        )
    for imputed in found.tipping:
        others.add_row(f"missed nights imputed, treated x {imputed.delta:g}", "", "", _ratio(imputed.ratio))
    console.print(others)
    tips = f"at x {found.tips_at:g}" if found.tips_at else "at no planned factor"
    console.print(f"the result tips {tips}")
    if found.corrected and found.corrected.ratio and found.corrected.ratio_low and found.corrected.ratio_high:
        c = found.corrected
        console.print(f"without the detector's errors: {c.ratio:.3f} ({c.ratio_low:.3f} to {c.ratio_high:.3f})")
    r = found.responders
    console.print(f"responders: {r.treated} of {r.n_treated} against {r.control} of {r.n_control}")
    for one in found.secondary:
        if one.ratio and one.treated and one.control:
            console.print(f"{one.name}: {one.treated:.1f} against {one.control:.1f}, ratio {_ratio(one.ratio)}")


def _ratio(ratio: Ratio) -> str:
    p = f"p = {ratio.p:.3f}" if ratio.p >= 0.001 else "p < 0.001"  # noqa: PLR2004 - the usual smallest p
    return f"{ratio.value:.3f} ({ratio.low:.3f} to {ratio.high:.3f}), {p}"
