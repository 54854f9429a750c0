"""The commands `trial score`, `trial rescore` and `trial differences`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crampwatch.options import SOME_FAILED, Database, opened
from crampwatch.trialling.shared import By, InRole, StudyFile, VersionNumber, actor, trial_command

if TYPE_CHECKING:
    from crampwatch.trialling.scoring.running import Run

Recordings = Annotated[
    list[str],
    typer.Option(
        "--recordings",
        help="Recording or folder: a path, or a URL such as s3://… or sftp://…; may be repeated.",
    ),
]
Map = Annotated[
    Path | None,
    typer.Option("--map", help="CSV with recording, participant, leg, zone: goes before what the files say."),
]
Scheduler = Annotated[
    str | None, typer.Option(help="Address of a Dask scheduler, such as tcp://10.0.0.5:8786; else this computer.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes on this computer; one for each core where not given.")
]
ScoredOut = Annotated[Path, typer.Option(help="Folder for the account and the log of the run.")]


@trial_command
def score(  # noqa: PLR0913 - one parameter per option
    study: StudyFile,
    *,
    recordings: Recordings,
    out: ScoredOut = Path("scored"),
    db: Database = None,
    version: VersionNumber = None,
    map_file: Map = None,
    scheduler: Scheduler = None,
    workers: Workers = None,
    by: By = None,
    role: InRole = "administrator",
) -> None:
    """Score all recordings of a study by its profile, in parallel, into version 1 or the one that is named.

    What is there is left out, so that the same command goes on after a kill. What fails is listed and stops
    nothing: exit code 3. A locked version is refused.

    Example: `crampwatch trial score study.toml --recordings s3://k2/nights --recordings more/`
    """
    from crampwatch.trialling.scoring.running import Run, recordings_at, score_found  # noqa: PLC0415 - imports stay out of --help
    from crampwatch.trialling.scoring.versions import version_to_score  # noqa: PLC0415 - as above
    from models import Profile  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    profile = Profile.load(plan.profile)
    found = recordings_at(recordings, map_file)
    with opened(db) as engine:
        run = Run(engine, plan, profile, actor(by, role), found, scheduler, workers, out)
        into = run.begin(lambda connection, at: version_to_score(connection, plan, profile, version, run.by, at))
        account = score_found(run, into)
    _tell(account, run)
    _end(account)


@trial_command
def rescore(  # noqa: PLR0913 - one parameter per option
    study: StudyFile,
    *,
    recordings: Recordings,
    profile: Annotated[str, typer.Option(help="Scoring profile: a shipped name or the path of a TOML file.")],
    key: Annotated[Path, typer.Option(help="Private key, from `crampwatch trial key`.")],
    out: Annotated[Path, typer.Option(help="Folder for account, log and differences.")],
    db: Database = None,
    version: VersionNumber = None,
    map_file: Map = None,
    scheduler: Scheduler = None,
    workers: Workers = None,
    by: By = None,
    role: InRole = "statistician",
) -> None:
    """Score a whole study by another profile, or by newer software, into a new version; nothing is overwritten.

    Then writes `differences.csv` and `differences.json`: every count before and after, signed. `--version` names
    the version to compare with, else the one before the new one. The same command goes on after a kill.

    Example: `crampwatch trial rescore study.toml --recordings nights/ --profile calf-1 --key key.pem --out calf-1`
    """
    from crampwatch.trialling.scoring.differences import (  # noqa: PLC0415 - imports stay out of --help
        differences_of,
        write_differences,
    )
    from crampwatch.trialling.scoring.running import Run, recordings_at, score_found  # noqa: PLC0415 - as above
    from crampwatch.trialling.scoring.versions import versions_to_compare  # noqa: PLC0415 - as above
    from models import Profile  # noqa: PLC0415 - as above
    from trial.locking import read_private_key  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    private = read_private_key(key)
    new = Profile.load(profile)
    found = recordings_at(recordings, map_file)
    with opened(db) as engine:
        run = Run(engine, plan, new, actor(by, role), found, scheduler, workers, out)
        before, after = run.begin(
            lambda connection, at: versions_to_compare(connection, plan, new, version, run.by, at)
        )
        account = score_found(run, after)
        with engine.connect() as connection:
            rows = differences_of(connection, plan, before, after)
    _tell(account, run)
    _tell_differences(write_differences(out, rows, plan, before, after, private), out)
    typer.echo(
        f"The study has {after.number} versions now, the last by {after.profile}; say with --version which one a "
        f"command is about. The study names {plan.profile} as the profile of its endpoint."
    )
    _end(account)


@trial_command
def differences(
    folder: Annotated[Path, typer.Argument(help="Folder with differences.csv and differences.json.")],
    *,
    public_key: Annotated[
        str | None, typer.Option(help="Public key that must have signed, as kept elsewhere.")
    ] = None,
) -> None:
    """Prove that the differences of a rescore are those that were signed; exit code 1 where they are not."""
    from crampwatch.trialling.scoring.differences import prove_differences  # noqa: PLC0415 - as above

    _tell_differences(prove_differences(folder, public_key), folder)
    typer.echo("they are what was signed")


def _tell_differences(content: dict[str, Any], folder: Path) -> None:
    changes = ", ".join(f"{what} {n}" for what, n in content["changes"].items())
    typer.echo(
        f"version {content['after']['version']} against {content['before']['version']}, {content['recordings']} "
        f"recordings of a leg: {changes or 'none'}; cramps {content['cramps_before']} before, "
        f"{content['cramps_after']} after ({content['difference']:+d}) where both have a count; in {folder}"
    )


def _tell(account: dict[str, Any], run: "Run") -> None:
    """Print the account: what failed and why, then the counts."""
    for failure in account["failures"]:
        typer.echo(f"{failure['recording']}: {failure['reason']}", err=True)
    nobody = account["participants_without_recording"]
    named = f" ({', '.join(nobody[:10])}{', …' if len(nobody) > 10 else ''})" if nobody else ""  # noqa: PLR2004 - a line
    typer.echo(
        f"version {account['version']} of {account['study']} by {account['profile']}: "
        f"{account['scored']} recordings scored, {account['there_already']} there already, "
        f"{account['failed']} failed; {len(nobody)} participants without any recording{named}; "
        f"account and log in {run.out}"
    )


def _end(account: dict[str, Any]) -> None:
    """End with exit code 3 where recordings failed."""
    if account["failed"]:
        raise typer.Exit(SOME_FAILED)
