"""The migrations of the log: there and back on tables that hold nights, and the same tables as the models say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from nights import NightRecord
from nights.log import LogError, NightLog
from nights.log.audit import entries, verify
from nights.log.database import open_database
from nights.log.schema import ADDED_TO_NIGHT, REVISION, VERSION_TABLE, Base
from tests.nights.full_log import TRIAL, fill, rows
from tests.nights.made_nights import recording

SCORED_AT = datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


@pytest.fixture
def config() -> Config:
    config = Config()
    config.set_main_option("script_location", "nights.log:migrations")
    return config


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def constraints(engine: Engine) -> dict[str, Any]:
    """All that compare_metadata does not look at."""
    found = inspect(engine)
    return {
        name: (
            sorted(found.get_check_constraints(name), key=str),
            sorted(found.get_unique_constraints(name), key=str),
            found.get_foreign_keys(name),
            found.get_pk_constraint(name),
        )
        for name in Base.metadata.tables
    }


def test_tables_with_nights_go_down_and_up_again(log_url: str, config: Config, cramp_night: NightRecord) -> None:
    with NightLog(log_url) as log:
        log.add(cramp_night, SCORED_AT)
    engine = open_database(log_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert tables(engine) == {VERSION_TABLE}
    engine.dispose()
    with NightLog(log_url) as log:
        assert log.nights() == []
        assert log.add(cramp_night, SCORED_AT).new


def test_nights_from_before_the_audit_trail_are_entered_when_it_is_made(
    log_url: str, config: Config, cramp_night: NightRecord
) -> None:
    with NightLog(log_url) as log:
        log.add(cramp_night, SCORED_AT)
    engine = open_database(log_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    with NightLog(log_url) as log:
        assert len(log.nights()) == 1
    with engine.connect() as connection:
        (entry,) = entries(connection)
        assert entry.why == "was in the log before there was an audit trail"
        assert list(verify(connection)) == []
    engine.dispose()


GONE = "is in the audit trail, but no longer in its table: it was deleted"
WITHOUT_A_TABLE = (
    *("diary 1", "diary 2", "packet 1", "reading 1", "study_lock K2/1", "version K2/1"),
    *("version_night K2/1/r/1", "version_night K2/1/r/2"),
)
LOST = {  # what verify says of a log that went down to a revision and up again
    "0004": [],
    "0003": [f"{key}: {GONE}" for key in WITHOUT_A_TABLE],
    "0002": [],  # the trail is made anew
    "0001": [],
    "base": [],
}
TABLES = {
    "0004": {"night", "episode", "gap", "sensor", "audit", "audit_head", *TRIAL},
    "0003": {"night", "episode", "gap", "sensor", "audit", "audit_head"},
    "0002": {"night", "episode", "gap", "sensor"},
    "0001": {"night", "episode", "gap"},
    "base": set[str](),
}


def move(engine: Engine, config: Config, how: Callable[[Config, str], None], to: str) -> None:
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        how(config, to)


def test_every_revision_is_tried(config: Config) -> None:
    known = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert [*known[1:], "base"] == list(TABLES) == list(LOST)


@pytest.mark.parametrize("revision", list(TABLES))
def test_a_log_with_rows_in_every_table_goes_down_to_a_revision_and_up_again(
    log_url: str, config: Config, cramp_night: NightRecord, revision: str
) -> None:
    engine = fill(log_url, cramp_night)
    before = rows(engine)
    assert all(before[name] for name in Base.metadata.tables if name != "gap")
    assert findings(engine) == []
    move(engine, config, command.downgrade, revision)
    below = rows(engine)
    assert set(below) == TABLES[revision]
    for name, held in below.items():
        assert name.startswith("audit") or held == [pruned(row, held[:1]) for row in before[name]]
    if "audit" in below:
        assert below["audit"][: len(before["audit"])] == before["audit"]
    move(engine, config, command.upgrade, REVISION)
    after = rows(engine)
    assert set(after) == set(Base.metadata.tables)
    for name in below:
        if not name.startswith("audit"):
            assert after[name] == [{**dict.fromkeys(ADDED_TO_NIGHT, "None"), **row} for row in below[name]] or (
                after[name] == below[name]
            )
    assert findings(engine) == LOST[revision]
    if revision != "base":
        with NightLog(log_url) as log:
            assert [night.cramp_count for night in log.nights()] == [1, 1]
            assert not log.add(replace(cramp_night, recording=recording(sha256="0" * 64)), SCORED_AT).new
    engine.dispose()


def pruned(row: dict[str, str], like: list[dict[str, str]]) -> dict[str, str]:
    """Return the columns of a row that a row of the older table has."""
    return {column: value for column, value in row.items() if column in like[0]}


def test_what_a_downgrade_takes_from_a_night_is_in_the_trail(
    log_url: str, config: Config, cramp_night: NightRecord
) -> None:
    engine = fill(log_url, cramp_night)
    move(engine, config, command.downgrade, "0004")
    with engine.connect() as connection:
        *_, last = entries(connection)
    assert (last.kind, last.key, last.role) == ("night", "2", "software")  # night 1 had no battery to lose
    assert last.why == "went back to a version of the log without battery levels"
    assert last.before != last.after
    engine.dispose()


def test_bindings_that_were_changed_while_nobody_audited_them_are_entered(
    log_url: str, config: Config, cramp_night: NightRecord
) -> None:
    engine = fill(log_url, cramp_night)
    move(engine, config, command.downgrade, "0004")
    with engine.begin() as connection:
        connection.execute(text("UPDATE sensor SET participant = 'P02' WHERE uri = 'serial:/dev/ttyUSB0'"))
        connection.execute(text("DELETE FROM sensor WHERE uri LIKE 'ble:%'"))
        new = "INSERT INTO sensor (uri, participant, leg, bound_at) VALUES ('ble:new', 'P03', 'L', :at)"
        connection.execute(text(new), {"at": SCORED_AT.isoformat(timespec="microseconds")})
    move(engine, config, command.upgrade, REVISION)
    with engine.connect() as connection:
        found = [
            entry
            for entry in entries(connection)
            if entry.why == "was changed while the log did not audit bindings"
        ]
    said = {
        entry.key: tuple(None if of is None else of["participant"] for of in (entry.before, entry.after))
        for entry in found
    }
    assert said == {
        "serial:/dev/ttyUSB0": ("P01", "P02"),
        "ble:C4:1F:5E:0B:00:01": ("P01", None),
        "ble:new": (None, "P03"),
    }
    assert findings(engine) == []
    engine.dispose()


def findings(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return sorted(str(finding) for finding in verify(connection))


def test_the_migrated_tables_are_those_of_the_models(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nights.db'}"
    NightLog(url).close()
    migrated, declared = create_engine(url), create_engine(f"sqlite:///{tmp_path / 'declared.db'}")
    Base.metadata.create_all(declared)
    with migrated.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    assert constraints(migrated) == constraints(declared)
    migrated.dispose()
    declared.dispose()


def test_the_newest_migration_is_the_one_that_opening_looks_for(config: Config) -> None:
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_a_log_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nights.db'}"
    NightLog(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))  # noqa: S608 - our constant
    engine.dispose()
    with pytest.raises(
        LogError, match=r"'9999', this program knows \['0001', '0002', '0003', '0004', '0005'\].*update crampwatch"
    ):
        NightLog(url)
