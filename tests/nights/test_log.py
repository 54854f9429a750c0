"""The nightly log: every night once, everything that was said of it, and clear words where it cannot be used."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from models import Label, Profile
from nights import NightRecord
from nights.log import DATABASE_VARIABLE, Added, LogError, NightLog, default_url
from nights.log.database import open_database
from nights.log.log import logged_nights
from signals import Gap, GapReason
from tests.nights.made_nights import START, recording, rest, scored

MORNING = datetime(2026, 3, 29, 7, 15, tzinfo=timezone(timedelta(hours=2)))
LATER = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'nights.db'}"


@pytest.fixture
def log(url: str) -> Iterator[NightLog]:
    with NightLog(url) as opened:
        yield opened


def test_a_night_comes_out_as_it_went_in(log: NightLog, cramp_night: NightRecord) -> None:
    lost = replace(cramp_night, gaps=(Gap("emg", 1500, 4000, GapReason.LINK_LOST),))
    added = log.add(lost, MORNING)
    night, episodes, gaps = log.night(added.night_id)
    assert (night.participant, night.leg, night.muscle, night.channel) == ("P01", "L", "GM", "EMG L-GM")
    assert (night.night, night.start_local) == (date(2026, 3, 28), "2026-03-28T22:30:00+01:00")
    assert (night.zone, night.file, night.recording_sha256) == ("Europe/Berlin", "night.edf", "a" * 64)
    assert (night.cramp_count, night.missing, night.valid) == (1, None, False)
    assert (night.monitored_s, night.usable_s, night.fs_hz, night.has_acceleration) == (300.0, 300.0, 1000.0, True)
    assert (night.n_candidates, night.n_periodic, night.n_series) == (1, 0, 0)
    assert night.lost_s["lead_off"] == 0.0
    assert night.profile == "test-1"
    assert [(e.number, e.label) for e in episodes] == [(1, "cramp"), (2, "leg_movement")]
    assert episodes[0].onset_s == pytest.approx(120, abs=0.5)
    assert episodes[0].duration_s == pytest.approx(60, abs=0.5)
    assert episodes[0].features["coactivation"] is None
    assert episodes[1].probability_cramp < 0.5 < episodes[1].probability
    assert episodes[1].reasons[0]["met"] is False
    assert [(g.onset_s, g.duration_s, g.reason) for g in gaps] == [(1.5, 2.5, "link_lost")]


def test_a_quiet_night_and_a_missing_one_never_look_alike(
    log: NightLog, quiet_night: NightRecord, lead_off_night: NightRecord
) -> None:
    quiet = log.night(log.add(quiet_night, MORNING).night_id)[0]
    elsewhere = replace(lead_off_night, recording=recording(sha256="b" * 64))
    lost = log.night(log.add(elsewhere, MORNING).night_id)[0]
    assert (quiet.cramp_count, quiet.missing) == (0, None)
    assert (lost.cramp_count, lost.missing) == (None, "no_usable_time")
    assert (lost.usable_s, lost.lost_s["lead_off"]) == (0.0, 240.0)


def test_scoring_the_same_again_changes_nothing(log: NightLog, cramp_night: NightRecord) -> None:
    first = log.add(cramp_night, MORNING)
    before = log.night(first.night_id)
    assert log.add(cramp_night, LATER) == Added(first.night_id, new=False)
    assert log.night(first.night_id) == before
    assert len(log.nights()) == 1


def test_the_same_recording_under_another_name_is_the_same(log: NightLog, quiet_night: NightRecord) -> None:
    log.add(quiet_night, MORNING)
    renamed = replace(quiet_night, recording=replace(quiet_night.recording, file="copy.edf"))
    assert not log.add(renamed, LATER).new
    assert log.nights()[0].file == "night.edf"


def test_another_profile_adds_a_second_result_that_can_be_told_apart(
    log: NightLog, quiet_night: NightRecord
) -> None:
    log.add(quiet_night, MORNING)
    assert log.add(scored(rest(4), profile=Profile(name="test-2")), LATER).new
    assert [night.profile for night in log.nights()] == ["test-1", "test-2"]
    assert len({night.profile_hash for night in log.nights()}) == 2


def test_another_participant_or_software_is_another_result(log: NightLog, quiet_night: NightRecord) -> None:
    log.add(quiet_night, MORNING)
    other = replace(quiet_night, recording=recording(participant="P02"))
    newer = replace(quiet_night, provenance=replace(quiet_night.provenance, software="crampwatch 9.9.9"))
    assert log.add(other, MORNING).new
    assert log.add(newer, MORNING).new


def test_the_same_result_with_another_count_or_night_is_refused(log: NightLog, quiet_night: NightRecord) -> None:
    log.add(quiet_night, MORNING)
    with pytest.raises(LogError, match=r"cramp_count 0 there, 3 here\. Nothing was changed"):
        log.add(replace(quiet_night, cramp_count=3), LATER)
    with pytest.raises(LogError, match="night 2026-03-28 there, 2026-03-27 here"):
        log.add(replace(quiet_night, recording=recording(start=START - timedelta(days=1))), LATER)
    assert [night.cramp_count for night in log.nights()] == [0]


def test_a_night_whose_episodes_are_refused_is_not_there_at_all(log: NightLog, cramp_night: NightRecord) -> None:
    broken = replace(cramp_night.episodes[1], probability=dict.fromkeys(Label, float("nan")))
    with pytest.raises(IntegrityError, match="probability"):
        log.add(replace(cramp_night, episodes=(cramp_night.episodes[0], broken)), MORNING)
    assert log.nights() == []


def test_the_time_of_scoring_is_kept_in_utc(log: NightLog, quiet_night: NightRecord) -> None:
    log.add(quiet_night, MORNING)
    scored_at = log.nights()[0].scored_at
    assert scored_at.isoformat() == "2026-03-29T05:15:00+00:00"


def test_a_time_without_a_zone_is_refused(log: NightLog, quiet_night: NightRecord) -> None:
    with pytest.raises(ValueError, match="2026-03-29T07:15:00 has no zone"):
        log.add(quiet_night, MORNING.replace(tzinfo=None))
    assert log.nights() == []


def test_nights_are_listed_in_order_and_by_participant_and_date(log: NightLog, quiet_night: NightRecord) -> None:
    for day, participant in ((2, "P02"), (0, "P01"), (1, "P01")):
        of = recording(participant, sha256=str(day) * 64, start=START + timedelta(days=day))
        log.add(replace(quiet_night, recording=of), MORNING)
    log.add(replace(quiet_night, recording=recording(sha256="f" * 64, start=None)), MORNING)
    first, second, third = date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)
    assert [night.night for night in log.nights()] == [first, second, third, None]
    assert [night.night for night in log.nights(participant="P01")] == [first, second, None]
    assert [night.night for night in log.nights(since=second)] == [second, third]
    assert [night.night for night in log.nights(until=second)] == [first, second]
    assert log.nights(participant="P09") == []


def test_an_unknown_night_is_an_error_that_says_what_to_do(log: NightLog) -> None:
    with pytest.raises(LogError, match="no night 17 in the log; list the nights"):
        log.night(17)


def test_the_database_itself_refuses_a_missing_count_without_a_reason(
    log: NightLog, url: str, quiet_night: NightRecord
) -> None:
    log.add(quiet_night, MORNING)
    engine = create_engine(url)
    for change in ("cramp_count = NULL", "missing = 'no_usable_time'", "cramp_count = -1"):
        with engine.connect() as connection, pytest.raises(IntegrityError, match="CHECK constraint failed"):
            connection.execute(text(f"UPDATE night SET {change}"))  # noqa: S608 - the three changes above
    engine.dispose()


def test_sqlite_keeps_a_write_ahead_log_next_to_the_database(log: NightLog, url: str) -> None:
    assert log.nights() == []
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    engine.dispose()


def test_a_log_that_is_opened_again_has_its_nights(url: str, quiet_night: NightRecord) -> None:
    with NightLog(url) as log:
        log.add(quiet_night, MORNING)
    with NightLog(url) as log:
        assert len(log.nights()) == 1


def test_a_read_only_log_can_be_read_and_says_why_it_cannot_be_written(
    url: str, tmp_path: Path, quiet_night: NightRecord
) -> None:
    with NightLog(url) as log:
        log.add(quiet_night, MORNING)
    other = replace(quiet_night, recording=recording(sha256="b" * 64))
    with NightLog(f"sqlite:///file:{tmp_path / 'data' / 'nights.db'}?mode=ro&uri=true") as log:
        assert len(log.nights()) == 1
        with pytest.raises(LogError, match="read-only; allow writing"):
            log.add(other, MORNING)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "nights.db"
    path.write_text("onset\tduration\n" * 100)
    with pytest.raises(LogError, match="no SQLite database"):
        NightLog(f"sqlite:///{path}")
    assert path.read_text() == "onset\tduration\n" * 100


def test_a_damaged_database_is_reported(url: str, tmp_path: Path, cramp_night: NightRecord) -> None:
    with NightLog(url) as log:
        log.add(cramp_night, MORNING)
    path = tmp_path / "data" / "nights.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)  # all but the first page, which holds the schema
    path.write_bytes(content)
    with pytest.raises(LogError, match="the file is damaged"):
        NightLog(url)


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(LogError, match="its folder cannot be made"):
        NightLog(f"sqlite:///{tmp_path / 'data' / 'nights.db'}")


def test_a_path_in_place_of_a_url_is_refused_with_an_example() -> None:
    with pytest.raises(LogError, match=r"'nights.db' is no database URL; give one such as sqlite:////"):
        NightLog("nights.db")


def test_an_unknown_kind_of_database_is_refused() -> None:
    with pytest.raises(LogError, match="oraculum"):
        NightLog("oraculum://server/nights")


def test_a_driver_that_is_not_installed_is_named_with_its_extra_and_without_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # Python's own way to say that a module is not there
    with pytest.raises(LogError, match=r"pip install 'crampwatch\[postgresql\]'") as caught:
        NightLog("postgresql://me:secret@server/nights")
    assert "secret" not in str(caught.value)


def test_the_log_stands_in_the_folder_of_the_user_or_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    assert default_url().startswith("sqlite:///")
    assert default_url().endswith("/crampwatch/nights.db")
    monkeypatch.setenv("CRAMPWATCH_DB", "postgresql://server/nights")
    assert default_url() == "postgresql://server/nights"


def test_only_the_episodes_that_are_asked_for_are_read(log: NightLog, url: str, cramp_night: NightRecord) -> None:
    ids = [
        log.add(replace(cramp_night, recording=recording(sha256=f"{number:064}")), MORNING).night_id
        for number in range(2)
    ]
    engine = open_database(url)
    with engine.connect() as connection:
        every = list(logged_nights(connection, ids[::-1]))
        some = list(logged_nights(connection, ids[::-1], ("cramp",)))
        none = list(logged_nights(connection, ids, ("gait",)))
    engine.dispose()
    assert every == [log.night(night_id) for night_id in ids[::-1]]
    assert [[episode.label for episode in episodes] for _, episodes, _ in some] == [["cramp"], ["cramp"]]
    assert [night for night, _, _ in some] == [night for night, _, _ in every]
    assert [episodes for _, episodes, _ in none] == [[], []]
