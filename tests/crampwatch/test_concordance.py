"""`trial concordance` on a small made-up trial, blinded and with arms."""

import csv
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from crampwatch.command_line import app
from nights.log.database import open_database
from trial.concordance.writing import FILES
from trial.simulated import K2, simulate_trial
from trial.simulated.writing import write_trial

RUN = CliRunner()
SOFTWARE = f"crampwatch {version('crampwatch')}, simulated trial"
PLAN = replace(K2, n_treated=12, n_control=12, treatment_nights=14, dispersion=0.3)


def run(*words: str | Path, code: int = 0) -> str:
    result = RUN.invoke(app, ["trial", *(str(word) for word in words)], env={"COLUMNS": "160"})
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a made-up trial whose log is the default one, its diary not imported yet."""
    url = f"sqlite:///{tmp_path / 'nights.db'}"
    monkeypatch.setenv("CRAMPWATCH_DB", url)
    engine = open_database(url)
    write_trial(simulate_trial(PLAN, 2), tmp_path, engine, datetime(2026, 6, 1, tzinfo=UTC))
    engine.dispose()
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_blinded_the_comparison_is_shown_and_written_once_and_no_arm_is_in_it(made_up: Path) -> None:
    study, out = made_up / "study.toml", made_up / "concordance"
    assert "has no diary in this log; run crampwatch trial diary import first" in run("concordance", study, code=1)
    run("diary", "import", study, made_up / "diary.csv")
    said = run("concordance", study, "--out", out)
    assert "Cohen's kappa" in said
    assert f"scored by {SOFTWARE}" in said
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    nights = rows(out / "nights.csv")
    assert len(nights) == 24 * 28
    assert {night["felt_and_seen"] == "" for night in nights if night["standing"] != "compared"} == {True}
    assert {night["felt"] == "" for night in nights if night["standing"] in ("no_diary", "neither")} == {True}
    assert {night["software"] for night in nights} == {SOFTWARE}
    people = rows(out / "participants.csv")
    document = json.loads((out / "concordance.json").read_text("utf-8"))
    assert (
        sum(int(person["felt_and_seen"] or 0) for person in people) == document["concordance"]["by_cramp"]["pairs"]
    )
    assert sum(document["concordance"]["standings"].values()) == len(nights)
    assert "endpoints" not in document
    for path in out.iterdir():
        content = path.read_text("utf-8")
        assert not re.search("placebo|active", content), path
        if path.suffix == ".svg":
            assert content.rstrip().endswith("</svg>")
    assert "never written over" in run("concordance", study, "--out", out, code=1)
    assert json.loads(run("concordance", study, "--json")) == document
    assert "is not above 0" in run("concordance", study, "--tolerance", "0", code=1)


def test_arms_are_read_of_a_locked_study_only_and_that_is_in_the_audit_trail(made_up: Path) -> None:
    study, key, out = made_up / "study.toml", made_up / "key.pem", made_up / "unblinded"
    run("diary", "import", study, made_up / "diary.csv")
    arms = ["--allocation", made_up / "allocation.csv", "--control", "placebo"]
    run("concordance", study, *arms[:2], code=2)
    run("concordance", study, *arms[2:], code=2)
    assert "is not locked" in run("concordance", study, *arms, code=1)
    run("key", key)
    run("lock", study, "--key", key)
    said = run("concordance", study, *arms, "--out", out, "--by", "mk")
    assert re.search(r"sensor .*\n.* diary ", said)
    sensor, diary = json.loads((out / "concordance.json").read_text("utf-8"))["endpoints"]
    assert (sensor["source"], diary["source"]) == ("sensor", "diary")
    assert sensor["n_weeks"] > 24 < diary["n_weeks"]
    engine = create_engine(f"sqlite:///{made_up / 'nights.db'}")
    with engine.begin() as connection:
        (who, why) = connection.execute(text("SELECT actor, why FROM audit WHERE kind = 'unblinding'")).one()
        connection.execute(text("UPDATE diary SET cramps = cramps + 1 WHERE id = 3"))
    engine.dispose()
    assert (who, why) == ("mk", "to say what a diary alone would have concluded")
    assert "the study is not what was locked" in run("concordance", study, *arms, code=1)
