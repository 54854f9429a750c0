"""The diary as an endpoint, with answers worked out by hand, and against the truth of a made-up trial."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from tests.trial.studies import person, study_of
from trial.analysis.allocation import Allocation
from trial.analysis.models import negative_binomial
from trial.concordance import diary_counts, diary_nights
from trial.diary import DiaryNight
from trial.nightly import NightState
from trial.simulated import K2, simulate_trial
from trial.study.parts import Event, IntercurrentEvent

FIRST = date(2026, 3, 2)


def written(name: str, cramps: Sequence[int | None]) -> list[DiaryNight]:
    return [
        DiaryNight(name, FIRST + timedelta(days=k), n, (), None, "diary.csv", k + 2)
        for k, n in enumerate(cramps)
        if n is not None
    ]


def test_a_night_without_an_entry_is_missing_and_a_zero_is_a_count() -> None:
    study = study_of(person("A-1"), run_in=1, treatment=2)
    nights = list(diary_nights(study, written("A-1", [2, None, 0])))
    assert [night.muscle_cramps for night in nights] == [2, None, 0]
    assert [night.state for night in nights] == [NightState.VALID, NightState.MISSING, NightState.VALID]
    assert sum(night.seen_s for night in nights) == 2 * 8 * 3600


def test_one_row_per_week_of_treatment_with_an_entry() -> None:
    study = study_of(person("A-1"), person("A-2"))
    allocation = Allocation("placebo", "active", {"A-1": "placebo", "A-2": "active"})
    run_in, none = [1] * 7, [None] * 7
    diary = written("A-1", [*run_in, 2, 0, 1, None, None, None, None, *[0] * 7])
    diary += written("A-2", [*none, *none, 3, *[None] * 6])
    counts = diary_counts(study, diary, allocation)
    assert counts.count.tolist() == [3, 0, 3]
    assert counts.exposure.tolist() == pytest.approx([3 / 7, 1, 1 / 7])
    assert counts.cluster.tolist() == [0, 0, 1]
    assert counts.covariates["treated"].tolist() == [0, 0, 1]
    mean = 7.5  # cramps a week of the run-ins that were written down: 7 in one week, and half a one
    expected = [np.log((n + 0.5) / (weeks + 0.5 / mean)) for n, weeks in ((7, 1), (7, 1), (0, 0))]
    assert counts.covariates["baseline"].tolist() == pytest.approx(expected)


def test_nights_that_the_estimand_leaves_out_are_left_out_of_the_diary_too() -> None:
    event = Event(kind="hospital", first_night=date(2026, 3, 9), last_night=date(2026, 3, 11))
    planned = IntercurrentEvent(kind="hospital", strategy="while-on-treatment", rationale="for a test of it")
    in_hospital = person("A-1").model_copy(update={"events": (event,)})
    changes = {"intercurrent_events": (planned,), "participants": (in_hospital, person("A-2"))}
    study = study_of(person("A-1"), person("A-2")).model_copy(update=changes)
    allocation = Allocation("placebo", "active", {"A-1": "placebo", "A-2": "active"})
    counts = diary_counts(study, written("A-1", [1] * 14), allocation)
    assert counts.count.tolist() == [4]
    assert counts.exposure.tolist() == pytest.approx([4 / 7])


def test_a_diary_that_misses_nothing_finds_the_planted_ratio_and_a_poor_one_does_not() -> None:
    perfect = replace(
        K2, diary_noticed=1.0, diary_fatigue_per_week=1.0, diary_left_out=0.0, diary_made_up=0.0,
        diary_other_per_week=0.0, dropout_share=0.0,
    )  # fmt: skip
    ratios: list[float] = []
    for plan in (perfect, K2):
        trial = simulate_trial(plan, 3)
        found = negative_binomial(diary_counts(trial.study, trial.diary, trial.allocation)).ratio("treated")
        assert (found.low < plan.true_ratio < found.high) == (plan is perfect)
        ratios.append(found.value)
    assert ratios[0] < ratios[1] < 1  # felt elsewhere and made up: the diary draws the ratio towards 1
