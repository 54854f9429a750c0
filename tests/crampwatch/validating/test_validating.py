"""`crampwatch validate`: cohorts that are what they claim to be, and a page that says what was counted."""

from pathlib import Path

from typer.testing import CliRunner

from crampwatch.command_line import app
from crampwatch.evaluating.predictions import MadeBy
from crampwatch.validating.conditions import Condition, main_cohort, shifted_conditions
from crampwatch.validating.page import validation_page
from crampwatch.validating.scored import scored_nights
from models import Profile
from models.evaluation import EvaluationSettings, evaluate
from simulation import Cohort
from tests.simulation.short_nights import short


def test_the_test_cohort_is_large_enough() -> None:
    names = [name for name, _, _ in main_cohort(1.0).nights()]
    assert len(names) == len(set(names)) == 310
    assert sum(c.wearers * c.nights for c in main_cohort(1.0).cohorts if c.profile.rates.cramps == 0) == 110


def test_every_shifted_condition_changes_what_it_says() -> None:
    first = {condition.name: next(condition.nights())[2] for condition in shifted_conditions(0.1)}
    assert first["500-hz"].streams[0].fs_hz == 500.0
    assert [stream.name for stream in first["no-acc"].streams] == ["emg"]
    assert len({condition.cohorts[0].profile for condition in shifted_conditions(0.1)}) == 6


def test_two_profiles_are_held_against_the_same_nights_and_the_page_says_what_they_counted(tmp_path: Path) -> None:
    strict = tmp_path / "strict.toml"
    strict.write_text('name = "strict"\n[rules]\ncramp_min_s = 1000.0\n', "utf-8")
    profiles = [Profile.load("calf-1"), Profile.load(str(strict))]
    condition = Condition("test", "short nights", (Cohort(77, 2, 1, short("clean", 0.5, cramps=3.0)),))
    nights = list(scored_nights([condition], profiles))
    assert len(nights) == 2
    for first, second in nights:
        assert first.night.truth == second.night.truth
        assert not any(event.label == "cramp" for event in second.night.predicted)
    makers = [scored.made_by for scored in nights[0]]
    evaluations = {
        ("test", maker): evaluate([of[k].night for of in nights], EvaluationSettings(replicates=20))
        for k, maker in enumerate(makers)
    }
    true = evaluations["test", makers[0]].all_cramps.true_cramps
    assert true == sum(event.label == "cramp" for of in nights for event in of[0].night.truth) > 0
    page = validation_page([condition], makers, evaluations)
    assert "| every true cramp, lost time included | `calf-1` | `strict` |" in page
    assert f"0 of {true}" in page
    assert all(isinstance(maker, MadeBy) and str(maker) in page for maker in makers)


def test_an_unknown_profile_ends_with_a_message(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["validate", "calf-9", "--out", str(tmp_path / "page.md")])
    assert result.exit_code == 1
    assert "no profile 'calf-9'" in result.stderr
    assert not (tmp_path / "page.md").exists()
