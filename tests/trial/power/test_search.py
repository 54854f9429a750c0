"""The search on powers that are known exactly, and the whole study on small trials, whoever runs them."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from math import ceil
from multiprocessing import get_context

import numpy as np
import pytest
from scipy.stats import norm

from trial.power import Comparison, Design, Point, PowerError, Simulator, VarianceMethod, run, study_power
from trial.power.running import blocks
from trial.power.search import MOST, smallest
from trial.simulated import K2, TrialPlan

ARMS = Comparison(control=3, treated=2.1, exposure=8, dispersion=0.8)
METHOD = VarianceMethod.MAXIMUM_LIKELIHOOD
# no detector errors, no dispersion of nights, equal exposure of two weeks: what the closed form is about
PLAIN = replace(
    K2,
    sites=("A",),
    run_in_nights=1,
    treatment_nights=14,
    change_dispersion=0.0,
    night_dispersion=0.0,
    night_h=8.0,
    night_sd_h=0.0,
    lost_share=0.0,
    missed_share=0.0,
    dropout_share=0.0,
    partial_share=0.0,
    sensitivity=1.0,
    false_per_night=0.0,
)


def here(seed: int = 1) -> Simulator:
    return Simulator(lambda of: map(run, of), seed)


def point(n: int, trials: int, power: float, rng: np.random.Generator | None = None) -> Point:
    """Return a point of this power; with a generator, as so many trials would have it by chance."""
    significant = round(power * trials) if rng is None else int(rng.binomial(trials, power))
    share = significant / trials
    half = 1.96 * np.sqrt(0.25 / trials)
    return Point(
        endpoint="objective",
        n_control=n,
        n_treated=n,
        true_ratio=0.7,
        false_per_night=0.0,
        trials=trials,
        no_answer=0,
        significant=significant,
        power=share,
        power_low=max(0.0, share - half),
        power_high=min(1.0, share + half),
        ratio_seen=None,
        coverage=None,
        coverage_low=None,
        coverage_high=None,
        closed_form=None,
    )


@pytest.mark.parametrize("start", [10.0, 141.0, 2000.0, float("inf")])
@pytest.mark.parametrize("wanted", [0.8, 0.9])
def test_a_power_without_chance_is_inverted(start: float, wanted: float) -> None:
    known = ARMS.controls(wanted, 0.05, METHOD)
    found = smallest(start, wanted, 100_000, lambda n, of: point(n, of, ARMS.power(n, 0.05, METHOD)))
    assert found.n_control is not None
    assert abs(found.n_control - ceil(known)) <= 1
    assert found.why_not is None


def test_with_chance_the_interval_holds_the_size_as_often_as_it_says() -> None:
    known = ARMS.controls(0.9, 0.05, METHOD)
    rng = np.random.default_rng(4)
    held, sizes = 0, list[int]()
    for _ in range(200):
        found = smallest(60.0, 0.9, 1000, lambda n, of: point(n, of, ARMS.power(n, 0.05, METHOD), rng))
        assert found.n_control is not None
        assert found.low is not None
        assert found.high is not None
        held += found.low <= ceil(known) <= found.high
        sizes.append(found.n_control)
    assert 180 <= held <= 200
    assert np.median(sizes) == pytest.approx(known, rel=0.03)


def test_a_power_that_is_never_reached_says_so() -> None:
    flat = smallest(100.0, 0.9, 1000, lambda n, of: point(n, of, 0.3))
    slow = smallest(float("inf"), 0.9, 1000, lambda n, of: point(n, of, 0.03 + n / 1e5))
    assert flat.n_control is slow.n_control is None
    assert "a power of 0.9 was not reached" in (flat.why_not or "")
    assert slow.why_not == f"a power of 0.9 was not reached; {MOST} controls have 0.050"


def test_the_same_seed_gives_the_same_answers_on_two_processes_and_one() -> None:
    design = Design().with_ratio(0.5)
    of = blocks(design, 8, 120, 3)
    assert [block.number for block in of] == [0, 1, 2]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        elsewhere = Simulator(lambda found: pool.map(run, found), 3).points(design, 8, 120)
    assert elsewhere == here(3).points(design, 8, 120)
    assert elsewhere != here(4).points(design, 8, 120)


def test_more_trials_are_added_to_those_there_are() -> None:
    few, design = here(), Design()
    first = few.points(design, 6, 50)["diary"]
    more = few.points(design, 6, 100)["diary"]
    assert (first.trials, more.trials) == (50, 100)
    assert first.significant <= more.significant <= first.significant + 50
    assert few.points(design, 6, 100) == here().points(design, 6, 100)


@pytest.mark.parametrize(("ratio", "n", "dispersion"), [(0.5, 60, 0.8), (0.75, 120, 0.3), (1.4, 100, 0.8)])
def test_power_is_that_of_the_closed_form_where_that_applies(ratio: float, n: int, dispersion: float) -> None:
    design = Design(plan=replace(PLAIN, dispersion=dispersion), baseline=False).with_ratio(ratio)
    found = here().points(design, n, 600)["objective"]
    closed = Comparison(control=3.63, treated=3.63 * ratio, exposure=2, dispersion=dispersion)
    powers = [closed.power(n, 0.05, method) for method in (VarianceMethod.TRUE_RATES, METHOD)]
    chance = 3.5 * np.sqrt(0.25 / found.trials)
    assert min(powers) - chance < found.power < max(powers) + chance
    assert found.closed_form == pytest.approx(powers[1])
    assert found.ratio_seen == pytest.approx(ratio, rel=0.03)
    assert found.coverage == pytest.approx(0.95, abs=3.5 * np.sqrt(0.05 * 0.95 / found.trials))


@pytest.mark.parametrize("endpoint", ["objective", "diary"])
def test_without_an_effect_a_difference_is_found_as_often_as_alpha_says(endpoint: str) -> None:
    plan = replace(K2, treatment_nights=14, run_in_nights=7)
    found = here().points(Design(plan=plan, alpha=0.1).with_ratio(1.0), 25, 700)[endpoint]
    assert found.power == pytest.approx(0.1, abs=3.5 * np.sqrt(0.1 * 0.9 / found.trials))
    assert found.closed_form is None


def test_an_open_trial_makes_the_diary_find_what_is_not_there() -> None:
    plan = replace(K2, treatment_nights=14, run_in_nights=7, diary_expectation=0.3, diary_made_up=0.0)
    study = study_power(Design(plan=plan).with_ratio(0.5), here(), wanted=0.9, trials=100, given=(40,))
    objective, diary = study.no_effect
    assert objective.power < 0.15
    assert diary.power > 0.2
    assert len(study.warnings) == 1
    assert "diary, 40 controls" in study.warnings[0]
    assert "differ between the arms" in study.warnings[0]


@pytest.fixture(scope="module")
def small() -> TrialPlan:
    return replace(PLAIN, run_in_nights=7, treatment_nights=7, false_per_night=0.1, diary_noticed=0.4)


def test_a_whole_study_is_consistent(small: TrialPlan) -> None:
    study = study_power(Design(plan=small, allocation=2.0).with_ratio(0.4), here(), wanted=0.8, trials=200)
    objective, diary = study.sizes
    assert objective.n_control is not None
    assert diary.n_control is not None
    assert objective.n_treated == 2 * objective.n_control
    assert objective.n_control < diary.n_control  # a diary that misses most and adds some needs more people
    at = {(point.endpoint, point.n_control): point for point in study.points}
    for size in (objective, diary):
        reached = at[size.endpoint, size.n_control or 0]
        assert reached.trials >= 200
        assert reached.power_low <= 0.8 <= reached.power_high
    rates = [point.false_per_night for point in study.by_false_alarms]
    assert rates == sorted({0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0})
    seen = [point.ratio_seen or 0.0 for point in study.by_false_alarms]
    assert seen[0] == pytest.approx(0.4, rel=0.1)
    assert seen[0] < seen[3] < seen[5] < 1
    assert study.by_false_alarms[0].power > study.by_false_alarms[-1].power
    for point in study.no_effect:
        assert point.true_ratio == 1


def test_given_sizes_are_looked_at_and_nothing_is_searched() -> None:
    study = study_power(Design().with_ratio(1.0), here(), wanted=0.9, trials=50, given=(6, 12))
    assert study.sizes == ()
    assert [(p.n_control, p.endpoint) for p in study.points] == [
        (6, "objective"),
        (6, "diary"),
        (12, "objective"),
        (12, "diary"),
    ]
    assert study.no_effect == study.by_false_alarms == ()


def test_what_has_no_answer_is_refused() -> None:
    with pytest.raises(PowerError, match="has no sample size; give --n"):
        study_power(Design().with_ratio(1.0), here(), wanted=0.9, trials=50)
    with pytest.raises(PowerError, match="4 controls: a size lies between 5 and 2000"):
        study_power(Design(), here(), wanted=0.9, trials=50, given=(4, 10))
    with pytest.raises(PowerError, match="above 0"):
        Design().with_ratio(0.0)


def test_trials_without_an_answer_are_counted_and_not_significant() -> None:
    plan = replace(PLAIN, control_per_week=0.3, treatment_nights=7)
    found = here().points(Design(plan=plan).with_ratio(0.05), 5, 50)["objective"]
    assert found.no_answer > 0
    assert found.significant + found.no_answer <= found.trials == 50
    assert norm.cdf(0) > found.power
