"""Blinded review from the command line: a scored recording, two readers, a third, and the endpoint after it."""

import csv
import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from crampwatch.command_line import app
from nights.log.audit import SOFTWARE, entries
from nights.log.database import open_database
from nights.log.schema import EpisodeOfNight, Night
from recordings.samples import sample_path
from trial.records import Version, begin_version, join_version

COMPOSITE = sample_path("composite_night.edf")
STUDY = """
name = "BLIND"
title = "One night"
profile = "calf-1"
[review]
near_miss_probability = 0.0
[[periods]]
name = "treatment"
kind = "treatment"
nights = 2
[[sites]]
id = "A"
zone = "Europe/Zurich"
[[participants]]
id = "QQ-77"
site = "A"
first_night = 2026-01-15
legs = ["L", "R"]
"""


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


@dataclass(frozen=True, slots=True)
class Place:
    """A study whose one night was scored, in a log of its own."""

    folder: Path
    url: str

    def review(self, command: str, *words: str | Path, code: int = 0) -> str:
        """Run a command of the review; return what it says."""
        return run("trial", "review", command, self.folder / "study.toml", *words, "--db", self.url, code=code)

    def packets(self, reader: str, *words: str | Path) -> Path:
        """Write what a reader has to read; return the folder."""
        out = self.folder / f"for-{reader}"
        self.review("packets", "--reader", reader, "--out", out, *words)
        return out

    def read(self, folder: Path, reader: str, label: str) -> str:
        """Fill in the form of a folder with one label and import it."""
        form = folder / "readings.csv"
        codes = [row["code"] for row in csv.DictReader(form.read_text("utf-8").splitlines())]
        form.write_text("\n".join(["code,label,comment", *(f"{code},{label}," for code in codes)]), "utf-8")
        return self.review("import", form, "--reader", reader)

    def cramps(self, *words: str) -> int:
        """Write the tables of the endpoint; return the cramps in them."""
        out = self.folder / f"endpoint{len(words)}"
        run("trial", "endpoint", self.folder / "study.toml", "--out", out, "--db", self.url, *words)
        rows = list(csv.DictReader((out / "nights.csv").read_text("utf-8").splitlines()))
        assert {row["labels"] for row in rows} == {"adjudicated" if words else "program"}
        return sum(int(row["cramps"]) for row in rows if row["cramps"])


@pytest.fixture
def place(log_url: str, tmp_path: Path) -> Place:
    (tmp_path / "study.toml").write_text(STUDY, "utf-8")
    (tmp_path / "nights").mkdir()
    shutil.copy(COMPOSITE, tmp_path / "nights" / "renamed.edf")
    words = ("--participant", "QQ-77", "--zone", "Europe/Zurich", "--no-report", "--out", tmp_path / "scored")
    run("score", COMPOSITE, *words, "--db", log_url, "--profile", "calf-1")
    engine = open_database(log_url)
    with engine.begin() as connection:
        night = connection.execute(select(Night.__table__)).mappings().one()
        made = Version(1, night["profile"], night["profile_hash"], night["software"])
        begin_version(connection, "BLIND", made, SOFTWARE, datetime.now(UTC))
        key = f"{night['recording_sha256']} {night['channel']}"
        join_version(connection, "BLIND", 1, {key: night["id"]}, SOFTWARE, datetime.now(UTC))
    engine.dispose()
    return Place(tmp_path, log_url)


def test_from_drawing_to_the_adjudicated_endpoint(place: Place) -> None:
    assert "no packet was drawn" in place.review("status", code=1)
    assert "1 counted cramps and" in place.review("draw")
    first = place.packets("reader-1", "--recordings", place.folder / "nights")
    assert "is not empty" in place.review("packets", "--reader", "reader-1", "--out", first, code=1)
    codes = [path.stem for path in first.glob("*.json")]
    for code in codes:
        assert "data:image/svg+xml" in (first / f"{code}.html").read_text("utf-8")
    assert "not done" in place.review("agreement", code=1)
    assert f"{len(codes)} readings by reader-1 entered; 0 packets" in place.read(first, "reader-1", "voluntary")
    assert "has read packet" in place.review("import", first / "readings.csv", "--reader", "reader-1", code=1)
    second = place.packets("reader-2")
    place.read(second, "reader-2", "cannot_tell")
    status = place.review("status")
    assert "voluntary" not in status
    assert "cannot" not in status
    place.read(place.packets("reader-3"), "reader-3", "gait")
    assert (place.cramps(), place.cramps("--adjudicated")) == (1, 0)
    assert "may see it" in place.review("agreement", "--role", "coordinator", code=1)
    found = json.loads(place.review("agreement", "--json"))
    assert (found["agreement"]["packets"], found["agreement"]["waiting"]) == (len(codes), 0)
    assert found["agreement"]["program"][2]["only_other"] == 1
    assert "cramp or not" in place.review("agreement")


def test_the_signals_are_those_of_the_recording_around_the_episode(place: Place) -> None:
    """The recording is found by its hash under another name; nothing else in the folder is taken for it."""
    place.review("draw")
    (place.folder / "nights" / "composite_night.edf").write_bytes(b"not this one")
    out = place.packets("reader-1", "--recordings", place.folder / "nights")
    engine = open_database(place.url)
    with engine.connect() as connection:
        wanted = select(EpisodeOfNight.__table__).where(EpisodeOfNight.label == "cramp")
        row = connection.execute(wanted).mappings().one()
    engine.dispose()
    documents = [json.loads(path.read_text("utf-8")) for path in out.glob("*.json")]
    lengths = [document["features"]["duration_s"] for document in documents]
    found = documents[lengths.index(min(lengths, key=lambda length: abs(length - row["duration_s"])))]
    signals = found["signals"]
    assert signals["onset_s"] == pytest.approx(min(30.0, row["onset_s"]), abs=0.01)
    step = signals["envelope_step_s"]
    first = int((signals["onset_s"] + 2) / step)
    level = signals["envelope_uv"][0][first : first + 40]
    assert min(level) > 2 * row["features"]["floor_uv"]


def test_without_the_recording_a_packet_has_numbers_only_and_it_is_said(place: Place) -> None:
    place.review("draw")
    (place.folder / "nights" / "renamed.edf").unlink()
    said = place.review(
        "packets", "--reader", "reader-1", "--out", place.folder / "o", "--recordings", place.folder / "nights"
    )
    assert "are without signals: no recording below" in said
    assert "there is no folder" in place.review(
        "packets", "--reader", "reader-1", "--out", place.folder / "p", "--recordings", place.folder / "x", code=1
    )


def test_what_a_reader_gets_of_a_real_recording_tells_nothing_of_it(place: Place) -> None:
    place.review("draw")
    out = place.packets("reader-1", "--recordings", place.folder / "nights")
    digest = hashlib.sha256(COMPOSITE.read_bytes()).hexdigest()
    secrets = ("QQ-77", "BLIND", "Zurich", "2026", "composite", "renamed", "calf-1", "probability", digest[:8])
    for path in out.iterdir():
        plain = path.read_text("utf-8").split("data:image/svg+xml;base64,")
        text = plain[0] + "".join(part.split('"', 1)[1] for part in plain[1:])
        assert [secret for secret in secrets if secret.lower() in text.lower()] == [], path.name


def test_a_reading_is_corrected_with_a_reason_by_its_reader(place: Place) -> None:
    place.review("draw")
    code = next(place.packets("reader-1").glob("*.json")).stem
    place.review("read", code, "gait", "--reader", "reader-1", "--comment", "steps")
    assert "already; correct it" in place.review("read", code, "cramp", "--reader", "reader-1", code=1)
    assert "names no reader" in place.review("read", code, "cramp", "--reader", "nobody", code=1)
    assert "is no label" in place.review("read", code, "krampf", "--reader", "reader-2", code=1)
    place.review("read", code, "cramp", "--reader", "reader-1", "--why", "wrong line")
    engine = open_database(place.url)
    with engine.connect() as connection:
        last = list(entries(connection))[-1]
    engine.dispose()
    assert (last.before or {})["label"] == "gait"
    assert (last.after or {})["label"] == "cramp"


def test_a_locked_study_takes_no_packet_and_no_reading(place: Place) -> None:
    place.review("draw")
    code = next(place.packets("reader-1").glob("*.json")).stem
    run("trial", "key", place.folder / "key.pem")
    run("trial", "lock", place.folder / "study.toml", "--key", place.folder / "key.pem", "--db", place.url)
    assert "frozen" in place.review("draw", code=1)
    assert "frozen" in place.review("read", code, "cramp", "--reader", "reader-1", code=1)
    assert "is what was locked" in run("trial", "prove", place.folder / "study.toml", "--db", place.url)
