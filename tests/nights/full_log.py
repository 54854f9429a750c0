"""A log with something in every table, all of it in the audit trail, and its rows as text to compare."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, insert, inspect, text

from nights import Battery, NightRecord
from nights.log import NightLog, SensorRegister
from nights.log.audit import Actor, Change, Role, record
from nights.log.audit.chain import MAY_CHANGE
from nights.log.audit.contents import CONTENTS
from nights.log.database import open_database
from nights.log.schema import Base, DiaryEntry, Packet, Reading, StudyLock, StudyVersion, VersionNight
from tests.nights.made_nights import recording

AT = datetime(2026, 3, 29, 7, 0, 0, 123456, tzinfo=UTC)
ROWS: list[tuple[type[Base], dict[str, Any]]] = [
    (
        StudyVersion,
        {"study": "K2", "number": 1, "profile": "p", "profile_hash": "h", "software": "s", "made_at": AT},
    ),
    (VersionNight, {"study": "K2", "number": 1, "recording": "r/1", "night_id": 1}),
    (VersionNight, {"study": "K2", "number": 1, "recording": "r/2", "night_id": 2}),
    (
        DiaryEntry,
        {
            "study": "K2", "participant": "P01", "night": date(2026, 3, 28), "cramps": 2,
            "times_local": ["02:30", "03:30"], "severity": 6.5, "source": "diary.csv", "line": 2,
        },
    ),
    (
        DiaryEntry,
        {
            "study": "K2", "participant": "P01", "night": date(2026, 3, 29), "cramps": 0, "times_local": [],
            "severity": None, "source": "diary.csv", "line": 3,
        },
    ),
    (Packet, {"study": "K2", "code": "QX7", "night_id": 1, "number": 1}),
    (Reading, {"packet_id": 1, "reader": "r1", "label": "cramp", "comment": "", "read_at": AT}),
    (
        StudyLock,
        {
            "study": "K2", "number": 1, "manifest": "{}", "signature": "s", "public_key": "k", "locked_at": AT,
        },
    ),
]  # fmt: skip
TRIAL = ("diary", "packet", "reading", "study_lock", "version", "version_night")


def fill(url: str, night: NightRecord) -> Engine:
    """Put two nights, one with a battery, two bindings, and ROWS into a log; return its engine."""
    battery = Battery(start_share=0.9, end_share=0.7, start_v=None, end_v=3.9)
    with NightLog(url) as log:
        log.add(replace(night, recording=recording(sha256="0" * 64)), AT)
        log.add(replace(night, recording=replace(recording(sha256="1" * 64), battery=battery)), AT)
    with SensorRegister(url) as register:
        register.bind("ble:C4:1F:5E:0B:00:01", "P01", "L", AT)
        register.recognise("ble:C4:1F:5E:0B:00:01", "CW-0001", AT)
        register.bind("serial:/dev/ttyUSB0", "P01", "R", AT)
    engine = open_database(url)
    with engine.begin() as connection:
        for table, values in ROWS:
            connection.execute(insert(table).values(values))
        for kind in TRIAL:
            by = Actor("mk", Role.REVIEWER if kind == "reading" else Role.ADMINISTRATOR)
            assert by.role in MAY_CHANGE[kind]
            changes = [
                Change(kind=kind, key=key, before=None, after={"digest": digest}, why="for a test")
                for key, digest in CONTENTS[kind](connection)
            ]
            record(connection, by, AT, changes)
    return engine


def rows(engine: Engine) -> dict[str, list[dict[str, str]]]:
    """Return all that every table holds, as text, without the migrations' own."""
    found: dict[str, list[dict[str, str]]] = {}
    tables = [name for name in inspect(engine).get_table_names() if name in Base.metadata.tables]
    with engine.connect() as connection:
        for name in tables:
            key = ", ".join(inspect(engine).get_pk_constraint(name)["constrained_columns"])
            wanted = text(f"SELECT * FROM {name} ORDER BY {key}")  # noqa: S608 - our own names
            held = connection.execute(wanted).mappings()
            found[name] = [{column: str(value) for column, value in row.items()} for row in held]
    return found
