"""Made-up trials: the same everywhere, with the planted rates, and with a diary that is wrong as planned."""

from dataclasses import replace

import numpy as np
import pytest

from trial.endpoint.rows import WEEK_OF_NIGHTS_H, period_rows
from trial.nightly import leg_nights, participant_nights
from trial.simulated import K2, SimulatedTrial, TrialPlan, simulate_trial
from trial.study import PeriodKind

LARGE = replace(
    K2,
    n_treated=150,
    n_control=150,
    treatment_nights=28,
    dispersion=0.05,
    change_dispersion=0.01,
    dropout_share=0.0,
)
FLAWLESS = replace(LARGE, sensitivity=1.0, false_per_night=0.0)


def weekly(trial: SimulatedTrial, *, treated: bool) -> float:
    """Return cramps counted per 56 usable hours of treatment, over all participants of an arm."""
    nights = list(participant_nights(trial.study, leg_nights(trial.study, trial.results)))
    rows = [
        row.measures
        for row in period_rows(trial.study, nights)
        if row.kind is PeriodKind.TREATMENT and trial.allocation.is_treated(row.participant) is treated
    ]
    return sum(row.cramps or 0 for row in rows) / sum(row.exposure_h for row in rows) * WEEK_OF_NIGHTS_H


def test_the_same_seed_gives_the_same_trial_and_another_does_not() -> None:
    small = replace(K2, n_treated=4, n_control=4)
    assert simulate_trial(small, 1) == simulate_trial(small, 1)
    assert simulate_trial(small, 1) != simulate_trial(small, 2)


def test_the_first_participants_stay_when_arms_grow() -> None:
    one, other = (simulate_trial(replace(K2, n_treated=n, n_control=4), 1) for n in (4, 5))
    assert len(one.study.participants) + 1 == len(other.study.participants)


@pytest.fixture(scope="module")
def flawless() -> SimulatedTrial:
    return simulate_trial(FLAWLESS, 3)


def test_a_sensor_without_errors_sees_the_planted_rates(flawless: SimulatedTrial) -> None:
    # 300 people x 28 nights: standard errors of about 3 and 5 %
    assert weekly(flawless, treated=False) == pytest.approx(3.63, rel=0.1)
    assert weekly(flawless, treated=True) == pytest.approx(0.96, rel=0.15)


def test_a_sensor_with_errors_sees_what_its_errors_make_of_them(flawless: SimulatedTrial) -> None:
    wrong = simulate_trial(replace(LARGE, sensitivity=0.8, false_per_night=0.1), 3)
    assert weekly(wrong, treated=True) == pytest.approx(0.8 * weekly(flawless, treated=True) + 0.7, rel=0.1)


def test_rates_change_from_the_run_in_to_the_treatment_as_planned() -> None:
    # of many true cramps the log of treatment over run-in has the variance of the log of a gamma factor of mean 1
    # and shape 1/0.2 = 5, trigamma(5) = 0.2213, besides Poisson's
    rates = {"run_in_per_week": 300.0, "control_per_week": 300.0, "treated_per_week": 300.0}
    many = replace(FLAWLESS, **rates, night_dispersion=0.001, change_dispersion=0.2)
    truth = simulate_trial(many, 3).truth
    logs: list[float] = []
    for first in range(0, len(truth), 42):
        run_in, treated = truth[first : first + 14], truth[first + 14 : first + 42]
        logs.append(np.log(sum(night.true for night in treated) / sum(night.true for night in run_in)))
    assert np.var(logs, ddof=1) == pytest.approx(0.2213, rel=0.25)


def test_a_diary_leaves_out_and_makes_up_as_planned(flawless: SimulatedTrial) -> None:
    assert len(flawless.diary) / len(flawless.truth) == pytest.approx(1 - 0.11, abs=0.01)
    honest = replace(
        FLAWLESS, diary_made_up=0.0, diary_left_out=0.0, diary_other_per_week=0.0, diary_fatigue_per_week=1.0
    )
    trial = simulate_trial(honest, 3)
    share = sum(entry.cramps for entry in trial.diary) / sum(night.true for night in trial.truth)
    assert share == pytest.approx(0.75, abs=0.02)


def test_who_drops_out_sends_nothing_afterwards() -> None:
    trial = simulate_trial(replace(K2, n_treated=20, n_control=20, dropout_share=1.0, missed_share=0.0), 1)
    for participant in trial.study.participants:
        nights = [night for night in trial.truth if night.participant == participant.id]
        last = max(result.night for result in trial.results if result.participant == participant.id)
        assert all(night.written is None for night in nights if night.night > last)
        assert last < nights[-1].night or len(nights) == 70


def test_plans_that_cannot_be_are_refused() -> None:
    for wrong in (
        lambda: TrialPlan(sensitivity=1.1),
        lambda: TrialPlan(missed_share=-0.1),
        lambda: TrialPlan(control_per_week=0.0),
    ):
        with pytest.raises(ValueError, match="lies"):
            wrong()
