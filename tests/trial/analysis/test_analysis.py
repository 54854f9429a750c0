"""The whole analysis on a made-up trial whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from trial.analysis.analysis import Analysis, analyse
from trial.analysis.errors import AnalysisError
from trial.simulated import K2, SimulatedTrial, simulate_trial

PLAN = replace(
    K2, n_treated=50, n_control=50, treatment_nights=28, dispersion=0.3, sensitivity=0.9, false_per_night=0.06
)


@pytest.fixture(scope="module")
def trial() -> SimulatedTrial:
    made = simulate_trial(PLAN, 4)
    few = made.study.endpoint.model_copy(
        update={"imputations": 5, "tipping_deltas": (1.0, 50.0), "usable_h_sensitivity": (3.0, 6.0)}
    )
    return replace(made, study=made.study.model_copy(update={"endpoint": few}))


@pytest.fixture(scope="module")
def analysis(trial: SimulatedTrial) -> Analysis:
    return analyse(trial.study, trial.results, trial.allocation)


def test_it_finds_the_planted_ratio_as_the_detector_shows_it_and_then_without_its_errors(
    analysis: Analysis,
) -> None:
    seen = (0.9 * 0.96 + 0.42) / (0.9 * 3.63 + 0.42)
    assert analysis.primary.low < seen < analysis.primary.high
    assert analysis.corrected is not None
    assert analysis.corrected.ratio is not None
    assert abs(np.log(analysis.corrected.ratio / PLAN.true_ratio)) < abs(
        np.log(analysis.primary.value / PLAN.true_ratio)
    )
    assert analysis.difference is not None
    assert analysis.difference.low < 0.9 * (0.96 - 3.63) < analysis.difference.high


def test_all_ways_to_look_at_it_agree(analysis: Analysis) -> None:
    names = [one.name for one in analysis.sensitivity]
    assert names[:3] == ["GEE, exchangeable", "Poisson, robust", "one row per participant"]
    assert names[3:] == ["valid nights only, 3 h", "valid nights only, 4 h", "valid nights only, 6 h"]
    for one in analysis.sensitivity:
        assert one.ratio is not None
        assert one.ratio.value == pytest.approx(analysis.primary.value, rel=0.15)
    strict = [one.n_nights for one in analysis.sensitivity[3:]]
    assert strict == sorted(strict, reverse=True)


def test_the_tipping_point_is_named(analysis: Analysis) -> None:
    assert [found.delta for found in analysis.tipping] == [1.0, 50.0]
    assert analysis.tips_at == 50.0
    assert analysis.tipping[0].ratio.value == pytest.approx(analysis.primary.value, rel=0.1)


def test_the_flow_adds_up(analysis: Analysis, trial: SimulatedTrial) -> None:
    assert [arm.allotted for arm in analysis.flow] == [50, 50]
    assert sum(arm.nights_expected for arm in analysis.flow) == 100 * 28
    for arm in analysis.flow:
        assert arm.allotted >= arm.with_treatment_nights >= arm.analysed
        assert arm.nights_expected >= arm.nights_seen >= arm.nights_valid
    assert analysis.n_weeks <= 100 * 4
    assert len(trial.truth) == 100 * 42


def test_more_of_the_treated_respond(analysis: Analysis) -> None:
    found = analysis.responders
    assert found.treated / found.n_treated > found.control / found.n_control
    assert found.low is not None
    assert found.low > 0


def test_without_a_night_in_one_arm_there_is_no_analysis(trial: SimulatedTrial) -> None:
    treated_only = [result for result in trial.results if trial.allocation.is_treated(result.participant)]
    with pytest.raises(AnalysisError, match="nobody of arm 'placebo' has a night of treatment"):
        analyse(trial.study, treated_only, trial.allocation)
