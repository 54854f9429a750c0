"""`verify` and `audit`, as a user types them."""

import csv
import json
import sqlite3
from collections import Counter
from datetime import date
from pathlib import Path

from sqlalchemy import insert
from typer.testing import CliRunner

from crampwatch.command_line import app
from nights.log.audit import SOFTWARE, Actor, Change, Role, record
from nights.log.database import open_database
from nights.log.schema import Packet
from recordings.samples import sample_path
from tests.trial.logs import SCORED_AT, VERSION, night, version_with
from tests.trial.studies import person, study_of
from trial.records import begin_version

RUN = CliRunner()
FIRST, NEXT = date(2026, 3, 2), date(2026, 3, 3)
COORDINATOR = Actor("mk", Role.COORDINATOR)


def run(*words: str | Path, code: int = 0) -> str:
    result = RUN.invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


def test_a_scored_night_verifies_until_somebody_edits_it(tmp_path: Path) -> None:
    path, url = tmp_path / "nights.db", f"sqlite:///{tmp_path / 'nights.db'}"
    sample = sample_path("composite_night.edf")
    run("score", sample, "--out", tmp_path / "results", "--db", url, "--no-report", "--profile", "calf-1")
    head = run("audit", "head", "--db", url).strip()
    assert head.startswith("1:")
    assert "1 audit entries and all that" in run("verify", "--db", url, "--head", head)
    run("audit", "export", "--db", url, "--out", tmp_path / "trail.jsonl")
    (line,) = (tmp_path / "trail.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["hash"] == head.partition(":")[2]
    assert "exists already" in run("audit", "export", "--db", url, "--out", tmp_path / "trail.jsonl", code=1)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE night SET cramp_count = cramp_count + 1")
    connection.close()
    assert "night 1: is not what the audit trail says it is" in run("verify", "--db", url, code=1)


def test_what_is_no_head_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nights.db'}"
    assert "'12' is no head; give NUMBER:HASH" in run("verify", "--db", url, "--head", "12", code=1)


def test_what_concerns_one_study_is_listed_for_people(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nights.db'}"
    study, engine = study_of(person()), open_database(url)
    with engine.begin() as connection:
        version_with(connection, study, [night(connection, FIRST, [2.0]), night(connection, NEXT)])
        other = night(connection, FIRST, participant="B-001")
        version_with(connection, study.model_copy(update={"name": "OTHER"}), [other])
        begin_version(connection, "TEST-2", VERSION, SOFTWARE, SCORED_AT)  # a longer name is another study
        values = {"study": "TEST", "code": "QX", "night_id": 1, "number": 1}
        number = connection.execute(insert(Packet).values(values).returning(Packet.id)).scalar_one()
        said = [
            ("packet", str(number), {"digest": "d", **values}, COORDINATOR),
            ("reading", "1", {"packet_id": number, "reader": "r1", "label": "cramp"}, Actor("r1", Role.REVIEWER)),
            ("reading", "2", {"packet_id": number + 1, "label": "gait"}, Actor("r1", Role.REVIEWER)),
            ("diary", "1", {"study": "TEST", "cramps": 0}, COORDINATOR),
            ("diary", "2", {"study": "OTHER", "cramps": 7}, COORDINATOR),
            ("study_lock", "TEST/1", {"digest": "d"}, Actor("st", Role.STATISTICIAN)),
            ("unblinding", "TEST", {"allocation": "a.csv"}, Actor("st", Role.STATISTICIAN)),
            ("unblinding", "OTHER", {"allocation": "b.csv"}, Actor("st", Role.STATISTICIAN)),
        ]
        for kind, key, after, by in said:
            record(connection, by, SCORED_AT, [Change(kind=kind, key=key, before=None, after=after, why="test")])
        record(
            connection,
            COORDINATOR,
            SCORED_AT,
            [Change(kind="diary", key="1", before=said[3][2], after=None, why="=x")],
        )
    engine.dispose()
    run("sensors", "bind", "ble:C4:1F:5E:0B:00:01", "--participant", "A-001", "--leg", "L", "--db", url)
    run("sensors", "unbind", "ble:C4:1F:5E:0B:00:01", "--why", "broken, sent back", "--db", url)
    run("sensors", "bind", "ble:C4:1F:5E:0B:00:01", "--participant", "B-001", "--leg", "L", "--db", url)
    assert "13 entries written" in run(
        "audit", "export", "--study", "TEST", "--out", tmp_path / "test.csv", "--db", url
    )
    with (tmp_path / "test.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["kind"] for row in rows) == {
        "night": 2, "version": 1, "version_night": 2, "packet": 1, "reading": 1, "diary": 2, "study_lock": 1,
        "unblinding": 1, "sensor": 2,
    }  # fmt: skip
    assert [int(row["number"]) for row in rows] == sorted(int(row["number"]) for row in rows)
    gone = rows[-1]
    assert (gone["why"], gone["after"], gone["role"]) == ("broken, sent back", "", "coordinator")
    assert "participant: A-001; leg: L" in gone["before"]
    nobody = run("audit", "export", "--study", "NONE", "--out", tmp_path / "none.csv", "--db", url, code=1)
    assert "nothing in the audit trail concerns a study NONE" in nobody
    assert not (tmp_path / "none.csv").exists()
