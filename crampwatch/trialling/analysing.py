"""`trial analyse`: the one command that unblinds."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from crampwatch.options import AsJson, Database
from crampwatch.trialling.shared import By, InRole, StudyFile, VersionNumber, actor, database, trial_command
from crampwatch.trialling.unblinding import enter_unblinding, prove_lock


@trial_command
def analyse(  # noqa: PLR0913 - one parameter per option
    study: StudyFile,
    *,
    allocation: Annotated[Path, typer.Option(help="CSV file with the columns participant and arm.")],
    control: Annotated[str, typer.Option(help="The arm to compare with.")],
    out: Annotated[Path, typer.Option(help="File for the result as JSON; must be new.")] = Path("analysis.json"),
    db: Database = None,
    version: VersionNumber = None,
    by: By = None,
    role: InRole = "statistician",
    as_json: AsJson = False,
) -> None:
    """Do the planned analysis of a locked study, once it has been proved to be what was locked.

    Reads who was given what, which goes into the audit trail. Prints the result and writes it as JSON.
    """
    from crampwatch.trialling.tables import analysis_tables, progress  # noqa: PLC0415 - imports stay out of --help
    from nights.night_json import NOTICE  # noqa: PLC0415 - as above
    from trial.analysis.allocation import read_allocation  # noqa: PLC0415 - as above
    from trial.analysis.analysis import analyse as analysis_of  # noqa: PLC0415 - as above
    from trial.analysis.errors import AnalysisError  # noqa: PLC0415 - as above
    from trial.records import newest_version, results, version_of  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    if out.exists():
        raise AnalysisError(f"{out} exists already; a result is never written over, name another file")
    plan = read_study(study)
    arms = read_allocation(allocation, plan, control)
    engine = database(db)
    with engine.connect() as connection:
        scored = version_of(connection, plan.name, version or newest_version(connection, plan.name))
        prove_lock(connection, plan, study, scored.number)
        rows = list(results(connection, plan, scored.number))
    with engine.begin() as connection:
        enter_unblinding(connection, plan, allocation, actor(by, role), "analysis of the locked study")
    engine.dispose()
    with progress() as show:
        found = analysis_of(plan, rows, arms, show)
    made_by = {"study": plan.name, "version": scored.number, "profile": scored.profile}
    made_by |= {"profile_hash": scored.profile_hash, "scored_by": scored.software}
    document = json.dumps({"notice": NOTICE, **made_by, "analysis": asdict(found)}, indent=1, default=_plain)
    out.write_text(document + "\n", encoding="utf-8")
    if as_json:
        typer.echo(document)
    else:
        analysis_tables(found)
        typer.echo(f"\n{NOTICE}\nThe result is in {out}.")


def _plain(value: object) -> object:
    """Return what JSON has for an array."""
    import numpy as np  # noqa: PLC0415 - imports stay out of --help

    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"{value!r} has no place in the result")
