"""`trial analyse` from the command line: the folder that it writes, and where that says the result comes from."""

import hashlib
import json
from dataclasses import fields
from pathlib import Path

import pytest

from tests.crampwatch.test_trialling import made_up, run
from trial.analysis.analysis import Analysis
from trial.analysis.flow import ArmFlow
from trial.analysis.weekly import WeekOfArm
from trial.report.looks import Look

__all__ = ["made_up"]  # a fixture


@pytest.fixture
def locked(made_up: Path) -> list[str | Path]:
    """Return the words that analyse a made-up study, which is locked."""
    study, key = made_up / "study.toml", made_up / "key.pem"
    run("key", key)
    run("lock", study, "--key", key)
    return ["analyse", study, "--allocation", made_up / "allocation.csv", "--control", "placebo"]


def test_the_folder_holds_the_report_and_its_origin(locked: list[str | Path], tmp_path: Path) -> None:
    out = tmp_path / "result"
    said = run(*locked, "--out", out)
    assert "This trial is simulated" in said
    assert "Everything was done as planned" in said
    files = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert files == {
        "analysis.json",
        "report.html",
        "report.pdf",
        *(f"tables/{name}.csv" for name in ("events", "flow", "looks", "secondary", "weekly")),
        *(f"plots/{name}.svg" for name in ("flow", "forest", "tipping", "weekly")),
    }
    assert (
        (out / "tables" / "events.csv").read_text("utf-8").startswith("kind,strategy,participants,nights,version,")
    )
    found = json.loads((out / "analysis.json").read_text("utf-8"))
    origin = found["origin"]
    assert found["simulated"] is True
    assert origin["study_sha256"] == hashlib.sha256((tmp_path / "study.toml").read_bytes()).hexdigest()
    assert origin["allocation_sha256"] == hashlib.sha256((tmp_path / "allocation.csv").read_bytes()).hexdigest()
    assert len(origin["configurations"]) == 40
    assert origin["audit_head"][0] == origin["locked_audit_head"][0] + 2  # the lock and the unblinding
    page = (out / "report.html").read_text("utf-8")
    assert origin["signature"] in page
    assert origin["public_key"] in page


def test_json_is_printed_as_it_is_written(locked: list[str | Path], tmp_path: Path) -> None:
    printed = json.loads(run(*locked, "--out", tmp_path / "result", "--json"))
    assert printed == json.loads((tmp_path / "result" / "analysis.json").read_text("utf-8"))


def test_every_key_of_the_result_is_in_the_glossary() -> None:
    text = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")
    names = {field.name for of in (Analysis, ArmFlow, WeekOfArm, Look) for field in fields(of)}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []
