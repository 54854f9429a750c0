"""`trial key`, `lock` and `prove`: freezing a study, and the proof that it has stayed as it was."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from crampwatch.options import BAD_INPUT, Database, opened
from crampwatch.trialling.shared import By, InRole, StudyFile, VersionNumber, actor, trial_command

PublicKey = Annotated[str | None, typer.Option(help="Public key that must have signed, as kept elsewhere.")]


@trial_command
def key(path: Annotated[Path, typer.Argument(help="File for the private key; must be new.")]) -> None:
    """Make the key that signs locks. Keep the file; publish the public key that is printed."""
    from trial.locking import new_key  # noqa: PLC0415 - imports stay out of --help

    typer.echo(new_key(path))


@trial_command
def lock(
    study: StudyFile,
    *,
    key: Annotated[Path, typer.Option(help="Private key, from `crampwatch trial key`.")],
    db: Database = None,
    version: VersionNumber = None,
    by: By = None,
    role: InRole = "statistician",
) -> None:
    """Freeze data and analysis plan: sign the hashes of every result, diary entry, reading and the study file."""
    from trial.locking import lock_study, read_private_key  # noqa: PLC0415 - imports stay out of --help
    from trial.records import version_of  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    private = read_private_key(key)
    with opened(db) as engine, engine.begin() as connection:
        number = version_of(connection, plan.name, version).number
        lock_study(connection, plan, study, number, key=private, by=actor(by, role), at=datetime.now(UTC))
    typer.echo(f"version {number} of {plan.name} is locked; prove it with: crampwatch trial prove {study}")


@trial_command
def prove(
    study: StudyFile,
    *,
    public_key: PublicKey = None,
    db: Database = None,
    version: VersionNumber = None,
) -> None:
    """Prove that a locked study is what was locked; exit code 1 and a list where it is not."""
    from trial.locking import prove as proof  # noqa: PLC0415 - imports stay out of --help
    from trial.records import version_of  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    with opened(db) as engine, engine.connect() as connection:
        number = version_of(connection, plan.name, version).number
        findings = [str(finding) for finding in proof(connection, plan.name, study, number, public_key)]
    for finding in findings:
        typer.echo(finding)
    if findings:
        raise typer.Exit(BAD_INPUT)
    typer.echo(f"version {number} of {plan.name} is what was locked")
