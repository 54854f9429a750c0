"""`trial analyse`: the one command that unblinds to compare the arms."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crampwatch.options import AsJson, Database, opened
from crampwatch.trialling.shared import By, InRole, StudyFile, VersionNumber, actor, trial_command
from crampwatch.trialling.unblinding import enter_unblinding, prove_lock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from trial.nightly import Result
    from trial.study import Study


@trial_command
def analyse(  # noqa: PLR0913 - one parameter per option
    study: StudyFile,
    *,
    allocation: Annotated[Path, typer.Option(help="CSV file with the columns participant and arm.")],
    control: Annotated[str, typer.Option(help="The arm to compare with.")],
    out: Annotated[Path, typer.Option(help="Folder for the result; must be new.")] = Path("analysis"),
    db: Database = None,
    version: VersionNumber = None,
    by: By = None,
    role: InRole = "statistician",
    as_json: AsJson = False,
) -> None:
    """Do the planned analysis of a locked study, once it has been proved to be what was locked.

    Reads who was given what, which goes into the audit trail. Prints the result, and writes a folder with the
    report (`report.html`, `report.pdf`), `analysis.json`, tables as CSV and plots as SVG.
    """
    from crampwatch.trialling.tables import progress, report_tables  # noqa: PLC0415 - imports stay out of --help
    from trial.analysis.allocation import read_allocation  # noqa: PLC0415 - as above
    from trial.analysis.analysis import analyse as analysis_of  # noqa: PLC0415 - as above
    from trial.records import results, version_of  # noqa: PLC0415 - as above
    from trial.report.folder import json_of, must_be_new, write_folder  # noqa: PLC0415 - as above
    from trial.report.origin import origin_of  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    must_be_new(out)
    plan = read_study(study)
    arms = read_allocation(allocation, plan, control)
    who = actor(by, role)
    with opened(db) as engine, engine.begin() as connection:
        scored = version_of(connection, plan.name, version)
        prove_lock(connection, plan, study, scored.number)
        rows = list(results(connection, plan, scored.number))
        others = _read_by_people(connection, plan, scored.number, rows)
        enter_unblinding(connection, plan, allocation, who, "analysis of the locked study")
        origin = origin_of(connection, plan, study, allocation, scored, rows, at=datetime.now(UTC))
    with progress() as show:
        found = analysis_of(plan, rows, arms, show, others)
        show("writing the report")
        document = write_folder(out, plan, found, origin)
    if as_json:
        typer.echo(json_of(found, origin), nl=False)
    else:
        report_tables(document)
        typer.echo(f"The report is {out / 'report.html'} and {out / 'report.pdf'}.")


def _read_by_people(
    connection: "Connection", plan: "Study", number: int, rows: "Sequence[Result]"
) -> "dict[str, Sequence[Result]]":
    """Return the results as blinded readers have called them, where any packet has a verdict."""
    from trial.review.adjudicated import adjudicated  # noqa: PLC0415 - imports stay out of --help
    from trial.review.packets import packets_of  # noqa: PLC0415 - as above

    if not packets_of(connection, plan.name, number):
        return {}
    read = adjudicated(connection, plan, number, rows)
    decided = read.confirmed + read.dropped + read.added + read.refused
    return {f"adjudicated, {decided:,} of {read.packets:,} read": read.results} if decided else {}
