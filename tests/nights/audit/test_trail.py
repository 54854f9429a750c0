"""The audit trail on SQLite and on a real PostgreSQL server: what was changed behind its back is found."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from nights import NightRecord
from nights.log import LogError, NightLog
from nights.log.audit import Actor, Change, Head, Role, entries, export_trail, head_of, record, verify
from nights.log.audit.chain import MAY_CHANGE
from nights.log.audit.contents import CONTENTS, all_nights
from nights.log.database import open_database
from nights.log.schema import AuditEntry, AuditHead, Base, EpisodeOfNight, GapOfNight, Night
from tests.nights.made_nights import recording

AT = datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
STATISTICIAN = Actor("mk", Role.STATISTICIAN)


@pytest.fixture
def engine(log_url: str, cramp_night: NightRecord) -> Iterator[Engine]:
    """Return the database of a log with three nights."""
    with NightLog(log_url, STATISTICIAN) as log:
        for number in range(3):
            log.add(replace(cramp_night, recording=recording(sha256=f"{number:064}")), AT)
    engine = open_database(log_url)
    yield engine
    engine.dispose()


def findings(engine: Engine, *heads: Head) -> list[str]:
    with engine.connect() as connection:
        return [str(finding) for finding in verify(connection, heads)]


def behind_its_back(engine: Engine, tamper: Callable[[Connection], object]) -> None:
    """Change the trail as somebody would who owns the database: with the triggers taken away."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_no_{verb}"))
        tamper(connection)


def test_every_night_has_an_entry_that_says_who_when_what_and_why(engine: Engine) -> None:
    with engine.connect() as connection:
        found = list(entries(connection))
    assert [entry.number for entry in found] == [1, 2, 3]
    first = found[0]
    assert (first.actor, first.role, first.at, first.kind, first.key) == ("mk", "statistician", AT, "night", "1")
    assert first.before is None
    assert first.after is not None
    assert (first.after["cramp_count"], first.after["recording_sha256"]) == (1, "0" * 64)
    assert findings(engine) == []


def test_adding_the_same_night_again_changes_nothing(
    engine: Engine, log_url: str, cramp_night: NightRecord
) -> None:
    with NightLog(log_url) as log:
        log.add(replace(cramp_night, recording=recording(sha256="0" * 64)), AT)
    with engine.connect() as connection:
        assert head_of(connection).number == 3


@pytest.mark.parametrize("statement", [update(AuditEntry).values(why="x"), delete(AuditEntry)])
def test_the_database_refuses_to_change_the_trail(engine: Engine, statement: object) -> None:
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(statement)  # pyright: ignore[reportCallIssue, reportArgumentType] - one of two kinds
    assert findings(engine) == []


@pytest.mark.parametrize(
    "column", [column.name for column in AuditEntry.__table__.columns if column.name != "number"]
)
def test_an_edited_entry_is_found_whatever_was_edited(engine: Engine, column: str) -> None:
    new = {
        "at": AT.replace(year=2027),
        "before": {"cramp_count": 7},
        "after": {"cramp_count": 7},
        "role": "reviewer",
    }.get(column, "0" * 63 + "1")
    behind_its_back(
        engine, lambda c: c.execute(update(AuditEntry).where(AuditEntry.number == 2).values({column: new}))
    )
    assert any("audit entry 2" in found or "audit entry 3" in found for found in findings(engine))


def test_a_deleted_entry_is_found(engine: Engine) -> None:
    behind_its_back(engine, lambda c: c.execute(delete(AuditEntry).where(AuditEntry.number == 2)))
    assert any("audit entry 3: follows number 1" in found for found in findings(engine))


def test_two_entries_that_changed_places_are_found(engine: Engine) -> None:
    def swap(connection: Connection) -> None:
        for old, new in ((1, -1), (2, 1), (-1, 2)):
            connection.execute(update(AuditEntry).where(AuditEntry.number == old).values(number=new))

    behind_its_back(engine, swap)
    found = findings(engine)
    assert any("audit entry 1" in one for one in found)
    assert any("audit entry 2" in one for one in found)


def test_a_cut_end_is_found(engine: Engine) -> None:
    behind_its_back(engine, lambda c: c.execute(delete(AuditEntry).where(AuditEntry.number == 3)))
    assert any("the head says 3: the end was cut off" in found for found in findings(engine))


def test_an_end_cut_off_together_with_its_head_and_its_night_is_found_by_the_exported_head(engine: Engine) -> None:
    with engine.connect() as connection:
        exported = head_of(connection)

    def cut(connection: Connection) -> None:
        for table in (EpisodeOfNight, GapOfNight):
            connection.execute(delete(table).where(table.night_id == 3))
        connection.execute(delete(Night).where(Night.id == 3))
        connection.execute(delete(AuditEntry).where(AuditEntry.number == 3))
        before = connection.scalar(select(AuditEntry.hash).where(AuditEntry.number == 2))
        connection.execute(update(AuditHead).values(number=2, hash=before))

    behind_its_back(engine, cut)
    assert findings(engine) == []  # nothing inside the database can show it
    assert findings(engine, exported) == ["audit entry 3: was exported once and is not there: the end was cut off"]


def test_a_trail_made_anew_is_found_by_the_exported_head(engine: Engine) -> None:
    assert findings(engine, Head(2, "1" * 64)) == ["audit entry 2: is not the entry whose hash was exported"]


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Night, {"cramp_count": 0}),
        (Night, {"usable_s": 299.9999999}),
        (Night, {"participant": "P02"}),
        (Night, {"lost_s": {"lead_off": 0.1}}),
        (EpisodeOfNight, {"label": "voluntary"}),
        (EpisodeOfNight, {"probability": 0.5}),
    ],
)
def test_an_edited_night_is_found(
    engine: Engine, table: type[Night | EpisodeOfNight], values: dict[str, object]
) -> None:
    key = Night.id if table is Night else EpisodeOfNight.night_id
    with engine.begin() as connection:
        connection.execute(update(table).where(key == 2).values(values))
    assert findings(engine) == ["night 2: is not what the audit trail says it is: it was edited"]


def test_a_deleted_and_a_smuggled_night_are_found(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in (EpisodeOfNight, GapOfNight):
            connection.execute(delete(table).where(table.night_id == 1))
        connection.execute(update(Night).where(Night.id == 1).values(id=9))
    assert sorted(findings(engine)) == [
        "night 1: is in the audit trail, but no longer in its table: it was deleted",
        "night 9: is in its table, but the audit trail knows nothing of it",
    ]


def test_the_export_is_the_whole_trail_and_ends_with_its_head(engine: Engine) -> None:
    with engine.connect() as connection:
        written = io.StringIO()
        head = export_trail(connection, written)
        assert head == head_of(connection)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3]
    assert lines[-1]["hash"] == head.hash


@pytest.mark.parametrize(
    ("role", "may"), [(Role.REVIEWER, True), (Role.STATISTICIAN, False), (Role.SOFTWARE, False)]
)
def test_only_a_reviewer_reads_events(engine: Engine, role: Role, may: bool) -> None:  # noqa: FBT001 - a table
    change = Change(kind="reading", key="1", before=None, after={"label": "cramp"}, why="read")
    with engine.begin() as connection:
        if may:
            assert record(connection, Actor("rr", role), AT, [change]).number == 4
        else:
            with pytest.raises(LogError, match=f"acts as {role} and may not change a reading; reviewer may"):
                record(connection, Actor("rr", role), AT, [change])


def test_somebody_without_a_name_is_refused() -> None:
    with pytest.raises(LogError, match="without a name"):
        Actor(" ", Role.COORDINATOR)


def test_a_change_that_fails_leaves_no_entry(engine: Engine) -> None:
    change = Change(kind="night", key="1", before=None, after=None, why="a try")
    with engine.connect() as connection:
        record(connection, STATISTICIAN, AT, [change])
        connection.rollback()
    with engine.connect() as connection:
        assert head_of(connection).number == 3
    assert findings(engine) == []


def test_digests_that_were_computed_already_are_not_computed_again(engine: Engine) -> None:
    with engine.connect() as connection:
        known = dict(all_nights(connection))
        assert list(verify(connection, nights={"2": known["2"]})) == []
        found = [str(one) for one in verify(connection, nights={"2": "0" * 64})]
        assert found == ["night 2: is not what the audit trail says it is: it was edited"]
    with engine.begin() as connection:
        connection.execute(update(Night).where(Night.id == 3).values(cramp_count=7))
        found = [str(one) for one in verify(connection, nights={"2": known["2"]})]
    assert found == ["night 3: is not what the audit trail says it is: it was edited"]


def test_every_table_is_held_against_the_trail() -> None:
    of_a_night, the_trail_itself = {"episode", "gap"}, {"audit", "audit_head"}
    assert set(CONTENTS) | of_a_night | the_trail_itself == set(Base.metadata.tables)
    assert set(MAY_CHANGE) == {*CONTENTS, "unblinding"}
