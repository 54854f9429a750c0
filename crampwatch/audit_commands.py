"""`crampwatch verify` and `crampwatch audit`: whether the log is what it was, and the trail for somebody else."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crampwatch.options import BAD_INPUT, Database, opened, reported

if TYPE_CHECKING:
    from nights.log.audit import Head

audit_app = typer.Typer(no_args_is_help=True, help="The audit trail: who changed what, when and why.")

Heads = Annotated[
    list[str] | None,
    typer.Option("--head", help="NUMBER:HASH of an entry, as `audit head` printed it once and as kept elsewhere."),
]


@reported
def verify_command(db: Database = None, head: Heads = None) -> None:
    """Find what was changed in the nightly log behind the back of its audit trail.

    Checks the chain of entries (edited, deleted, reordered, cut off) and holds every row against it. An end cut
    off together with the database's own record of it shows only against a head that was kept elsewhere. Ends with
    exit code 1 where anything is found.

    Examples: `crampwatch verify` · `crampwatch verify --head 412:9f2c…`
    """
    from nights.log.audit import head_of, verify  # noqa: PLC0415 - imports stay out of --help

    with opened(db) as engine, engine.connect() as connection:
        findings = [str(finding) for finding in verify(connection, [_head(text) for text in head or ()])]
        end = head_of(connection)
    for finding in findings:
        typer.echo(finding)
    if findings:
        raise typer.Exit(BAD_INPUT)
    typer.echo(f"{end.number} audit entries and all that they speak of are as they were written")


@audit_app.command("head")
@reported
def head_command(db: Database = None) -> None:
    """Print the end of the audit trail as NUMBER:HASH; keep it elsewhere, for `verify --head`."""
    from nights.log.audit import head_of  # noqa: PLC0415 - imports stay out of --help

    with opened(db) as engine, engine.connect() as connection:
        end = head_of(connection)
    typer.echo(f"{end.number}:{end.hash}")


@audit_app.command("export")
@reported
def export_command(
    out: Annotated[Path, typer.Option(help="File to write; must be new.")],
    *,
    study: Annotated[
        str | None, typer.Option(help="Only what concerns this study, as a CSV table to read, not to verify.")
    ] = None,
    db: Database = None,
) -> None:
    """Write the whole audit trail, of all participants, as JSON lines, one entry a line.

    With `--study NAME` (its name, not its file) only what concerns one study, as CSV for people; only the whole
    trail can be verified.

    Examples: `crampwatch audit export --out trail.jsonl` · `crampwatch audit export --study K2 --out k2.csv`
    """
    from crampwatch.scoring import InputError  # noqa: PLC0415 - imports stay out of --help
    from nights.log.audit import entries_of_study, export_trail, head_of, write_entries  # noqa: PLC0415 - as above

    if out.exists():
        raise InputError(f"{out} exists already; an export is never written over, name another file")
    with opened(db) as engine, engine.connect() as connection, out.open("w", encoding="utf-8", newline="") as file:
        end = head_of(connection)
        count = (
            write_entries(entries_of_study(connection, study), file)
            if study
            else export_trail(connection, file).number
        )
    if not count and study:
        out.unlink()
        raise InputError(
            f"nothing in the audit trail concerns a study {study}; give the name that stands in its file"
        )
    typer.echo(f"{count} entries written to {out}; head {end.number}:{end.hash}")


def _head(text: str) -> "Head":
    from crampwatch.scoring import InputError  # noqa: PLC0415 - imports stay out of --help
    from nights.log.audit import Head  # noqa: PLC0415 - as above

    number, _, link = text.partition(":")
    if not (number.isdigit() and len(link) == 64):  # noqa: PLR2004 - hex digits of SHA-256
        raise InputError(f"{text!r} is no head; give NUMBER:HASH as `crampwatch audit head` prints it")
    return Head(int(number), link)
