"""`trial diary import`: what participants wrote down, into the log."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crampwatch.options import Database, opened
from crampwatch.trialling.shared import By, StudyFile, actor, trial_command

if TYPE_CHECKING:
    from trial.diary.lines import LeftOut

LINES_SHOWN = 12

diary_app = typer.Typer(no_args_is_help=True, help="What participants wrote down of their nights: import.")


@diary_app.command("import")
@trial_command
def import_(  # noqa: PLR0913 - one parameter per option
    study: StudyFile,
    file: Annotated[
        Path, typer.Argument(help="CSV file: participant,night,cramps[,times][,severity], or REDCap's.")
    ],
    *,
    form: Annotated[
        str | None, typer.Option("--format", help="plain or redcap; otherwise the header shows it.")
    ] = None,
    fields: Annotated[Path | None, typer.Option(help="TOML file: which fields of REDCap hold the diary.")] = None,
    amend: Annotated[
        bool, typer.Option("--amend", help="Change nights that are in the log with another content.")
    ] = False,
    why: Annotated[
        str | None, typer.Option(help="Reason of the change, for the audit trail; with --amend.")
    ] = None,
    db: Database = None,
    by: By = None,
    role: Annotated[
        str, typer.Option("--role", help="In what role: participant, coordinator, administrator.")
    ] = "coordinator",
) -> None:
    """Import a diary, all of it or, where anything is wrong, nothing; every problem is said with its line.

    The same file again changes nothing. A night without a line is missing; 0 is a night with no cramp felt.
    """
    from crampwatch.scoring import sha256_of  # noqa: PLC0415 - imports stay out of --help
    from trial.diary import import_diary, read_diary, read_fields  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    _must_fit(form, fields, amend=amend, why=why)
    plan = read_study(study)
    found = read_diary(file, plan, form, read_fields(fields) if fields else None)
    reason = why or f"imported from {file.name}, sha256 {sha256_of(file)}"
    who = actor(by, role)
    with opened(db) as engine, engine.begin() as connection:
        done = import_diary(
            connection, plan.name, found.entries, by=who, at=datetime.now(UTC), why=reason, amend=amend
        )
    typer.echo(
        f"{file} ({found.form}): {len(found.entries)} nights of {len({e.participant for e in found.entries})} "
        f"participants: {done.new} new, {done.changed} changed, {done.same} in the log already"
    )
    _say_left_out(found.left_out)


def _must_fit(form: str | None, fields: Path | None, *, amend: bool, why: str | None) -> None:
    from trial.diary.reading import FORMS, PLAIN  # noqa: PLC0415 - imports stay out of --help

    if form is not None and form not in FORMS:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FORMS)}", param_hint="--format")
    if form == PLAIN and fields is not None:
        raise typer.BadParameter("a plain diary has no fields to map", param_hint="--fields")
    if amend != bool(why and why.strip()):
        raise typer.BadParameter("--amend needs --why, a reason in words, and --why is for --amend alone")


def _say_left_out(left_out: "Sequence[LeftOut]") -> None:
    """Say which lines were no entries, and why: nothing is dropped in silence."""
    for why, n in sorted(Counter(line.why for line in left_out).items()):
        lines = [str(line.number) for line in left_out if line.why == why]
        more = f" and {n - LINES_SHOWN} more" if n > LINES_SHOWN else ""
        typer.echo(f"left out, {why}: {n} lines ({', '.join(lines[:LINES_SHOWN])}{more})")
