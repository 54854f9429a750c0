"""`trial init`, `check`, `status` and `endpoint`: a study planned, watched, and as tables."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from crampwatch.options import AsJson, Database, opened
from crampwatch.trialling.shared import StudyFile, VersionNumber, trial_command


@trial_command
def init(path: Annotated[Path, typer.Argument(help="File to write; must be new.")] = Path("study.toml")) -> None:
    """Write a commented study to start from; it is complete and passes `check`."""
    from trial.study import StudyError  # noqa: PLC0415 - imports stay out of --help

    if path.exists():
        raise StudyError(str(path), [f"{path} exists already; a study is never written over, name another file"])
    path.write_text(files("trial.study").joinpath("template.toml").read_text("utf-8"), "utf-8")
    typer.echo(f"{path} written; edit it, then: crampwatch trial check {path}")


@trial_command
def check(
    study: StudyFile,
    *,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a study.")] = False,
) -> None:
    """Say everything that is wrong with a study at once; exit code 1 where anything is."""
    from trial.study import read_study, schema_of_study  # noqa: PLC0415 - imports stay out of --help

    if schema:
        typer.echo(json.dumps(schema_of_study(), indent=1))
        return
    found = read_study(study)
    nights = sum(1 for person in found.participants for _ in found.nights_of(person) for _ in person.legs)
    typer.echo(
        f"{found.name}: {len(found.sites)} sites, {len(found.participants)} participants, "
        f"{nights} nights of a leg expected; nothing is wrong"
    )


@trial_command
def status(  # noqa: PLR0913 - one parameter per option
    study: StudyFile,
    *,
    db: Database = None,
    version: VersionNumber = None,
    night: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last night to look at; else the last that is over, zone by zone."),
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Also show the legs that need nobody's call.")] = False,
    out: Annotated[Path | None, typer.Option(help="Also write one row per leg as CSV; must be new.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show how a running study stands: sites, then whom to call first, and why.

    Nights expected, received, valid and why not; who sent nothing; wear and battery of the last week and the one
    before. A night is over at noon where the participant lives.
    """
    from crampwatch.trialling.status_tables import status_tables  # noqa: PLC0415 - imports stay out of --help
    from trial.nightly import leg_nights  # noqa: PLC0415 - as above
    from trial.records import results, version_of, versions_of  # noqa: PLC0415 - as above
    from trial.status import (  # noqa: PLC0415 - as above
        last_nights,
        sites_of,
        status_document,
        status_of,
        told_by_results,
        write_status,
    )
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    last = last_nights(plan, datetime.now(UTC))
    if night:
        last = dict.fromkeys(last, night.date())
    with opened(db) as engine, engine.connect() as connection:
        begun = version is not None or versions_of(connection, plan.name)
        scored = version_of(connection, plan.name, version) if begun else None  # before it, everybody is silent
        told = told_by_results(connection, plan.name, scored.number) if scored else {}
        seen = results(connection, plan, scored.number) if scored else ()
        found = status_of(plan, leg_nights(plan, seen), last, told)
    sites = sites_of(plan, found)
    if out:
        write_status(out, scored, found)
    if as_json:
        typer.echo(json.dumps(status_document(plan.name, scored, sites, found), indent=1, default=str))
    else:
        status_tables(sites, found, everybody=everybody)


@trial_command
def endpoint(
    study: StudyFile,
    *,
    out: Annotated[Path, typer.Option(help="Folder for the tables.")] = Path("endpoint"),
    db: Database = None,
    version: VersionNumber = None,
    adjudicated: Annotated[
        bool, typer.Option("--adjudicated", help="Count what blinded readers called cramps, where they did.")
    ] = False,
) -> None:
    """Write the tables `legs.csv`, `nights.csv`, `weeks.csv`, `periods.csv`: counts, exposure, what is missing.

    An empty cell is missing, a 0 is a count. No arm stands in them.
    """
    from trial.endpoint import leg_rows, night_rows, period_rows, week_rows  # noqa: PLC0415 - imports stay out of --help
    from trial.endpoint.writing import write_table  # noqa: PLC0415 - as above
    from trial.nightly import leg_nights, participant_nights  # noqa: PLC0415 - as above
    from trial.records import results, version_of  # noqa: PLC0415 - as above
    from trial.review import adjudicated as read_blind  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    with opened(db) as engine, engine.connect() as connection:
        scored = version_of(connection, plan.name, version)
        logged = results(connection, plan, scored.number)
        read = read_blind(connection, plan, scored.number, logged) if adjudicated else None
        nights = list(participant_nights(plan, leg_nights(plan, read.results if read else logged)))
    out.mkdir(parents=True, exist_ok=True)
    made_by = {"version": str(scored.number), "profile": scored.profile, "profile_hash": scored.profile_hash}
    made_by |= {"software": scored.software, "labels": "adjudicated" if read else "program"}
    for name, rows in (
        ("legs", leg_rows(nights)),
        ("nights", night_rows(plan, nights)),
        ("weeks", week_rows(plan, nights)),
        ("periods", period_rows(plan, nights)),
    ):
        n = write_table(out / f"{name}.csv", rows, made_by)
        typer.echo(f"{out / f'{name}.csv'}: {n} rows")
    if read is not None:
        typer.echo(
            f"of {read.packets} packets, {read.dropped} cramps were dropped and {read.added} near misses added; "
            f"{read.undecided} undecided and {read.waiting} not done stay as the program has them"
        )
