"""`trial export`: a study for other programs. An export reads and changes nothing, unless it unblinds."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crampwatch.options import Database, opened
from crampwatch.trialling.shared import By, InRole, StudyFile, VersionNumber, actor, trial_command
from crampwatch.trialling.unblinding import enter_unblinding, prove_lock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from nights.log.audit import Actor
    from trial.exports.data import StudyData
    from trial.study import Study


@trial_command
def export(  # noqa: PLR0913 - one parameter per option
    study: StudyFile,
    *,
    out: Annotated[Path, typer.Option(help="Folder for the export; must be new.")],
    formats: Annotated[
        list[str] | None,
        typer.Option("--as", help="dataset-json, xpt, define, redcap, parquet, bids, fhir; otherwise all of them."),
    ] = None,
    allocation: Annotated[
        Path | None, typer.Option(help="CSV file with the columns participant and arm: unblinds a locked study.")
    ] = None,
    control: Annotated[str | None, typer.Option(help="The arm to compare with; needed with --allocation.")] = None,
    db: Database = None,
    version: VersionNumber = None,
    by: By = None,
    role: InRole = "statistician",
) -> None:
    """Write a study in the forms that other programs read, each in a folder of its own, with a manifest.

    No arm stands in it unless --allocation unblinds a locked study, which goes into the audit trail.
    """
    from crampwatch.trialling.tables import progress  # noqa: PLC0415 - imports stay out of --help
    from nights.night_json import NOTICE  # noqa: PLC0415 - as above
    from trial.exports.folder import FORMATS, must_be_possible, write_folder  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    if (allocation is None) != (control is None):
        raise typer.BadParameter("--allocation and --control go together", param_hint="--allocation")
    names = formats or list(FORMATS)
    must_be_possible(names, out)
    plan, who = read_study(study), actor(by, role)
    arms = None if allocation is None or control is None else (allocation, control)
    with progress() as show:
        with opened(db) as engine, engine.begin() as connection:
            data, about = _read(connection, plan, study, version, arms, who)
        n = write_folder(data, names, out, about, show)
    blinded = "blinded" if data.arm_of is None else "with the arms"
    scored = data.version
    typer.echo(
        f"{n} files, {blinded}, of version {scored.number} of {plan.name}, scored by {scored.software}, in {out}"
    )
    typer.echo(NOTICE)


def _read(
    connection: "Connection",
    plan: "Study",
    file: Path,
    version: int | None,
    arms: tuple[Path, str] | None,
    who: "Actor",
) -> tuple["StudyData", "Mapping[str, object]"]:
    """Return a version of a study, and what the manifest says beside it; the caller commits.

    A locked version is proved first, and so is one that is to be unblinded. `arms` are the allocation file and the
    name of its control arm.
    """
    from crampwatch.scoring import sha256_of  # noqa: PLC0415 - imports stay out of --help
    from trial.analysis.allocation import read_allocation  # noqa: PLC0415 - as above
    from trial.diary import diary_of  # noqa: PLC0415 - as above
    from trial.exports.data import StudyData  # noqa: PLC0415 - as above
    from trial.nightly import leg_nights, participant_nights  # noqa: PLC0415 - as above
    from trial.records import locked_versions, results, version_of  # noqa: PLC0415 - as above

    scored = version_of(connection, plan.name, version)
    locked = scored.number in locked_versions(connection, plan.name)
    if locked or arms:
        prove_lock(connection, plan, file, scored.number)
    about: dict[str, object] = {"by": who.name, "role": who.role.value}
    arm_of = None
    if arms:
        arm_of = read_allocation(arms[0], plan, arms[1]).arm_of
        enter_unblinding(connection, plan, arms[0], who, "export of the locked study")
        about["allocation"] = {"file": arms[0].name, "sha256": sha256_of(arms[0])}
    rows = tuple(results(connection, plan, scored.number))
    data = StudyData(
        study=plan,
        version=scored,
        results=rows,
        nights=tuple(participant_nights(plan, leg_nights(plan, rows))),
        diary=tuple(diary_of(connection, plan.name)),
        arm_of=arm_of,
        at=datetime.now(UTC),
        locked=locked,
    )
    return data, about
