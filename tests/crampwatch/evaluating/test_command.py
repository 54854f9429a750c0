"""The command: what it prints and writes, on nights that the real scorer scored."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any, cast

import pytest
import typer
from typer.testing import CliRunner, Result

from crampwatch.evaluating import evaluate_command
from crampwatch.evaluating.command import DEFAULT_SEED
from crampwatch.scoring import InputError
from models.evaluation import EvaluationSettings
from tests.crampwatch.evaluating.conftest import Cohort, Scored
from tests.crampwatch.evaluating.tables import write_prediction, write_truth

DOCS = Path(__file__).parents[3] / "docs" / "evaluation.md"
app = typer.Typer()
app.command()(evaluate_command)


def sources(page: str) -> list[str]:
    """Return everything that a browser would fetch or follow."""
    return re.findall(r'(?:src|href)="([^"]*)"', page)


def words(page: str) -> str:
    """Return what a browser would show."""
    return unescape(re.sub(r"<[^>]+>", " ", page))


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in (*words, "--replicates", 50)], catch_exceptions=False)


def keys(value: Any) -> set[str]:
    """Every key at any depth of a JSON value."""
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        return set(entries).union(*(keys(inner) for inner in entries.values()))
    return set[str]().union(*(keys(v) for v in cast("list[Any]", value))) if isinstance(value, list) else set()


def test_the_figures_are_those_that_the_cohort_was_made_for(cohort: Cohort) -> None:
    said = json.loads(run(cohort.truth, cohort.predicted, "--json").stdout)
    every, seen = said["all_cramps"], said["observable_cramps"]
    assert (said["n_nights"], said["n_nights_with_count"], said["n_participants"]) == (5, 4, 3)
    assert said["missing_nights"] == ["P3_night-1"]
    assert (every["true_cramps"], every["matched"], every["false_cramps"]) == (3, 1, 1)
    assert (seen["sensitivity"]["value"], every["precision"]["value"]) == (0.5, 0.5)
    assert every["false_per_night"]["value"] == 0.25
    assert every["agreement"]["exact"]["successes"] == 2
    assert said["flags"]["latency"]["median_s"] == pytest.approx(10.5)
    assert said["by_mimic"][0]["kind"] == "standing"


def test_every_output_says_what_made_the_predictions_and_that_simulation_is_only_that(
    cohort: Cohort, records: Scored, tmp_path: Path
) -> None:
    text = run(cohort.truth, cohort.predicted, "--out", tmp_path / "out").stdout
    document = (tmp_path / "out" / "evaluation.json").read_text("utf-8")
    page = words((tmp_path / "out" / "evaluation.html").read_text("utf-8"))
    provenance = records.cramp.provenance
    for output in (text, document, page):
        for said in (provenance.software, provenance.profile_hash, provenance.model, "simulation only: Phase 0"):
            assert said in output


def test_the_page_needs_nothing_but_itself(cohort: Cohort, tmp_path: Path) -> None:
    run(cohort.truth, cohort.predicted, "--out", tmp_path)
    page = (tmp_path / "evaluation.html").read_text("utf-8")
    assert len(sources(page)) == 6
    assert all(source.startswith("data:image/svg+xml;base64,") for source in sources(page))


def test_the_same_nights_give_the_same_bytes(cohort: Cohort, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(cohort.truth, cohort.predicted, "--out", tmp_path / name)
    for name in ("evaluation.json", "evaluation.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_names_from_files_cannot_become_markup(tmp_path: Path, records: Scored) -> None:
    write_truth(tmp_path, "n", "110 80 voluntary <script>x</script>")
    write_prediction(tmp_path, "n", records.cramp, participant="<b>P</b>")
    run(tmp_path, tmp_path, "--out", tmp_path)
    page = (tmp_path / "evaluation.html").read_text("utf-8")
    assert "<script" not in page
    assert "<b>P" not in page


def test_a_cohort_without_any_cramp_is_undefined_and_never_zero(tmp_path: Path, records: Scored) -> None:
    write_truth(tmp_path, "n")
    write_prediction(tmp_path, "n", records.quiet)
    text = run(tmp_path, tmp_path, "--out", tmp_path).stdout
    said = json.loads((tmp_path / "evaluation.json").read_text("utf-8"))
    assert re.search(r"sensitivity +undefined \(0 of 0\)", text)
    assert said["all_cramps"]["sensitivity"]["value"] is None
    assert (said["froc"], said["flags"], said["calibration"]) == (None, None, None)
    page = (tmp_path / "evaluation.html").read_text("utf-8")
    assert len(sources(page)) == 1  # Bland-Altman: one night with a count
    assert "There was no false cramp." in words(page)


def test_a_cohort_without_any_count_is_undefined(tmp_path: Path, records: Scored) -> None:
    write_truth(tmp_path, "n", "100 60 cramp x")
    write_prediction(tmp_path, "n", records.lead_off)
    text = run(tmp_path, tmp_path, "--out", tmp_path).stdout
    assert "false cramps per night" in text
    assert "no count, not in any agreement: n" in text
    assert (
        json.loads((tmp_path / "evaluation.json").read_text("utf-8"))["all_cramps"]["false_per_night"]["value"]
        is None
    )


def test_nights_that_are_left_out_are_named(cohort: Cohort) -> None:
    write_truth(cohort.truth, "P9_night-1")
    text = run(cohort.truth, cohort.predicted, "--allow-unpaired").stdout
    assert "LEFT OUT, truth only: P9_night-1" in text


def test_a_trial_without_cramps_is_bad_input(cohort: Cohort) -> None:
    with pytest.raises(InputError, match="above 0"):
        run(cohort.truth, cohort.predicted, "--treated", 0)


def test_the_tolerance_that_was_asked_for_is_used(cohort: Cohort) -> None:
    said = json.loads(run(cohort.truth, cohort.predicted, "--json", "--before", 0, "--after", 1).stdout)
    assert said["settings"]["tolerance"] == {"before_s": 0.0, "after_s": 1.0}


def test_the_defaults_of_the_command_are_those_of_the_evaluation(cohort: Cohort) -> None:
    said = json.loads(run(cohort.truth, cohort.predicted, "--json").stdout)["settings"]
    defaults = EvaluationSettings()
    assert said["tolerance"] == {"before_s": defaults.tolerance.before_s, "after_s": defaults.tolerance.after_s}
    assert said["trial"]["treated_per_week"] == defaults.trial.treated_per_week
    assert said["trial"]["untreated_per_week"] == defaults.trial.untreated_per_week
    assert said["seed"] == defaults.seed == DEFAULT_SEED


def test_every_key_of_the_output_is_defined(cohort: Cohort) -> None:
    found = keys(json.loads(run(cohort.truth, cohort.predicted, "--json").stdout))
    assert {"froc", "icc", "per_event", "by_prediction_only", "median_s", "brier"} <= found
    assert found - set(re.findall(r"`([^`]+)`", DOCS.read_text("utf-8"))) == set()


def test_the_command_is_there_without_loading_numpy_or_matplotlib() -> None:
    code = "import sys, crampwatch.evaluating; sys.exit('numpy' in sys.modules or 'matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own words
