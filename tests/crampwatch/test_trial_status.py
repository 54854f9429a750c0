"""`trial status` as a coordinator types it."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import tomli_w
from sqlalchemy import update
from typer.testing import CliRunner

from crampwatch.command_line import app
from nights.log.database import open_database
from nights.log.schema import Night
from tests.trial.logs import night, version_with
from tests.trial.studies import person, study_of

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
FIRST = date(2026, 3, 2)


def run(*words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["trial", "status", *(str(word) for word in words)])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of a study: A-001 sends everything, A-002 has a low battery, A-003 sends nothing."""
    url = f"sqlite:///{tmp_path / 'nights.db'}"
    monkeypatch.setenv("CRAMPWATCH_DB", url)
    plan = study_of(*(person(name) for name in ("A-001", "A-002", "A-003")))
    engine = open_database(url)
    with engine.begin() as connection:
        keys = [
            night(connection, FIRST + timedelta(days=day), participant=name)
            for name in ("A-001", "A-002")
            for day in range(3)
        ]
        version_with(connection, plan, keys)
        low = update(Night).where(Night.participant == "A-002")
        connection.execute(low.values(battery_start_share=0.5, battery_end_share=0.125))
    engine.dispose()
    path = tmp_path / "study.toml"
    document = plan.model_dump(mode="python", exclude_none=True, exclude_defaults=True)
    path.write_text(tomli_w.dumps(document), encoding="utf-8")
    return path


def test_sites_come_first_and_then_whom_to_call(study: Path) -> None:
    said = " ".join(run(study, "--night", "2026-03-04").split())
    assert (
        "site A: 3 participants, 3 legs under way, 5.3 (-) usable h a night; 9 nights expected, 6 received" in said
    )
    assert "call about: silent 1, battery_low 1" in said
    assert "site B: 0 participants" in said
    assert 0 < said.index("A-003") < said.index("A-002")
    assert "12% 38% (-)" in said  # in the morning, and drained in 8 h
    assert "A-001" not in said
    assert "legs that need nobody's call: 1;" in said
    assert "last night: 2026-03-04" in said
    assert "A-001" in run(study, "--night", "2026-03-04", "--all")


def test_the_same_as_json_and_as_a_table(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "status.csv"
    document = json.loads(run(study, "--night", "2026-03-04", "--json", "--out", out))
    assert [leg["participant"] for leg in document["legs"]] == ["A-003", "A-002", "A-001"]
    assert document["legs"][0]["last_seen"] is None
    assert document["profile"] == "calf-1"
    with out.open(encoding="utf-8") as file:
        assert [row["participant"] for row in csv.DictReader(file)] == ["A-003", "A-002", "A-001"]
    assert "exists already" in run(study, "--night", "2026-03-04", "--out", out, code=1)


def test_without_a_night_the_last_one_that_is_over_is_looked_at(study: Path) -> None:
    document = json.loads(run(study, "--json"))
    lasts = {date.fromisoformat(leg["last_night"]) for leg in document["legs"]}
    assert lasts <= {YESTERDAY - timedelta(days=1), YESTERDAY}  # by the clock in Zurich
    run(study, "--night", "yesterday", code=2)
