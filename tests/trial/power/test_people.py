"""The fast generator against `simulate_trial` and the planned rows, and against what was worked out."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from trial.analysis.dataset import dataset_of
from trial.analysis.models import Counts
from trial.concordance import diary_counts
from trial.nightly import leg_nights, participant_nights
from trial.power import Design
from trial.power.expected import expected
from trial.power.people import People, Seen, made_up
from trial.power.running import rows_of
from trial.simulated import K2, TrialPlan, simulate_trial

Floats = NDArray[np.float64]
MANY = 20_000
PLAN = replace(K2, n_treated=150, n_control=150, run_in_nights=7, treatment_nights=17)
PLANS = {
    "like the default": PLAN,
    "with much lost and many errors": replace(
        PLAN,
        dispersion=0.3,
        change_dispersion=0.6,
        lost_share=0.2,
        missed_share=0.4,
        dropout_share=0.3,
        partial_share=0.4,
        sensitivity=0.7,
        false_per_night=0.4,
        diary_expectation=0.6,
        diary_other_per_week=2.0,
    ),
}
COLUMNS = ("rows", "cramps", "weeks", "baseline", "square of a week's cramps")


def of_truth(counts: Counts, *, treated: bool) -> Floats:
    """Return what `COLUMNS` says, for everybody of an arm who has a row."""
    arm, baseline = (counts.covariates[name].to_numpy(float) for name in ("treated", "baseline"))
    rows: list[list[float]] = []
    for person in np.unique(counts.cluster[arm == treated]):
        own = counts.cluster == person
        y = counts.count[own]
        rows.append([own.sum(), y.sum(), counts.exposure[own].sum(), baseline[own][0], (y**2).sum()])
    return np.array(rows)


def of_fast(people: People, seen: Seen, *, treated: bool) -> Floats:
    """Return the same of one large trial."""
    count, weeks, covariates, who = rows_of(Design(), people, seen, 0)
    n = len(people.treated)
    baseline = np.zeros(n)
    baseline[who] = covariates[:, 2]
    sums = [np.bincount(who, x, n).astype(np.float64) for x in (np.ones(len(who)), count, weeks, count**2)]
    rows, cramps, exposure, squares = sums
    columns = np.column_stack([rows, cramps, exposure, baseline, squares])
    return columns[(people.treated == treated) & (rows > 0)]


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_people_are_distributed_as_in_the_whole_simulation(plan: TrialPlan) -> None:
    truth = simulate_trial(plan, 7)
    nights = list(participant_nights(truth.study, leg_nights(truth.study, truth.results)))
    people = made_up(replace(plan, n_treated=MANY, n_control=MANY), 1, np.random.default_rng(7))
    for counts, seen in (
        (dataset_of(truth.study, nights, truth.allocation).counts(), people.objective),
        (diary_counts(truth.study, truth.diary, truth.allocation), people.diary),
    ):
        for treated in (False, True):
            few, many = of_truth(counts, treated=treated), of_fast(people, seen, treated=treated)
            for k, name in enumerate(COLUMNS):
                same_distribution(few[:, k], many[:, k], name)
            both = (few[:, 3] - few[:, 3].mean()) * (few[:, 1] - few[:, 1].mean())
            all_of = (many[:, 3] - many[:, 3].mean()) * (many[:, 1] - many[:, 1].mean())
            assert abs(both.mean() - all_of.mean()) < 4.5 * all_of.std() / np.sqrt(len(both)), "covariance"


def same_distribution(few: Floats, many: Floats, name: str) -> None:
    """Hold means and variances together, to 4.5 standard errors: 80 comparisons, one false alarm in 2,000 runs."""
    n, deviation = len(few), many.std()
    assert abs(few.mean() - many.mean()) <= 4.5 * deviation / np.sqrt(n) + 1e-12, f"mean of {name}"
    fourth = float(((many - many.mean()) ** 4).mean())
    error = np.sqrt(max(fourth - deviation**4, 0) / n)
    assert abs(few.var() - many.var()) <= 4.5 * error + 1e-12, f"variance of {name}"


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_rates_and_exposure_are_what_was_worked_out(plan: TrialPlan) -> None:
    people = made_up(replace(plan, n_treated=MANY, n_control=MANY), 1, np.random.default_rng(3))
    worked_out = expected(Design(plan=plan))
    for name, seen in (("objective", people.objective), ("diary", people.diary)):
        of = worked_out[name]
        for arm, rate in ((~people.treated, of.control), (people.treated, of.treated)):
            assert seen.count[arm].sum() / seen.weeks[arm].sum() == pytest.approx(rate, rel=0.03)
        assert seen.weeks.sum(axis=1).mean() == pytest.approx(of.exposure, rel=0.01)


def test_by_hand_without_any_loss_or_error() -> None:
    plan = replace(K2, dispersion=0.0, change_dispersion=0.0)
    plan = replace(plan, night_h=8.0, night_sd_h=0.0, lost_share=0.0, missed_share=0.0, dropout_share=0.0)
    plan = replace(plan, partial_share=0.0, sensitivity=1.0, false_per_night=0.0, diary_left_out=0.0)
    plan = replace(plan, diary_noticed=1.0, diary_fatigue_per_week=1.0, diary_made_up=0.0, diary_other_per_week=0.0)
    people = made_up(replace(plan, n_treated=2, n_control=2), 3, np.random.default_rng(1))
    assert people.per_trial == 4
    assert people.treated.tolist() == [True, True, False, False] * 3
    assert people.objective.weeks == pytest.approx(np.ones((12, 8)))
    assert people.objective.run_in_weeks == pytest.approx(np.full(12, 2.0))
    assert (people.diary.count == people.objective.count).all()
    for endpoint in ("objective", "diary"):
        seen = expected(Design(plan=plan))[endpoint]
        assert (seen.control, seen.treated, seen.exposure) == pytest.approx((3.63, 0.96, 8.0))


def test_false_alarms_dilute_a_ratio_as_published_figures_of_the_domain_say() -> None:
    # rate ratio 0.264, sensitivity 0.9, 0.05 to 0.67 false a night: 0.34, 0.39, 0.49, 0.70
    for false, ratio in ((0.0, 0.264), (0.05, 0.34), (0.1, 0.39), (0.2, 0.49), (0.67, 0.70)):
        plan = replace(K2, sensitivity=0.9, false_per_night=false)
        assert expected(Design(plan=plan))["objective"].ratio == pytest.approx(ratio, abs=0.006)
