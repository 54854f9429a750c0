"""`crampwatch trial export`: every format at once, blind to the last byte, whole or not at all."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import create_engine, select, text
from typer.testing import CliRunner

from crampwatch.command_line import app
from nights.log.database import open_database
from nights.log.schema import AuditEntry
from tests.glossary import undefined
from trial.exports.folder import FORMATS
from trial.simulated import K2, simulate_trial
from trial.simulated.writing import write_trial

RUN = CliRunner()
PLAN = replace(K2, n_treated=3, n_control=3, treatment_nights=7)
ARMS = (b"quininium", b"shamolate")
"""Names that stand nowhere else: `active`, for one, is a word of FHIR too."""


def run(*words: str | Path, code: int = 0) -> str:
    result = RUN.invoke(app, ["trial", *(str(word) for word in words)])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def make_up(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make up a trial of six in a folder, whose log at the URL is the default one."""
    monkeypatch.setenv("CRAMPWATCH_DB", url)
    engine = open_database(url)
    write_trial(simulate_trial(PLAN, 3), folder, engine, datetime(2026, 6, 1, tzinfo=UTC))
    engine.dispose()
    allocation = (folder / "allocation.csv").read_text("utf-8")
    named = allocation.replace("active", "quininium").replace("placebo", "shamolate")
    (folder / "allocation.csv").write_text(named, "utf-8")


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_up(tmp_path, f"sqlite:///{tmp_path / 'nights.db'}", monkeypatch)
    return tmp_path


def lock(folder: Path) -> list[str | Path]:
    """Lock the study; return the options that unblind it."""
    run("key", folder / "key.pem")
    run("lock", folder / "study.toml", "--key", folder / "key.pem")
    return ["--allocation", folder / "allocation.csv", "--control", "shamolate"]


def kinds_of_changes() -> list[str]:
    engine = create_engine(os.environ["CRAMPWATCH_DB"])
    with engine.connect() as connection:
        found = list(connection.scalars(select(AuditEntry.kind).order_by(AuditEntry.number)))
    engine.dispose()
    return found


def test_all_formats_are_there_and_the_manifest_has_the_hash_of_every_file(made_up: Path) -> None:
    out = made_up / "export"
    before = kinds_of_changes()
    said = run("export", made_up / "study.toml", "--out", out, "--by", "dm")
    assert "blinded, of version 1 of SIMULATED-3" in said
    assert "No public recording of a nocturnal cramp" in said
    assert sorted(path.name for path in out.iterdir()) == sorted([*FORMATS, "manifest.json"])
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    files = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} - {"manifest.json"}
    assert set(manifest["files"]) == files
    for name in files:
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == manifest["files"][name]
    expected = {"study": "SIMULATED-3", "version": 1, "profile": "simulated", "blinded": True, "locked": False}
    assert {key: manifest[key] for key in expected} == expected
    assert (manifest["by"], manifest["role"]) == ("dm", "statistician")
    assert "simulated trial" in manifest["scored_by"]
    assert "No public recording" in manifest["notice"]
    assert undefined(set(manifest)) == set()
    assert kinds_of_changes() == before  # an export that does not unblind changes nothing


def test_no_byte_of_a_blinded_export_names_an_arm(made_up: Path) -> None:
    run("export", made_up / "study.toml", "--out", made_up / "export")
    for path in (made_up / "export").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(arm in content for arm in ARMS), path


def test_only_a_locked_study_is_unblinded_and_the_trail_says_so(
    tmp_path: Path, log_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_up(tmp_path, log_url, monkeypatch)
    study, out = tmp_path / "study.toml", tmp_path / "export"
    options = ["--allocation", tmp_path / "allocation.csv", "--control", "shamolate"]
    assert "is not locked" in run("export", study, "--out", out, *options, code=1)
    assert not out.exists()
    said = run("export", study, "--out", out, *lock(tmp_path), "--as", "parquet", "--as", "redcap", "--as", "fhir")
    assert "with the arms" in said
    assert kinds_of_changes()[-1] == "unblinding"
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["formats"] == ["parquet", "redcap", "fhir"]
    assert (manifest["blinded"], manifest["locked"]) == (False, True)
    digest = hashlib.sha256((tmp_path / "allocation.csv").read_bytes()).hexdigest()
    assert manifest["allocation"] == {"file": "allocation.csv", "sha256": digest}
    assert all(arm in (out / "redcap" / "participant.csv").read_bytes() for arm in ARMS)
    assert {"quininium", "shamolate"} == set(
        pd.read_parquet(out / "parquet" / "participants.parquet")["arm"].astype(str)
    )
    assert all(any(arm in path.read_bytes() for arm in ARMS) for path in (out / "fhir").glob("Bundle-*.json"))


def test_a_locked_study_that_was_edited_is_not_exported_at_all(made_up: Path) -> None:
    lock(made_up)
    engine = create_engine(f"sqlite:///{made_up / 'nights.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE night SET cramp_count = cramp_count + 1 WHERE id = 7"))
    engine.dispose()
    said = run("export", made_up / "study.toml", "--out", made_up / "export", code=1)
    assert "the study is not what was locked" in said
    assert not (made_up / "export").exists()


def test_nothing_is_written_over_and_nothing_is_half_written(made_up: Path) -> None:
    study, out = made_up / "study.toml", made_up / "export"
    assert "there is no format csv; there are dataset-json" in run(
        "export", study, "--out", out, "--as", "csv", code=1
    )
    assert "go together" in run("export", study, "--out", out, "--control", "shamolate", code=2)
    twins = study.read_text("utf-8").replace('name = "treatment"', 'name = "run_in"')
    (made_up / "twins.toml").write_text(twins, "utf-8")  # REDCap cannot tell its two periods apart
    before = sorted(made_up.iterdir())
    said = run("export", made_up / "twins.toml", "--out", out, "--as", "parquet", "--as", "redcap", code=1)
    assert "would both be the event 'run_in_arm_1' of REDCap" in said
    assert sorted(made_up.iterdir()) == before
    run("export", study, "--out", out, "--as", "parquet")
    assert "is never written over" in run("export", study, "--out", out, code=1)
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "parquet"]


def test_a_killed_export_leaves_nothing_under_its_name_and_can_be_made_again(made_up: Path) -> None:
    program = Path(sys.executable).with_name("crampwatch")
    command = [program, "trial", "export", made_up / "study.toml", "--out", made_up / "export"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    while running.poll() is None and not list(made_up.glob(".export.*.part/*")):
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert not (made_up / "export").exists()
    run("export", made_up / "study.toml", "--out", made_up / "export", "--as", "redcap")
    assert (made_up / "export" / "manifest.json").exists()
