"""The migrations of the log: there and back on tables that hold nights, and the same tables as the models say."""

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
from nights.log.schema import REVISION, VERSION_TABLE, Base

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
