"""Several programs at a trial's tables at once, and one that dies in the middle: real processes, both databases."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, event, func, insert, select, text

from nights.log.audit import SOFTWARE, Actor, Change, Role, record, verify
from nights.log.audit.contents import CONTENTS
from nights.log.database import open_database
from nights.log.errors import LogError, reported
from nights.log.schema import AuditEntry, DiaryEntry, Packet, Reading, StudyVersion, VersionNight
from tests.postgresql import new_database
from tests.trial.logs import VERSION, night, version_with
from tests.trial.studies import person, study_of
from trial.diary import DiaryNight, import_diary
from trial.records import begin_version, join_version
from trial.review import Given, enter_readings

AT = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)
FIRST = date(2026, 3, 2)
STUDY = study_of(person())
NURSE, PLANNER = Actor("sn", Role.COORDINATOR), Actor("st", Role.STATISTICIAN)
CODES = tuple(f"QX{number}" for number in range(5))
ROUNDS = 5
PATIENCE_S = 300.0  # of a machine that does much else

Write = Callable[[Connection, int], object]
"""Writes the n-th of something."""


def write_diary(connection: Connection, number: int) -> None:
    night = DiaryNight("A-001", FIRST + timedelta(days=number), number, (), None, "diary.csv", number + 2)
    import_diary(connection, STUDY.name, [night], by=NURSE, at=AT, why="imported")


def write_first_reading(connection: Connection, number: int) -> None:
    enter_readings(connection, STUDY, "reader-1", [Given(code=CODES[number], label="cramp")], AT)


def write_second_reading(connection: Connection, number: int) -> None:
    enter_readings(connection, STUDY, "reader-2", [Given(code=CODES[number], label="gait")], AT)


def write_version(connection: Connection, number: int) -> None:
    begin_version(connection, STUDY.name, replace(VERSION, number=number + 2), SOFTWARE, AT)
    join_version(connection, STUDY.name, number + 2, {"r/1": 1, "r/2": 2}, SOFTWARE, AT)


WRITERS: tuple[Write, ...] = (write_diary, write_first_reading, write_second_reading, write_version)


def prepared(url: str) -> Engine:
    """Return a log with two nights in version 1, and packets to read."""
    engine = open_database(url)
    with engine.begin() as connection:
        version_with(
            connection, STUDY, [night(connection, FIRST, [2.0]), night(connection, FIRST + timedelta(days=1))]
        )
        packets = [{"study": STUDY.name, "code": code, "night_id": 1, "number": n} for n, code in enumerate(CODES)]
        connection.execute(insert(Packet), packets)
        changes = [
            Change(kind="packet", key=key, before=None, after={"digest": digest}, why="drawn")
            for key, digest in CONTENTS["packet"](connection)
        ]
        record(connection, PLANNER, AT, changes)
    return engine


def go(url: str, write: Write, start: Barrier) -> None:
    """Write at the same moments as the others, each round in a transaction of its own."""
    engine = open_database(url)
    start.wait(PATIENCE_S)
    for number in range(ROUNDS):
        with engine.begin() as connection:
            write(connection, number)
    engine.dispose()


def held(engine: Engine) -> dict[str, int]:
    tables = (DiaryEntry, Reading, StudyVersion, VersionNight, AuditEntry)
    with engine.connect() as connection:
        return {of.__tablename__: connection.scalar(select(func.count()).select_from(of)) or 0 for of in tables}


def findings(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [str(finding) for finding in verify(connection)]


@pytest.fixture
def engine(log_url: str) -> Iterator[Engine]:
    engine = prepared(log_url)
    yield engine
    engine.dispose()


def test_a_diary_readers_and_a_scoring_are_written_at_once(engine: Engine, log_url: str) -> None:
    before = held(engine)
    context = get_context("spawn")
    start = context.Barrier(len(WRITERS))
    programs = [context.Process(target=go, args=(log_url, write, start)) for write in WRITERS]
    for program in programs:
        program.start()
    for program in programs:
        program.join(PATIENCE_S)
    assert [program.exitcode for program in programs] == [0] * len(WRITERS)
    after = held(engine)
    assert {table: after[table] - before[table] for table in after} == {
        "diary": ROUNDS,
        "reading": 2 * ROUNDS,
        "version": ROUNDS,
        "version_night": 2 * ROUNDS,
        "audit": (1 + 2 + 1 + 2) * ROUNDS,
    }
    assert findings(engine) == []


@pytest.mark.parametrize("write", WRITERS)
def test_a_connection_killed_between_a_row_and_its_audit_entry_leaves_neither(
    postgresql: str, write: Write
) -> None:
    engine = prepared(new_database(postgresql, f"log_{uuid4().hex}"))
    before, killed = held(engine), list[int]()

    def kill(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO audit ") and not killed:
            pid = connection.connection.driver_connection.info.backend_pid  # pyright: ignore[reportOptionalMemberAccess] - connected
            killed.append(pid)
            with engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    event.listen(engine, "before_cursor_execute", kill)
    try:
        with pytest.raises(LogError, match="check that the database runs"), reported(engine.url):  # noqa: SIM117
            with engine.begin() as connection:
                write(connection, 0)
    finally:
        event.remove(engine, "before_cursor_execute", kill)
    assert killed
    assert held(engine) == before
    assert findings(engine) == []
    with engine.begin() as connection:
        write(connection, 0)
    assert findings(engine) == []
    assert held(engine) != before
    engine.dispose()


def die(url: str) -> None:
    """Write everything in one transaction, and be killed before the last audit entries."""
    engine = open_database(url)

    def kill(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO version_night"):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", kill)
    with engine.begin() as connection:
        for write in WRITERS:
            write(connection, 0)


def test_a_program_killed_in_the_middle_leaves_nothing_of_its_transaction(engine: Engine, log_url: str) -> None:
    before = held(engine)
    program = get_context("spawn").Process(target=die, args=(log_url,))
    program.start()
    program.join(PATIENCE_S)
    assert program.exitcode == -signal.SIGKILL
    assert held(engine) == before
    assert findings(engine) == []
    with engine.begin() as connection:
        for write in WRITERS:
            write(connection, 0)
    assert findings(engine) == []
