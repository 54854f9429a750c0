"""`crampwatch simulate`: files that the rest of the program reads and scores."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crampwatch.command_line import app
from crampwatch.scoring import InputError, Request, score_recording, silent
from crampwatch.simulating import TRUTH_COLUMNS, profile_named, settings_hash, write_cohort
from models import Profile
from recordings import open_recording
from simulation import PROFILES, Cohort
from tests.simulation.short_nights import short

COHORT = Cohort(41, 2, 2, short("hard", 0.25, cramps=3.0, dropouts_per_h=8.0))


def table(path: Path) -> list[dict[str, str]]:
    """Read a truth table."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


def test_nights_are_written_with_truth_and_manifest(tmp_path: Path) -> None:
    out = tmp_path / "made-up"
    manifest = write_cohort(out, COHORT)
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8")) == manifest
    assert (manifest["seed"], manifest["profile"], manifest["wearers"]) == (41, "hard", 2)
    assert [row["recording"] for row in manifest["nights"]] == [
        f"sub-00{k}_night-0{m}.edf" for k in (1, 2) for m in (1, 2)
    ]
    for row, night in zip(manifest["nights"], COHORT, strict=True):
        content = (out / row["recording"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["recording_sha256"]
        recording = open_recording(out / row["recording"])
        assert (recording.start, recording.duration_s) == (night.start, night.duration_s)
        assert [c.name for s in recording.streams for c in s.channels] == [
            c.name for s in night.streams for c in s.channels
        ]
        rows = table(out / row["truth"])
        assert tuple(rows[0]) == TRUTH_COLUMNS
        assert sum(r["trial_type"] == "cramp" for r in rows) == row["n_cramps"]
    assert manifest["n_cramps"] == sum(row["n_cramps"] for row in manifest["nights"])


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    cohort = Cohort(42, 1, 1, short("young", 0.1))
    assert write_cohort(tmp_path / "a", cohort) == write_cohort(tmp_path / "b", cohort)


def test_a_simulated_night_is_scored_without_error(tmp_path: Path) -> None:
    manifest = write_cohort(tmp_path, Cohort(43, 1, 1, COHORT.profile))
    path = tmp_path / manifest["nights"][0]["recording"]
    request = Request(profile=Profile.load("calf-1"))
    record = score_recording(path, tmp_path / "scored", request, silent).record
    assert record.monitored_s == manifest["nights"][0]["duration_s"]
    assert record.cramp_count is not None


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="not an empty folder"):
        write_cohort(tmp_path, COHORT)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="older, young, clean, hard, no-cramps"):
        profile_named("elder")


def test_profiles_have_hashes_of_their_own() -> None:
    assert len({settings_hash(profile) for profile in PROFILES.values()}) == len(PROFILES)


def test_the_command_tells_what_it_wants() -> None:
    said = CliRunner().invoke(app, ["simulate", "--help"])
    assert said.exit_code == 0
    assert "no recording of a nocturnal cramp is public" in " ".join(said.output.split())
    assert CliRunner().invoke(app, ["simulate", "--out", "x", "--wearers", "0"]).exit_code == 2
