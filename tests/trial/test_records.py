"""Versions of a study: the only one is meant where none is named, and of several none is guessed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from nights.log.audit import SOFTWARE
from nights.log.database import open_database
from tests.trial.logs import SCORED_AT, VERSION, night, version_with
from tests.trial.studies import person, study_of
from trial.records import RecordsError, Version, begin_version, locked_versions, version_of, versions_of

STUDY = study_of(person())
OTHER = Version(2, "calf-1-learned", "1" * 16, "crampwatch 0.1.0")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'nights.db'}")
    yield engine
    engine.dispose()


def test_before_anything_is_scored_there_is_no_version(engine: Engine) -> None:
    with engine.connect() as connection:
        assert versions_of(connection, "TEST") == []
        with pytest.raises(RecordsError, match="run crampwatch trial score first"):
            version_of(connection, "TEST", None)


def test_the_only_version_need_not_be_named(engine: Engine) -> None:
    with engine.begin() as connection:
        version_with(connection, STUDY, [night(connection, date(2026, 3, 2))])
        assert version_of(connection, "TEST", None) == VERSION
        assert version_of(connection, "TEST", 1) == VERSION
        with pytest.raises(RecordsError, match=r"no version 2 in this log, but 1 \(calf-1, crampwatch 0.1.0\)"):
            version_of(connection, "TEST", 2)
        assert locked_versions(connection, "TEST") == []


def test_of_two_versions_none_is_guessed(engine: Engine) -> None:
    with engine.begin() as connection:
        version_with(connection, STUDY, [])
        begin_version(connection, "TEST", OTHER, SOFTWARE, SCORED_AT)
        with pytest.raises(RecordsError, match=r"1 \(calf-1, .*\), 2 \(calf-1-learned, .*\); say which one"):
            version_of(connection, "TEST", None)
        assert version_of(connection, "TEST", 2) == OTHER
