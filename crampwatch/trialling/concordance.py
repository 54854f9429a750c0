"""`trial concordance`: diary and sensor side by side, blinded unless arms are asked for."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crampwatch.options import AsJson, Database, opened
from crampwatch.trialling.shared import By, InRole, StudyFile, VersionNumber, actor, trial_command
from crampwatch.trialling.unblinding import enter_unblinding, prove_lock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from trial.concordance import Concordance, Endpoint
    from trial.diary import DiaryNight
    from trial.nightly import ParticipantNight
    from trial.records import Version
    from trial.study import Study


WHY = "to say what a diary alone would have concluded"


@trial_command
def concordance(  # noqa: PLR0913 - one parameter per option
    study: StudyFile,
    *,
    out: Annotated[
        Path | None, typer.Option(help="Folder for document, tables and plots; without, only shown.")
    ] = None,
    tolerance: Annotated[float, typer.Option(help="How far apart in time felt and seen may be, min.")] = 30.0,
    allocation: Annotated[
        Path | None, typer.Option(help="CSV file of the arms: also what a diary alone would have concluded.")
    ] = None,
    control: Annotated[str | None, typer.Option(help="The arm to compare with; with --allocation.")] = None,
    db: Database = None,
    version: VersionNumber = None,
    by: By = None,
    role: InRole = "statistician",
    as_json: AsJson = False,
) -> None:
    """Compare the diary with what the sensors saw, per night, per cramp and per week; every night is accounted for.

    No arm is read, unless `--allocation` is given: then the study must be locked, and the unblinding goes into the
    audit trail.
    """
    from trial.analysis.allocation import read_allocation  # noqa: PLC0415 - imports stay out of --help
    from trial.concordance import both_endpoints, concordance_of  # noqa: PLC0415 - as above
    from trial.concordance.writing import must_be_new  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    if (allocation is None) != (control is None):
        raise typer.BadParameter("--allocation and --control go together")
    if out is not None:
        must_be_new(out)
    plan = read_study(study)
    arms = None
    with opened(db) as engine, engine.begin() as connection:
        scored, nights, diary = _material(connection, plan, version)
        if allocation is not None and control is not None:
            prove_lock(connection, plan, study, scored.number)
            arms = read_allocation(allocation, plan, control)
            enter_unblinding(connection, plan, allocation, actor(by, role), WHY)
    found = concordance_of(plan, nights, diary, tolerance)
    endpoints: Sequence[Endpoint] = both_endpoints(plan, nights, diary, arms) if arms else ()
    _tell(plan, scored, found, endpoints, out, as_json=as_json)


def _material(
    connection: "Connection", plan: "Study", version: int | None
) -> "tuple[Version, list[ParticipantNight], list[DiaryNight]]":
    from trial.diary import diary_of  # noqa: PLC0415 - imports stay out of --help
    from trial.nightly import leg_nights, participant_nights  # noqa: PLC0415 - as above
    from trial.records import results, version_of  # noqa: PLC0415 - as above

    scored = version_of(connection, plan.name, version)
    nights = list(participant_nights(plan, leg_nights(plan, results(connection, plan, scored.number))))
    return scored, nights, diary_of(connection, plan.name)


def _tell(
    plan: "Study",
    scored: "Version",
    found: "Concordance",
    endpoints: "Sequence[Endpoint]",
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    from crampwatch.trialling.concordance_tables import (  # noqa: PLC0415 - imports stay out of --help
        concordance_tables,
        endpoint_table,
    )
    from nights.night_json import NOTICE  # noqa: PLC0415 - as above
    from trial.concordance import LIMITS  # noqa: PLC0415 - as above
    from trial.concordance.writing import document, write_concordance  # noqa: PLC0415 - as above

    made_by = {"study": plan.name, "version": str(scored.number), "profile": scored.profile}
    made_by |= {"profile_hash": scored.profile_hash, "software": scored.software}
    files = write_concordance(out, found, made_by, endpoints) if out is not None else []
    if as_json:
        typer.echo(json.dumps(document(found, made_by, endpoints), indent=1, ensure_ascii=False))
        return
    concordance_tables(found)
    if endpoints:
        endpoint_table(endpoints)
    typer.echo(f"\n{LIMITS}\nVersion {scored.number}, {scored.profile}, scored by {scored.software}. {NOTICE}")
    for file in files:
        typer.echo(f"{file} written")
