"""Whatever is edited in a locked study, in whatever column of whatever table of either database, is found."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Engine, Table, event, select, update
from sqlalchemy.exc import DatabaseError, OperationalError

from nights.log import SensorRegister
from nights.log.audit import Actor, Role, record, verify
from nights.log.database import open_database
from nights.log.schema import AuditEntry, AuditHead, Base
from tests.trial.logs import night, version_with
from tests.trial.review.nights import study_in
from trial.diary import DiaryNight, import_diary
from trial.locking import LockError, lock_study, new_key, prove, read_private_key
from trial.review import Given, draw_packets, drawn_packets, enter_readings
from trial.study import Study

AT = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)
FIRST = date(2026, 3, 2)
TRAIL = (AuditEntry.__table__, AuditHead.__table__)  # edits of these are tried in tests/nights/audit


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    return study_in(tmp_path)[0]


@pytest.fixture
def engine(log_url: str, study_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """Return the database of a locked study in which every table has a row."""
    _, study = study_in(tmp_path)
    with SensorRegister(log_url) as register:
        register.bind("serial:/dev/ttyUSB0", "A-001", "L", AT)
    engine = open_database(log_url)
    with engine.begin() as connection:
        _fill(connection, study)
    key = tmp_path / "key.pem"
    new_key(key)
    by = Actor("mk", Role.STATISTICIAN)
    with engine.begin() as connection:
        lock_study(connection, study, study_file, 1, key=read_private_key(key), by=by, at=AT)
    yield engine
    engine.dispose()


def _fill(connection: Connection, study: Study) -> None:
    nights = [
        night(connection, FIRST, (1.0, 2.5)),
        night(connection, FIRST + timedelta(days=1), lost_h=((2.0, 3.0, "lead_off"),)),
        night(connection, FIRST + timedelta(days=2), lost_h=((0.0, 8.0, "not_worn"),)),
    ]
    version_with(connection, study, nights)
    felt = [DiaryNight("A-001", FIRST, 2, ("23:10", "00:40"), 4.0, "diary.csv", 2)]
    import_diary(connection, study.name, felt, by=Actor("co", Role.COORDINATOR), at=AT, why="imported")
    draw_packets(connection, study, 1, Actor("co", Role.COORDINATOR), AT)
    first = drawn_packets(connection, study.name, 1)[0]
    enter_readings(connection, study, "reader-1", [Given(code=first.code, label="cramp")], AT)


def test_an_edit_of_any_column_of_any_table_is_found(engine: Engine, study_file: Path) -> None:
    with engine.connect() as connection:
        assert list(verify(connection)) == []
        assert list(prove(connection, "K2-EXAMPLE", study_file, 1)) == []
    unseen = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table not in TRAIL
        for column in table.columns
        if not _is_found(engine, table, column, study_file)
    ]
    assert unseen == []


def test_nothing_is_written_while_a_lock_is_being_set(log_url: str, study_file: Path, tmp_path: Path) -> None:
    _, study = study_in(tmp_path)
    engine = open_database(log_url)
    with engine.begin() as connection:
        _fill(connection, study)
    new_key(tmp_path / "key.pem")
    refused: list[bool] = []

    def write_meanwhile(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM diary" in statement and not refused:
            refused.append(_waits(log_url))

    event.listen(engine, "before_cursor_execute", write_meanwhile)
    key = read_private_key(tmp_path / "key.pem")
    with engine.begin() as connection:
        lock_study(connection, study, study_file, 1, key=key, by=Actor("mk", Role.STATISTICIAN), at=AT)
    assert refused == [True]
    engine.dispose()


def _waits(url: str) -> bool:
    """Whether somebody else who wants to change something has to wait."""
    other = open_database(url)
    with other.connect() as connection:
        impatient = {"sqlite": "PRAGMA busy_timeout = 100", "postgresql": "SET lock_timeout = '100ms'"}
        connection.exec_driver_sql(impatient[other.dialect.name])
        try:
            record(connection, Actor("co", Role.COORDINATOR), AT, [])
        except OperationalError:
            waits = True
        else:
            waits = False
    other.dispose()
    return waits


def _is_found(engine: Engine, table: Table, column: Column[Any], study_file: Path) -> bool:
    """Edit one value of one row and ask whether anybody notices; then undo it."""
    with engine.connect() as connection:
        rows = connection.execute(select(table).order_by(*table.primary_key)).mappings().all()
        assert rows, f"{table.name} has no row to edit"
        row = next((row for row in rows if row[column.name] is not None), rows[0])
        keys = [key == row[key.name] for key in table.primary_key]
        try:
            connection.execute(update(table).where(*keys).values({column.name: _another(row[column.name], column)}))
        except DatabaseError:
            return True  # a constraint refuses it
        try:
            return any(verify(connection)) and any(prove(connection, "K2-EXAMPLE", study_file, 1))
        except LockError:
            return column.table.name == "study_lock"  # there is no lock any more


def _another(value: object, column: Column[Any]) -> object:
    """Return a value that differs by as little as its type allows, and something where there was nothing."""
    change: dict[type, Callable[[Any], object]] = {
        bool: lambda old: not old,
        int: lambda old: old + 1,
        float: lambda old: old * (1 + 1e-15) + 1e-9,
        str: lambda old: old + ".",
        dict: lambda old: {**old, "x": 1.0},
        list: lambda old: [*old, 1],
        date: lambda old: old + timedelta(days=1),
        datetime: lambda old: old + timedelta(seconds=1),
    }
    return column.type.python_type(1) if value is None else change[type(value)](value)
