"""The command line as a new user meets it: files, exit codes, messages, and what stays after a failure."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from crampwatch import options
from crampwatch.command_line import app
from models import DEFAULT_PROFILE
from recordings.samples import sample_path

COMPOSITE = str(sample_path("composite_night.edf"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder with a log of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRAMPWATCH_DB", f"sqlite:///{tmp_path / 'log.db'}")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_score_writes_the_three_files_and_says_the_count(here: Path) -> None:
    result = run("score", COMPOSITE)
    assert result.exit_code == 0, result.output
    assert "composite_night.edf: 1 cramp" in result.stdout
    names = sorted(path.name for path in (here / "crampwatch-results").iterdir())
    assert names == ["composite_night_events.tsv", "composite_night_night.json", "composite_night_report.html"]


def test_json_goes_to_stdout_and_nothing_else_does(here: Path) -> None:
    result = run("score", COMPOSITE, "--json", "--no-report", "--zone", "Europe/Zurich", "--participant", "P-07")
    (night,) = json.loads(result.stdout)
    assert night["cramp_count"] == 1
    assert night["recording"]["start"] == "2026-01-15T23:00:00+01:00"
    assert night["recording"]["participant"] == "P-07"
    assert [Path(file).suffix for file in night["files"]] == [".tsv", ".json"]
    assert (here / night["files"][0]).is_file()


def test_scoring_again_changes_nothing_and_another_profile_adds_a_second_result(here: Path) -> None:
    (here / "strict.toml").write_text('name = "strict"\n[rules]\ncramp_min_s = 90.0\n', "utf-8")
    first = json.loads(run("score", COMPOSITE, "--json", "--no-report").stdout)[0]
    events = (here / first["files"][0]).read_bytes()
    again = json.loads(run("score", COMPOSITE, "--json", "--no-report").stdout)[0]
    assert (again["log_id"], again["new_in_log"]) == (first["log_id"], False)
    assert (here / first["files"][0]).read_bytes() == events
    other = json.loads(run("score", COMPOSITE, "--json", "--no-report", "--profile", "strict.toml").stdout)[0]
    assert (other["new_in_log"], other["cramp_count"]) == (True, 0)
    rows = json.loads(run("nights", "list", "--json").stdout)
    assert [(row["profile"], row["cramp_count"]) for row in rows] == [(DEFAULT_PROFILE, 1), ("strict", 0)]


def test_the_default_profile_of_the_commands_is_that_of_the_library() -> None:
    assert options.DEFAULT_PROFILE == DEFAULT_PROFILE


def test_one_broken_file_does_not_stop_the_others(here: Path) -> None:
    folder = here / "nights" / "site-1"
    folder.mkdir(parents=True)
    shutil.copy(COMPOSITE, folder / "good.edf")
    (here / "nights" / "broken.edf").write_bytes(b"0       no such thing")
    result = run("score", "nights", "--no-report")
    assert result.exit_code == 3, result.output
    assert "good.edf: 1 cramp" in result.stdout
    assert "broken.edf: NOT SCORED" in result.stderr
    assert (here / "crampwatch-results" / "site-1" / "good_events.tsv").is_file()
    assert not list((here / "crampwatch-results").glob("broken*"))


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("score", "nowhere.edf"), 1, "there is no file or folder nowhere.edf"),
        (("score", "."), 1, "holds no recording"),
        (("score", COMPOSITE, "--profile", "calf-9"), 1, "no profile 'calf-9'"),
        (("score", COMPOSITE, "--zone", "Mars/Olympus"), 1, "no time zone 'Mars/Olympus'"),
        (("score", COMPOSITE, "--emg", "EMG XX"), 1, "EMG XX"),
        (("score", COMPOSITE, COMPOSITE), 1, "would both be written"),
        (("score",), 2, "Missing argument"),
        (("replay", COMPOSITE, "--speed", "fast"), 2, "neither a number above 0 nor max"),
        (("replay", COMPOSITE, "--speed", "-1"), 2, "neither a number above 0 nor max"),
        (("nights", "show", "7"), 1, "no night 7 in the log"),
        (("score", COMPOSITE, "--db", "sqlite:////dev/null/log.db"), 1, "log"),
    ],
)
@pytest.mark.usefixtures("here")
def test_bad_input_ends_with_a_message_and_its_code(words: tuple[str, ...], code: int, message: str) -> None:
    result = run(*words)
    assert result.exit_code == code, result.output
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.output


def test_results_that_cannot_be_written_are_said_so(here: Path) -> None:
    (here / "taken").write_text("a file where a folder is wanted", "utf-8")
    result = run("score", COMPOSITE, "--no-report", "--out", "taken")
    assert result.exit_code == 1
    assert "NOT SCORED" in result.stderr


@pytest.mark.usefixtures("here")
def test_replay_flags_the_contraction_within_fifteen_seconds_and_counts_what_score_counts() -> None:
    said = [json.loads(line) for line in run("replay", COMPOSITE, "--json").stdout.splitlines()]
    (flag,) = [line for line in said if line["said"] == "flag"]
    assert flag["onset_s"] == pytest.approx(205.0, abs=0.1)
    assert flag["at_s"] - flag["onset_s"] <= 15.0
    (cramp,) = [line for line in said if line.get("label") == "cramp"]
    assert cramp["at_s"] - (cramp["onset_s"] + cramp["duration_s"]) <= 60.0
    end = said[-1]
    scored = json.loads(run("score", COMPOSITE, "--json", "--no-report").stdout)[0]
    assert (end["cramp_count"], end["usable_s"]) == (scored["cramp_count"], scored["usable_s"])


@pytest.mark.usefixtures("here")
def test_replay_takes_as_long_as_its_speed_says() -> None:
    result = run("replay", COMPOSITE, "--speed", "1000")
    assert result.exit_code == 0
    assert "FLAG" in result.stdout
    assert "END" in result.stdout


def test_nights_are_listed_and_shown(here: Path) -> None:
    assert "no such night" in run("nights", "list").stdout
    run("score", COMPOSITE, "--no-report")
    assert "2026-01-15  composite" in run("nights", "list").stdout
    assert "2026-01-15" not in run("nights", "list", "--since", "2026-01-16").stdout
    shown = run("nights", "show", "1").stdout
    assert "1 cramps" in shown
    assert shown.count("leg_movement") == 8
    assert json.loads(run("nights", "show", "1", "--json").stdout)["cramp_count"] == 1
    assert (here / "log.db").is_file()


def test_a_missing_count_is_never_a_number(here: Path) -> None:
    shutil.copy(sample_path("treadmill_walk.edf"), here / "walk.edf")
    result = run("score", "walk.edf", "--emg", "EMG GM", "--no-report")
    assert result.exit_code == 0
    assert "NO COUNT (no_usable_time)" in result.stdout
    assert "MISSING (no_usable_time)" in run("nights", "list").stdout


def test_demo_goes_the_whole_way_in_its_own_folder_and_can_be_repeated(here: Path) -> None:
    result = run("demo")
    assert result.exit_code == 0, result.output
    assert "no recording of a nocturnal cramp is public" in result.stdout
    assert "FLAG" in result.stdout
    assert "2 true cramps" in result.stdout
    assert len(list((here / "crampwatch-demo").glob("demo_L_*_report.html"))) == 1
    results = result.stdout[result.stdout.index("Held against") :]
    assert run("demo").stdout.endswith(results)  # what was said when depends on how busy the computer is
    assert not (here / "log.db").exists()  # the user's own log is left alone


def test_the_installed_command_runs() -> None:
    command = Path(sys.executable).with_name("crampwatch")
    result = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert "score" in result.stdout
