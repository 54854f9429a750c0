"""Recordings of a study become results, each once, and what does not fit is listed with its reason."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from nights.log.audit import verify
from nights.log.database import open_database
from recordings import open_recording
from tests.crampwatch.study_scoring.recordings import logged, record, study_file, trial
from tests.trial.studies import person
from trial.records import recording_key, results
from trial.study import read_study


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return study_file(tmp_path, person("A-001", legs=("L", "R")), person("A-002"), person("A-003"))


def score(study: Path, url: str, scheduler: str, *more: str | Path, code: int = 0) -> str:
    folder = study.parent
    words: list[str | Path] = ["score", study, "--recordings", folder / "nights", "--out", folder / "scored"]
    return trial(*words, "--db", url, "--scheduler", scheduler, *more, code=code)


def account(study: Path) -> dict[str, Any]:
    return json.loads((study.parent / "scored" / "account.json").read_text("utf-8"))


def lines(study: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (study.parent / "scored" / "log.jsonl").read_text("utf-8").splitlines()]


def test_every_recording_is_scored_once_and_what_fails_stops_nothing(
    study: Path, log_url: str, scheduler: str
) -> None:
    nights = study.parent / "nights"
    record(nights / "one.edf")
    record(nights / "site-b" / "both.edf", legs=("R", "L"), seed=3)
    record(nights / "quiet.edf", "A-002", cramps=0, seed=5)
    record(nights / "stranger.edf", "B-007", seed=6)
    (nights / "broken.edf").write_bytes(b"0       no header")
    said = score(study, log_url, scheduler, code=3)
    assert "3 recordings scored, 0 there already, 2 failed; 1 participants without any recording (A-003)" in said
    first = logged(log_url)
    counts = {
        (night["file"], night["leg"]): (night["participant"], night["cramp_count"])
        for night in first["nights"].values()
    }
    assert counts == {
        ("one.edf", "L"): ("A-001", 1),
        ("both.edf", "R"): ("A-001", 1),  # the cramp is planted in the channel of the first leg
        ("both.edf", "L"): ("A-001", 0),
        ("quiet.edf", "L"): ("A-002", 0),
    }
    reasons = {Path(one["recording"]).name: one["reason"] for one in account(study)["failures"]}
    assert "is said to be of B-007, who is no participant of study TEST" in reasons["stranger.edf"]
    assert "the header is cut" in reasons["broken.edf"]
    assert {(line["state"], line.get("cramp_count")) for line in lines(study)} == {
        ("scored", 0), ("scored", 1), ("failed", None),
    }  # fmt: skip
    shutil.copy(nights / "one.edf", nights / "one-again.edf")
    said = score(study, log_url, scheduler, code=3)
    assert "0 recordings scored, 4 there already, 2 failed" in said
    assert logged(log_url) == first
    engine = open_database(log_url)
    with engine.connect() as connection:
        assert list(verify(connection)) == []
        plan = read_study(study)
        assert {result.participant for result in results(connection, plan, 1)} == {"A-001", "A-002"}
    engine.dispose()


def test_a_result_is_that_of_crampwatch_score(study: Path, tmp_path: Path, scheduler: str) -> None:
    from crampwatch.scoring import Request, scored  # noqa: PLC0415
    from models import Profile  # noqa: PLC0415
    from nights.log.rows import episode_values  # noqa: PLC0415

    path = record(tmp_path / "nights" / "one.edf")
    score(study, f"sqlite:///{tmp_path}/nights.db", scheduler)
    _, _, alone = scored(path, Request(profile=Profile.load("calf-1"), zone="Europe/Zurich"))
    (key, found), *others = logged(f"sqlite:///{tmp_path}/nights.db")["nights"].items()
    assert others == []
    assert key == f"1 {recording_key(alone.recording.sha256, 'EMG L-GM')}"
    assert (found["config_hash"], found["profile_hash"]) == (
        alone.provenance.config_hash,
        alone.provenance.profile_hash,
    )
    assert [episode["onset_s"] for episode in found["episode"]] == [
        episode["onset_s"] for episode in episode_values(alone)
    ]
    assert found["start_local"] == "2026-03-02T22:30:00+01:00"
    assert found["usable_s"] == alone.usable_s


def test_a_recording_that_is_there_is_not_read_again(study: Path, tmp_path: Path, scheduler: str) -> None:
    url = f"sqlite:///{tmp_path}/nights.db"
    path = record(tmp_path / "nights" / "one.edf")
    score(study, url, scheduler)
    was = path.stat()
    path.write_bytes(b"x" * was.st_size)  # unreadable, and of the same size and time
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert "0 recordings scored, 1 there already, 0 failed" in score(study, url, scheduler)
    os.utime(path)
    assert "0 recordings scored, 0 there already, 1 failed" in score(study, url, scheduler, code=3)


def test_a_leg_that_cannot_be_scored_does_not_take_the_other_with_it_and_is_tried_again(
    study: Path, tmp_path: Path, scheduler: str
) -> None:
    url = f"sqlite:///{tmp_path}/nights.db"
    record(tmp_path / "nights" / "both.edf", legs=("L", "R"), dead=("R",))
    assert "0 recordings scored, 0 there already, 1 failed" in score(study, url, scheduler, code=3)
    assert [night["leg"] for night in logged(url)["nights"].values()] == ["L"]
    assert "leg R" in account(study)["failures"][0]["reason"]
    assert account(study)["legs_without_recording"] == ["A-001 R"]
    assert "1 failed" in score(study, url, scheduler, code=3)
    assert len(logged(url)["nights"]) == 1


def test_a_map_goes_before_what_a_file_says(study: Path, tmp_path: Path, scheduler: str) -> None:
    url = f"sqlite:///{tmp_path}/nights.db"
    nights = tmp_path / "nights"
    record(nights / "a" / "1.edf", "unknown", seed=1)
    record(nights / "b" / "1.edf", None, seed=2)
    said = tmp_path / "map.csv"
    said.write_text("recording,participant,leg,zone\na/1.edf,A-001,R,Europe/Lisbon\nb/1.edf,A-002,,\n", "utf-8")
    assert "2 recordings scored" in score(study, url, scheduler, "--map", said)
    whose = {(night["participant"], night["leg"], night["start_local"]) for night in logged(url)["nights"].values()}
    assert whose == {("A-001", "R", "2026-03-02T22:30:00+00:00"), ("A-002", "L", "2026-03-02T22:30:00+01:00")}
    assert any("the channel says leg L, the map says R" in str(line["remarks"]) for line in lines(study))
    assert "2 there already" in score(study, url, scheduler, "--map", said)
    said.write_text("recording,participant,leg\na/1.edf,A-002,L\nb/1.edf,A-002,\n", "utf-8")
    assert "1 failed" in score(study, url, scheduler, "--map", said, code=3)  # it was another's: never moved
    assert "as that of A-001 R, not of A-002 L" in account(study)["failures"][0]["reason"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("recording,participant\n", "the columns are recording,participant"),
        ("recording,participant,leg,arm\n", "the columns are recording,participant,leg,arm"),
        ("recording,participant,leg\nother.edf,A-001,L\n", "line 2: 'other.edf' names 0 of the recordings"),
        ("recording,participant,leg\none.edf,A-001,L\none.edf,A-002,L\n", "line 3: one.edf is there twice"),
        ("recording,participant,leg\none.edf,A-001,left\n", "line 2: leg 'left'"),
        ("recording,participant,leg\none.edf,A-001\n", "line 2 has more or fewer cells"),
        ("recording,participant,leg,zone\none.edf,A-001,L,Mars\n", "there is no time zone 'Mars'"),
    ],
)
def test_a_map_that_is_wrong_is_refused_before_anything_is_scored(
    study: Path, tmp_path: Path, text: str, why: str
) -> None:
    record(tmp_path / "nights" / "one.edf")
    said = tmp_path / "map.csv"
    said.write_text(text, "utf-8")
    assert why in score(study, f"sqlite:///{tmp_path}/nights.db", "tcp://127.0.0.1:9", "--map", said, code=1)


def test_what_cannot_be_reached_is_said_and_nothing_is_begun(study: Path, tmp_path: Path, scheduler: str) -> None:
    url = f"sqlite:///{tmp_path}/nights.db"
    for given, why in (
        (tmp_path / "absent", "there is no file or folder"),
        (tmp_path / "scored", "holds no recording"),
        ("gs://bucket/nights", "Please install gcsfs to access Google Storage"),
        ("nowhere://x", "Protocol not known: nowhere"),
        ("sftp://me:secret@localhost/nights", "sftp://me:***@localhost/nights has a password in it"),
    ):
        (tmp_path / "scored").mkdir(exist_ok=True)
        said = trial("score", study, "--recordings", given, "--db", url, "--scheduler", scheduler, code=1)
        assert why in said
        assert "secret" not in said
    assert not (tmp_path / "nights.db").exists()
    record(tmp_path / "nights" / "one.edf")
    assert "give one" in score(study, url, scheduler, "--workers", "2", code=1)


def test_a_version_is_of_one_profile_and_one_software(study: Path, tmp_path: Path, scheduler: str) -> None:
    url = f"sqlite:///{tmp_path}/nights.db"
    record(tmp_path / "nights" / "one.edf")
    score(study, url, scheduler)
    study.write_text(study.read_text("utf-8").replace('"calf-1"', '"calf-1-learned"'), "utf-8")
    assert "version 1 of study TEST was scored by calf-1" in score(study, url, scheduler, code=1)
    study.write_text(study.read_text("utf-8").replace('"calf-1-learned"', '"calf-1"'), "utf-8")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE version SET software = 'crampwatch 0.0.9'"))
    engine.dispose()
    assert "with crampwatch 0.0.9; now" in score(study, url, scheduler, code=1)
    assert "has no version 7" in score(study, url, scheduler, "--version", "7", code=1)


def test_a_locked_version_stays_as_it_is(study: Path, tmp_path: Path, scheduler: str) -> None:
    url, key = f"sqlite:///{tmp_path}/nights.db", tmp_path / "key.pem"
    record(tmp_path / "nights" / "one.edf")
    score(study, url, scheduler)
    trial("key", key)
    trial("lock", study, "--key", key, "--db", url)
    before = logged(url)
    record(tmp_path / "nights" / "two.edf", seed=9)
    assert "version 1 of study TEST is locked" in score(study, url, scheduler, code=1)
    assert logged(url) == before


def test_a_role_that_may_not_score_is_refused(study: Path, tmp_path: Path, scheduler: str) -> None:
    record(tmp_path / "nights" / "one.edf")
    said = score(study, f"sqlite:///{tmp_path}/nights.db", scheduler, "--role", "reviewer", code=1)
    assert "acts as reviewer and may not change a version" in said


def test_the_made_up_recordings_are_what_they_should_be(tmp_path: Path) -> None:
    night = open_recording(record(tmp_path / "one.edf"))
    assert (night.participant, night.streams[0].channels[0].leg, len(night.streams)) == ("A-001", "L", 2)
