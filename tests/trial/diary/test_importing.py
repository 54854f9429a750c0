"""The import into a log: once, all or nothing, with every change in the audit trail; on both databases."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from nights.log import LogError
from nights.log.audit import Actor, Role, entries, verify
from nights.log.database import open_database
from nights.log.schema import DiaryEntry
from tests.trial.logs import night, version_with
from trial.diary import DiaryError, DiaryNight, Imported, diary_of, import_diary
from trial.locking import lock_study, new_key, read_private_key
from trial.study import read_study

AT = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)
NURSE = Actor("sn", Role.COORDINATOR)
FIRST = date(2026, 3, 2)
DIARY = (
    DiaryNight("A-002", FIRST, 2, ("23:40", "04:10"), 6.5, "diary.csv", 2),
    DiaryNight("A-001", FIRST + timedelta(days=1), 0, (), None, "diary.csv", 3),
    DiaryNight("A-001", FIRST, 1, ("12:00",), 0.0, "diary.csv", 4),
)


@pytest.fixture
def engine(log_url: str) -> Iterator[Engine]:
    engine = open_database(log_url)
    yield engine
    engine.dispose()


def imported(
    engine: Engine, diary: Sequence[DiaryNight], *, by: Actor = NURSE, why: str = "imported", amend: bool = False
) -> Imported:
    with engine.begin() as connection:
        return import_diary(connection, "K2-EXAMPLE", diary, by=by, at=AT, why=why, amend=amend)


def in_log(engine: Engine, study: str = "K2-EXAMPLE") -> list[DiaryNight]:
    with engine.connect() as connection:
        return diary_of(connection, study)


def findings(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [str(finding) for finding in verify(connection)]


def test_what_is_imported_comes_back_in_order_and_is_in_the_audit_trail(engine: Engine) -> None:
    assert imported(engine, DIARY) == Imported(new=3, changed=0, same=0)
    assert in_log(engine) == [DIARY[2], DIARY[1], DIARY[0]]
    assert in_log(engine, "OTHER") == []
    assert findings(engine) == []
    with engine.connect() as connection:
        first = next(entry for entry in entries(connection) if entry.kind == "diary")
    assert (first.actor, first.role, first.before, first.why) == ("sn", "coordinator", None, "imported")
    assert first.after is not None
    assert (first.after["night"], first.after["times_local"]) == ("2026-03-02", ["23:40", "04:10"])


def test_the_same_again_changes_nothing(engine: Engine) -> None:
    imported(engine, DIARY)
    with engine.connect() as connection:
        before = len(list(entries(connection)))
    elsewhere = [replace(entry, source="copy.csv", line=9) for entry in DIARY]
    assert imported(engine, elsewhere) == Imported(new=0, changed=0, same=3)
    assert imported(engine, elsewhere, amend=True, why="again") == Imported(new=0, changed=0, same=3)
    with engine.connect() as connection:
        assert len(list(entries(connection))) == before
    assert in_log(engine)[0].source == "diary.csv"


@pytest.mark.parametrize("change", [{"cramps": 3}, {"times_local": ()}, {"severity": None}])
def test_another_content_is_refused_whole_and_amended_with_a_reason(
    engine: Engine, change: dict[str, int | tuple[str, ...] | None]
) -> None:
    imported(engine, DIARY)
    other = replace(DIARY[0], source="corrected.csv", line=7, **change)  # pyright: ignore[reportArgumentType] - by test
    new = replace(DIARY[1], night=FIRST + timedelta(days=5))
    with pytest.raises(DiaryError, match=r"line 7: A-002 2026-03-02 is in the log with 2 cramps at 23:40;04:10"):
        imported(engine, [new, other])
    assert len(in_log(engine)) == 3
    assert imported(engine, [new, other], amend=True, why="read again") == Imported(new=1, changed=1, same=0)
    assert in_log(engine)[-1] == other
    assert findings(engine) == []
    with engine.connect() as connection:
        (changed,) = (entry for entry in entries(connection) if entry.kind == "diary" and entry.before)
    assert changed.before is not None
    assert changed.after is not None
    assert changed.why == "read again"
    assert (changed.before["cramps"], changed.before["source"]) == (2, "diary.csv")
    assert (changed.after["cramps"], changed.after["source"]) == (other.cramps, "corrected.csv")


def test_an_entry_edited_behind_the_audit_trail_is_found(engine: Engine) -> None:
    imported(engine, DIARY)
    with engine.begin() as connection:
        connection.execute(update(DiaryEntry).where(DiaryEntry.id == 2).values(cramps=4))
    assert findings(engine) == ["diary 2: is not what the audit trail says it is: it was edited"]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.STATISTICIAN, Role.SOFTWARE])
def test_only_some_may_import(engine: Engine, role: Role) -> None:
    with pytest.raises(LogError, match=f"acts as {role} and may not change a diary"):
        imported(engine, DIARY, by=Actor("x", role))
    assert in_log(engine) == []


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_those_who_keep_diaries_may(engine: Engine, role: Role) -> None:
    assert imported(engine, DIARY, by=Actor("x", role)).new == 3


def test_after_a_lock_the_diary_is_frozen(engine: Engine, tmp_path: Path) -> None:
    imported(engine, DIARY)
    file, key = tmp_path / "study.toml", tmp_path / "key.pem"
    file.write_text(files("trial.study").joinpath("template.toml").read_text("utf-8"), "utf-8")
    study = read_study(file)
    new_key(key)
    with engine.begin() as connection:
        version_with(connection, study, [night(connection, FIRST)])
        by = Actor("st", Role.STATISTICIAN)
        lock_study(connection, study, file, 1, key=read_private_key(key), by=by, at=AT)
    more = replace(DIARY[0], night=FIRST + timedelta(days=9))
    with pytest.raises(DiaryError, match="version 1 is locked, and its diary with it"):
        imported(engine, [more])
    with pytest.raises(DiaryError, match="version 1 is locked"):
        imported(engine, [replace(DIARY[0], cramps=5)], amend=True, why="late")
    assert imported(engine, DIARY) == Imported(new=0, changed=0, same=3)


def test_of_two_imports_at_once_the_second_sees_the_first(engine: Engine) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(partial(imported, engine), [DIARY, DIARY]))
    assert sorted((one.new, one.same) for one in done) == [(0, 3), (3, 0)]
    assert findings(engine) == []
