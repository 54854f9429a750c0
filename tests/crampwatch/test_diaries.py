"""`trial diary import` as a study nurse uses it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crampwatch.command_line import app
from nights.log.database import open_database
from trial.simulated import K2, simulate_trial
from trial.simulated.writing import write_trial

RUN = CliRunner()
REDCAP = (
    "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,mq_date,mq_n,mq_complete\n"
    "1,home_arm_1,,,,,\n1,home_arm_1,mq,1,2026-03-03,2,2\n1,home_arm_1,mq,2,2026-03-04,,0\n"
)
FIELDS = (
    'instrument = "mq"\nnight = "mq_date"\ndated = "morning"\ncramps = "mq_n"\ncomplete = "mq_complete"\n'
    '[participants]\n1 = "A-001"\n'
)


def run(*words: str | Path, code: int = 0) -> str:
    result = RUN.invoke(app, ["trial", *(str(word) for word in words)])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the template as a study whose log is empty and the default one."""
    monkeypatch.setenv("CRAMPWATCH_DB", f"sqlite:///{tmp_path / 'nights.db'}")
    run("init", tmp_path / "study.toml")
    return tmp_path / "study.toml"


def test_a_diary_is_imported_corrected_and_audited(study: Path, tmp_path: Path) -> None:
    diary = tmp_path / "diary.csv"
    diary.write_text("participant,night,cramps\nA-001,2026-03-02,1\nA-002,2026-03-09,0\n", encoding="utf-8")
    assert "2 nights of 2 participants: 2 new, 0 changed, 0 in the log already" in run(
        "diary", "import", study, diary
    )
    assert "0 new, 0 changed, 2 in the log already" in run("diary", "import", study, diary)
    diary.write_text("participant,night,cramps\nA-001,2026-03-02,3\n", encoding="utf-8")
    said = run("diary", "import", study, diary, code=1)
    assert "line 2: A-001 2026-03-02 is in the log with 1 cramps (from diary.csv line 2), here with 3" in said
    why = ["--amend", "--why", "misread", "--by", "sn"]
    assert "may not change a diary" in run("diary", "import", study, diary, *why, "--role", "reviewer", code=1)
    assert "0 new, 1 changed, 0 in" in run("diary", "import", study, diary, *why)
    assert RUN.invoke(app, ["verify"]).exit_code == 0


def test_everything_wrong_is_said_and_nothing_imported(study: Path, tmp_path: Path) -> None:
    diary = tmp_path / "diary.csv"
    diary.write_text("participant,night,cramps\nA-001,2026-03-02,1\nA-009,2026-03-02,x\n", encoding="utf-8")
    said = run("diary", "import", study, diary, code=1)
    assert "line 3: participant 'A-009' is not in the study" in said
    assert "line 3: count 'x' is no whole number" in said
    diary.write_text("participant,night,cramps\nA-001,2026-03-02,1\n", encoding="utf-8")
    assert "1 new, 0 changed, 0 in the log already" in run("diary", "import", study, diary)


def test_an_export_of_redcap_with_fields_of_its_own(study: Path, tmp_path: Path) -> None:
    export, fields = tmp_path / "export.csv", tmp_path / "fields.toml"
    export.write_text(REDCAP, encoding="utf-8")
    fields.write_text(FIELDS, encoding="utf-8")
    assert "there is no column 'diary_date' (night)" in run("diary", "import", study, export, code=1)
    said = run("diary", "import", study, export, "--fields", fields)
    assert "(redcap): 1 nights of 1 participants: 1 new" in said
    assert "left out, a form that is incomplete: 1 lines (4)" in said
    assert "left out, no diary form, or an empty one: 1 lines (2)" in said


@pytest.mark.parametrize(
    "words",
    [
        ("--amend",),
        ("--why", "x"),
        ("--amend", "--why", " "),
        ("--format", "xml"),
        ("--format", "plain", "--fields", "fields.toml"),
    ],
)
def test_options_that_do_not_fit_are_refused(study: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    run("diary", "import", study, tmp_path / "diary.csv", *words, code=2)


def test_what_is_exported_for_redcap_is_imported_as_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'nights.db'}"
    monkeypatch.setenv("CRAMPWATCH_DB", url)
    engine = open_database(url)
    trial = simulate_trial(replace(K2, n_treated=2, n_control=2), 2)
    write_trial(trial, tmp_path, engine, datetime(2026, 6, 1, tzinfo=UTC))
    engine.dispose()
    study, timed = tmp_path / "study.toml", tmp_path / "timed.csv"
    lines = ["participant,night,cramps,times,severity"]
    lines += [f"{entry.participant},{entry.night},2,04:10;23:40,3.5" for entry in trial.diary[:3]]
    lines += [f"{entry.participant},{entry.night},{entry.cramps},," for entry in trial.diary[3:]]
    timed.write_text("\n".join(lines), encoding="utf-8")
    run("diary", "import", study, timed)
    run("export", study, "--as", "redcap", "--out", tmp_path / "out")
    n = len(trial.diary)
    assert f"(redcap): {n} nights of 4 participants: 0 new, 0 changed, {n} in the log already" in run(
        "diary", "import", study, tmp_path / "out" / "redcap" / "diary.csv"
    )
