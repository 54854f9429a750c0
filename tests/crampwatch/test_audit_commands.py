"""`verify` and `audit`, as a user types them."""

import json
import sqlite3
from pathlib import Path

from typer.testing import CliRunner

from crampwatch.command_line import app
from recordings.samples import sample_path

RUN = CliRunner()


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
    assert "1 audit entries and every night" in run("verify", "--db", url, "--head", head)
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
