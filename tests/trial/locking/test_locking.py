"""A lock holds: whatever is edited in locked data afterwards is found, and by whom it was signed is known."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from nights.log import LogError
from nights.log.audit import Actor, Role
from nights.log.database import open_database
from nights.log.schema import DiaryEntry, GapOfNight, Night, StudyLock
from tests.trial.logs import night, version_with
from trial.locking import LockError, lock_study, new_key, prove, read_private_key
from trial.records import results
from trial.study import Study, read_study

AT = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)
BY = Actor("mk", Role.STATISTICIAN)
FIRST = date(2026, 3, 2)


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(files("trial.study").joinpath("template.toml").read_text("utf-8"), "utf-8")
    return path


@pytest.fixture
def study(study_file: Path) -> Study:
    return read_study(study_file)


@pytest.fixture
def engine(tmp_path: Path, study: Study) -> Iterator[Engine]:
    """Return the database of a study with three nights, two cramps, a gap and a diary entry."""
    engine = open_database(f"sqlite:///{tmp_path / 'nights.db'}")
    with engine.begin() as connection:
        nights = [
            night(connection, FIRST, (1.0, 2.5)),
            night(connection, FIRST + timedelta(days=1), lost_h=((2.0, 3.0, "lead_off"),)),
            night(connection, FIRST + timedelta(days=2)),
        ]
        version_with(connection, study, nights)
    yield engine
    engine.dispose()


def locked(engine: Engine, study: Study, study_file: Path) -> str:
    """Lock the study; return the public key."""
    key_file = study_file.with_name("key.pem")
    public = new_key(key_file)
    with engine.begin() as connection:
        lock_study(connection, study, study_file, 1, key=read_private_key(key_file), by=BY, at=AT)
    return public


def findings(engine: Engine, study_file: Path, public_key: str | None = None) -> list[str]:
    with engine.connect() as connection:
        return [str(finding) for finding in prove(connection, "K2-EXAMPLE", study_file, 1, public_key)]


def test_what_is_untouched_is_proved(engine: Engine, study: Study, study_file: Path) -> None:
    public = locked(engine, study, study_file)
    assert findings(engine, study_file, public) == []
    assert (study_file.with_name("key.pem").stat().st_mode & 0o777) == 0o600


def test_a_zero_made_missing_is_found(engine: Engine, study: Study, study_file: Path) -> None:
    locked(engine, study, study_file)
    with engine.begin() as connection:
        connection.execute(update(Night).where(Night.id == 3).values(cramp_count=None, missing="no_usable_time"))
    assert any("nights 3: is not what was locked" in found for found in findings(engine, study_file))


def test_a_deleted_gap_is_found(engine: Engine, study: Study, study_file: Path) -> None:
    locked(engine, study, study_file)
    with engine.begin() as connection:
        connection.execute(delete(GapOfNight))
    assert any("nights 2: is not what was locked" in found for found in findings(engine, study_file))


def test_an_edited_study_file_is_found(engine: Engine, study: Study, study_file: Path) -> None:
    locked(engine, study, study_file)
    study_file.write_text(study_file.read_text("utf-8").replace("alpha = 0.05", "alpha = 0.10"), "utf-8")
    assert findings(engine, study_file) == ["study file study.toml: is not the one that was locked"]


def test_a_diary_entry_added_after_the_lock_is_found(engine: Engine, study: Study, study_file: Path) -> None:
    locked(engine, study, study_file)
    values = {"study": study.name, "participant": "A-001", "night": FIRST, "cramps": 3}
    with engine.begin() as connection:
        connection.execute(insert(DiaryEntry).values(values | {"times_local": [], "source": "d.csv", "line": 2}))
    assert any("diary 1: was added after the lock" in found for found in findings(engine, study_file))


def test_an_edited_manifest_and_another_signer_are_found(engine: Engine, study: Study, study_file: Path) -> None:
    public = locked(engine, study, study_file)
    other = study_file.with_name("other.pem")
    forged = new_key(other)
    assert "was not signed by that key" in findings(engine, study_file, forged)[0]
    with engine.begin() as connection:
        manifest: str = connection.scalar(select(StudyLock.manifest)) or ""
        edited = manifest.replace('"version":1', '"version":2')
        signature = read_private_key(other).sign(edited.encode()).hex()
        connection.execute(update(StudyLock).values(manifest=edited, signature=signature, public_key=forged))
    assert "was not signed by that key" in findings(engine, study_file, public)[0]
    assert any("study_lock K2-EXAMPLE/1" in found for found in findings(engine, study_file))  # by the audit trail


def test_a_lock_is_set_once_by_a_statistician_and_on_nothing_that_was_tampered_with(
    engine: Engine, study: Study, study_file: Path
) -> None:
    key_file = study_file.with_name("key.pem")
    new_key(key_file)
    key = read_private_key(key_file)
    with (
        engine.connect() as connection,
        pytest.raises(LogError, match="acts as reviewer and may not change a study_lock"),
    ):
        lock_study(connection, study, study_file, 1, key=key, by=Actor("rr", Role.REVIEWER), at=AT)
    with engine.begin() as connection:
        connection.execute(update(Night).where(Night.id == 1).values(file="x"))
        with pytest.raises(LockError, match="does not agree with its audit trail"):
            lock_study(connection, study, study_file, 1, key=key, by=BY, at=AT)
        connection.rollback()
    with engine.begin() as connection:
        lock_study(connection, study, study_file, 1, key=key, by=BY, at=AT)
        with pytest.raises(LockError, match="is locked already"):
            lock_study(connection, study, study_file, 1, key=key, by=BY, at=AT)


def test_keys_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LockError, match="make a key with crampwatch trial key"):
        read_private_key(tmp_path / "absent.pem")
    (tmp_path / "text.pem").write_text("no key")
    with pytest.raises(LockError, match="is no private key"):
        read_private_key(tmp_path / "text.pem")
    new_key(tmp_path / "key.pem")
    with pytest.raises(LockError, match="never written over"):
        new_key(tmp_path / "key.pem")


def test_the_results_of_a_version_come_back_as_they_were_logged(engine: Engine, study: Study) -> None:
    with engine.connect() as connection:
        first, second, third = results(connection, study, 1)
    assert [len(result.cramps) for result in (first, second, third)] == [2, 0, 0]
    assert [result.usable_s for result in (first, second, third)] == [28800, 25200, 28800]
    assert second.lost[0][1] == "lead_off"
