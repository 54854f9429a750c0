"""The commands of a trial, in the order in which a study needs them, on a small made-up one."""

import csv
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from crampwatch.command_line import app
from nights.log.database import open_database
from tests.glossary import undefined
from trial.simulated import K2, PLANS, simulate_trial
from trial.simulated.writing import write_trial

RUN = CliRunner()
PLAN = replace(K2, n_treated=20, n_control=20, treatment_nights=14, dispersion=0.3)


def run(*words: str | Path, code: int = 0) -> str:
    result = RUN.invoke(app, ["trial", *(str(word) for word in words)])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a made-up trial whose log is the default one."""
    url = f"sqlite:///{tmp_path / 'nights.db'}"
    monkeypatch.setenv("CRAMPWATCH_DB", url)
    trial = simulate_trial(PLAN, 2)
    few = trial.study.endpoint.model_copy(update={"imputations": 3, "tipping_deltas": (1.0,)})
    trial = replace(trial, study=trial.study.model_copy(update={"endpoint": few}))
    engine = open_database(url)
    write_trial(trial, tmp_path, engine, datetime(2026, 6, 1, tzinfo=UTC))
    engine.dispose()
    return tmp_path


def test_the_template_passes_its_own_check(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    run("init", study)
    assert "nothing is wrong" in run("check", study)
    assert "exists already" in run("init", study, code=1)
    study.write_text(study.read_text("utf-8").replace("alpha = 0.05", "alpha = 0.9\nbeta = 1"), "utf-8")
    said = run("check", study, code=1)
    assert "alpha" in said
    assert "beta: is not a key that is known here" in said


def test_before_anything_is_scored_everybody_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPWATCH_DB", f"sqlite:///{tmp_path / 'nights.db'}")
    run("init", tmp_path / "study.toml")
    said = json.loads(run("status", tmp_path / "study.toml", "--night", "2026-03-10", "--json"))
    assert said["version"] is None
    assert {leg["received"] for leg in said["legs"]} == {0}
    assert {"silent" in leg["attention"] for leg in said["legs"] if leg["expected"]} == {True}
    assert "no scored night" in run("endpoint", tmp_path / "study.toml", "--out", tmp_path / "endpoint", code=1)


def test_from_status_to_the_result(made_up: Path) -> None:
    study, key = made_up / "study.toml", made_up / "key.pem"
    assert "last night: 2026-03-01" in run("status", study, "--night", "2026-03-01")
    run("endpoint", study, "--out", made_up / "endpoint")
    with (made_up / "endpoint" / "nights.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40 * 28
    assert {row["cramps"] == "" for row in rows if row["state"] == "missing"} == {True}
    assert "0" in {row["cramps"] for row in rows}
    assert {row["profile"] for row in rows} == {"simulated"}
    assert {row["model"] for row in rows if row["state"] != "missing"} == {"none: simulated counts"}
    allocation = ["--allocation", made_up / "allocation.csv", "--control", "placebo"]
    assert "is not locked" in run("analyse", study, *allocation, "--out", made_up / "result", code=1)
    for name in ("legs", "nights", "weeks", "periods"):
        columns = (made_up / "endpoint" / f"{name}.csv").read_text("utf-8").partition("\n")[0]
        assert undefined(set(columns.split(","))) == set()
    run("key", key)
    assert "may not change a study_lock" in run("lock", study, "--key", key, "--role", "reviewer", code=1)
    run("lock", study, "--key", key)
    assert "is what was locked" in run("prove", study)
    said = run("analyse", study, *allocation, "--out", made_up / "result")
    assert "Rate ratio, active over placebo" in said
    found = json.loads((made_up / "result" / "analysis.json").read_text("utf-8"))
    assert found["analysis"]["primary"]["low"] < 1
    assert "No public recording" in found["notice"]
    assert "never written over" in run("analyse", study, *allocation, "--out", made_up / "result", code=1)


def test_what_was_edited_after_the_lock_is_not_analysed(made_up: Path) -> None:
    study, key = made_up / "study.toml", made_up / "key.pem"
    run("key", key)
    run("lock", study, "--key", key)
    engine = create_engine(f"sqlite:///{made_up / 'nights.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE night SET cramp_count = cramp_count + 1 WHERE id = 7"))
    engine.dispose()
    assert "nights 7: is not what was locked" in run("prove", study, code=1)
    allocation = ["--allocation", made_up / "allocation.csv", "--control", "placebo"]
    assert "the study is not what was locked" in run("analyse", study, *allocation, code=1)


def test_a_trial_in_a_box_goes_the_whole_way_and_ends_with_its_truth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PLANS, "small", PLAN)
    monkeypatch.setenv("CRAMPWATCH_DB", "sqlite:////nowhere/at/all")  # not used, and left as it is
    said = run("simulate", "--like", "small", "--seed", "3", "--out", tmp_path / "box")
    for command in (
        "check",
        "diary import",
        "status",
        "endpoint",
        "key",
        "lock",
        "prove",
        "analyse",
        "concordance",
    ):
        assert f"$ crampwatch trial {command}" in said
    assert os.environ["CRAMPWATCH_DB"] == "sqlite:////nowhere/at/all"
    analysis = json.loads((tmp_path / "box" / "analysis" / "analysis.json").read_text("utf-8"))["analysis"]
    both = json.loads((tmp_path / "box" / "concordance" / "concordance.json").read_text("utf-8"))["endpoints"]
    end = said[said.index("Planted rate ratio") :]
    assert "Planted rate ratio                 0.264" in end
    for name, value in (
        ("the sensor sees", analysis["primary"]["value"]),
        ("the diary alone would have seen", both[1]["ratio"]["value"]),
    ):
        assert any(line.startswith(name) and f"{value:.3f} (" in line for line in end.splitlines())
    assert "is not empty" in run("simulate", "--like", "small", "--out", tmp_path / "box", code=1)


def test_a_trial_in_a_box_can_be_left_to_be_run_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLANS, "small", PLAN)
    said = run("simulate", "--like", "small", "--no-run", "--out", tmp_path / "box")
    assert "$ crampwatch trial lock" in said
    assert sorted(path.name for path in (tmp_path / "box").iterdir() if not path.name.startswith("nights.db")) == [
        "allocation.csv", "diary.csv", "study.toml",
    ]  # fmt: skip
