"""The commands of blinded review, in the order in which a study needs them."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from crampwatch.options import AsJson, Database, opened
from crampwatch.trialling.shared import By, InRole, StudyFile, VersionNumber, actor, trial_command

review_app = typer.Typer(
    no_args_is_help=True,
    help="Blinded review: draw, packets, read, import, status, agreement. Readers see neither person nor call.",
)

Reader = Annotated[str, typer.Option(help="Who reads, as the study names its readers.")]


@review_app.command()
@trial_command
def draw(
    study: StudyFile,
    *,
    db: Database = None,
    version: VersionNumber = None,
    by: By = None,
    role: InRole = "coordinator",
) -> None:
    """Choose the episodes to be read, by the rule of the study; again, to add those of new nights."""
    from trial.records import version_of  # noqa: PLC0415 - imports stay out of --help
    from trial.review import draw_packets  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    with opened(db) as engine, engine.begin() as connection:
        number = version_of(connection, plan.name, version).number
        found = draw_packets(connection, plan, number, actor(by, role), datetime.now(UTC))
    typer.echo(
        f"version {number} of {plan.name}: {found.counted} counted cramps and {found.near_misses} near misses "
        f"are to be read, {found.new} of them new"
    )
    if not found.near_misses:
        typer.echo(
            "there is no near miss among them: all packets were counted by the program, which readers must not know"
        )


@review_app.command()
@trial_command
def packets(
    study: StudyFile,
    *,
    reader: Reader,
    out: Annotated[Path, typer.Option(help="Folder for the packets; it must be empty or new.")],
    recordings: Annotated[
        Path | None, typer.Option(help="Folder of recordings, for the signals; found by their SHA-256.")
    ] = None,
    db: Database = None,
    version: VersionNumber = None,
) -> None:
    """Write what a reader has to read: a page and a JSON file for each packet, and the form `readings.csv`.

    They say nothing of person, site, date, hour, program or label.
    """
    from crampwatch.batch import progress_bar  # noqa: PLC0415 - imports stay out of --help
    from crampwatch.trialling.reviewing.signals import (  # noqa: PLC0415 - as above
        RecordingsOfNights,
        packets_with_signals,
    )
    from trial.records import version_of  # noqa: PLC0415 - as above
    from trial.review import drawn_packets, open_to  # noqa: PLC0415 - as above
    from trial.review.blinded import episodes_of  # noqa: PLC0415 - as above
    from trial.review.writing import write_packets  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    found = None if recordings is None else RecordingsOfNights(recordings)
    bare: list[str] = []
    with opened(db) as engine, engine.connect() as connection, progress_bar(wanted=True) as bar:
        number = version_of(connection, plan.name, version).number
        wanted = open_to(drawn_packets(connection, plan.name, number), plan.review, reader)
        task = bar.add_task("packets", total=len(wanted))
        rows = episodes_of(connection, wanted)
        seen = packets_with_signals(rows, found, lambda: bar.advance(task))
        blind = (bare.append(packet.code) or packet if packet.signals is None else packet for packet in seen)
        write_packets(out, reader, [packet.code for packet in wanted], blind)
    typer.echo(f"{len(wanted)} packets for {reader} in {out}; open {out / 'index.html'}, fill in readings.csv")
    if recordings is not None and bare:
        typer.echo(f"{len(bare)} packets are without signals: no recording below {recordings} has their hash")


@review_app.command()
@trial_command
def read(  # noqa: PLR0913 - one parameter per option
    study: StudyFile,
    code: Annotated[str, typer.Argument(help="Code of the packet.")],
    label: Annotated[str, typer.Argument(help="What it is: cramp, leg_movement, …, cannot_tell.")],
    *,
    reader: Reader,
    comment: Annotated[str, typer.Option(help="In the reader's words; name nobody.")] = "",
    why: Annotated[
        str | None, typer.Option(help="Why an earlier reading of this packet by the same reader is corrected.")
    ] = None,
    db: Database = None,
) -> None:
    """Enter what a reader calls a packet, or with `--why` correct it; both stay in the audit trail."""
    from trial.review import Given, correct_reading, enter_readings  # noqa: PLC0415 - imports stay out of --help
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    given = Given(code=code, label=label, comment=comment)
    with opened(db) as engine, engine.begin() as connection:
        if why is None:
            enter_readings(connection, plan, reader, [given], datetime.now(UTC))
        else:
            correct_reading(connection, plan, reader, given, why, datetime.now(UTC))
    typer.echo(f"packet {code}: {label}, by {reader}")


@review_app.command("import")
@trial_command
def import_(
    study: StudyFile,
    file: Annotated[Path, typer.Argument(help="A form that was filled in: code,label,comment.")],
    *,
    reader: Reader,
    db: Database = None,
) -> None:
    """Enter a form of readings, all or none; everything that is wrong with it is said at once."""
    from trial.review import enter_readings  # noqa: PLC0415 - imports stay out of --help
    from trial.review.form import read_form  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    given, unsaid = read_form(file)
    with opened(db) as engine, engine.begin() as connection:
        enter_readings(connection, plan, reader, given, datetime.now(UTC))
    typer.echo(f"{len(given)} readings by {reader} entered; {unsaid} packets of the form have no label as yet")


@review_app.command()
@trial_command
def status(study: StudyFile, *, db: Database = None, version: VersionNumber = None) -> None:
    """Show how far reading has come; no label is told."""
    from crampwatch.trialling.reviewing.tables import status_table  # noqa: PLC0415 - imports stay out of --help
    from trial.records import version_of  # noqa: PLC0415 - as above
    from trial.review import drawn_packets  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    with opened(db) as engine, engine.connect() as connection:
        number = version_of(connection, plan.name, version).number
        found = drawn_packets(connection, plan.name, number)
    status_table(found, plan.review)


@review_app.command()
@trial_command
def agreement(
    study: StudyFile,
    *,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="Show it before all packets are read; the output says so.")
    ] = False,
    db: Database = None,
    version: VersionNumber = None,
    role: InRole = "statistician",
    as_json: AsJson = False,
) -> None:
    """Show how far readers agree with each other and with the program; for those who may know its calls."""
    from crampwatch.trialling.reviewing.tables import agreement_tables  # noqa: PLC0415 - imports stay out of --help
    from nights.night_json import NOTICE  # noqa: PLC0415 - as above
    from trial.records import version_of  # noqa: PLC0415 - as above
    from trial.review import drawn_packets  # noqa: PLC0415 - as above
    from trial.review.agreement import agreement_of, refuse_early  # noqa: PLC0415 - as above
    from trial.study import read_study  # noqa: PLC0415 - as above

    plan = read_study(study)
    with opened(db) as engine, engine.connect() as connection:
        scored = version_of(connection, plan.name, version)
        found = drawn_packets(connection, plan.name, scored.number)
        refuse_early(found, actor(None, role), incomplete=incomplete)
        result = agreement_of(connection, plan, found)
    if as_json:
        made_by = {"study": plan.name, "version": scored.number, "profile": scored.profile}
        made_by |= {"profile_hash": scored.profile_hash, "scored_by": scored.software}
        typer.echo(json.dumps({"notice": NOTICE, **made_by, "agreement": asdict(result)}, indent=1))
    else:
        agreement_tables(result)
