"""The command line of `crampwatch validate`, ready for typer; the work is imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer


def validate_command(
    profiles: Annotated[list[str], typer.Argument(help="Scoring profiles: shipped names or TOML files.")],
    *,
    out: Annotated[Path, typer.Option(help="Page to write.")] = Path("validation.md"),
    share: Annotated[float, typer.Option(min=0.001, max=1.0, help="Part of the cohorts, for a quick look.")] = 1.0,
    shifted: Annotated[bool, typer.Option(help="Also score the conditions that nothing was tuned on.")] = True,
) -> None:
    """Score the fixed simulated test cohort and write how well each profile counts.

    310 nights and 96 under shifted conditions, about half an hour on two cores. Simulation only: Phase 0 of
    Beniczky and Ryvlin 2018, whatever the figures.

    Example: `crampwatch validate calf-1 --out docs/validation.md`
    """
    from crampwatch.batch import progress_bar  # noqa: PLC0415 - imports stay out of --help
    from crampwatch.validating.conditions import main_cohort, shifted_conditions  # noqa: PLC0415 - as above
    from crampwatch.validating.page import validation_page  # noqa: PLC0415 - as above
    from crampwatch.validating.scored import ScoredNight, scored_nights  # noqa: PLC0415 - as above
    from models import Profile  # noqa: PLC0415 - as above
    from models.evaluation import EvaluationSettings, evaluate  # noqa: PLC0415 - as above
    from nights.outputs import write_whole  # noqa: PLC0415 - as above

    conditions = (main_cohort(share), *(shifted_conditions(share) if shifted else ()))
    loaded = [Profile.load(name) for name in profiles]
    scored: list[ScoredNight] = []
    with progress_bar(wanted=True) as bar:
        task = bar.add_task("nights", total=sum(c.wearers * c.nights for d in conditions for c in d.cohorts))
        for of_night in scored_nights(conditions, loaded):
            scored += of_night
            bar.advance(task)
    makers = list(dict.fromkeys(s.made_by for s in scored))
    evaluations = {
        (condition.name, maker): evaluate(
            [s.night for s in scored if (s.condition, s.made_by) == (condition.name, maker)], EvaluationSettings()
        )
        for condition in conditions
        for maker in makers
    }
    write_whole(out, validation_page(conditions, makers, evaluations))
    typer.echo(f"{len(scored) // len(loaded)} nights scored by {len(loaded)} profiles: {out}")
