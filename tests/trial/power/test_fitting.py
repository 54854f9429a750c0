"""The fast fit against R on the trial of Thall and Vail (1990), and against the model of the planned analysis."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from trial.analysis.errors import AnalysisError
from trial.analysis.models import Counts, negative_binomial
from trial.power import Design
from trial.power.fitting import log_ratio_of
from trial.power.people import made_up
from trial.power.running import TREATED, rows_of
from trial.simulated import K2

REFERENCE = Path(__file__).parents[1] / "analysis" / "reference"
COVARIATES = ["intercept", "treated", "lbase", "lage", "V4"]
ONES, HALVES = np.ones((8, 1)), np.tile([0.0, 1.0], 4)
PEOPLE = np.arange(8)


def test_it_is_that_of_mass_with_the_sandwich_of_clubsandwich() -> None:
    table = pd.read_csv(REFERENCE / "epil.csv").assign(intercept=1.0).sort_values("subject", kind="stable")
    found = log_ratio_of(
        table["y"].to_numpy(float),
        table["weeks"].to_numpy(float),
        table[COVARIATES].to_numpy(float),
        table["subject"].to_numpy(np.int64),
        TREATED,
    )
    by_r = pd.read_csv(REFERENCE / "reference.csv").set_index(["model", "name"])["value"].astype(float)
    assert found.log_ratio == pytest.approx(by_r["glm.nb", "b.treated"], abs=5e-6)
    assert found.error == pytest.approx(by_r["glm.nb clustered", "se.treated"], abs=5e-6)
    assert found.dispersion == pytest.approx(1 / by_r["glm.nb", "theta"], rel=1e-6)
    assert found.dof == 59 - 5


@pytest.mark.parametrize("dispersion", [0.0, 0.05, 0.8, 2.0])
def test_it_is_that_of_the_planned_analysis(dispersion: float) -> None:
    plan = replace(K2, dispersion=dispersion, night_dispersion=0.0 if dispersion == 0 else 0.5, sensitivity=0.8)
    design = Design(plan=plan)
    people = made_up(design.sized(12), 3, np.random.default_rng(5))
    for seen in (people.objective, people.diary):
        for trial in range(people.trials):
            count, exposure, covariates, who = rows_of(design, people, seen, trial)
            found = log_ratio_of(count, exposure, covariates, who, TREATED)
            names = ["intercept", "treated", "baseline", "site B"]
            slow = negative_binomial(Counts(count, exposure, pd.DataFrame(covariates, columns=names), who))
            assert found.log_ratio == pytest.approx(slow.estimates[TREATED], abs=1e-7)
            assert found.error == pytest.approx(np.sqrt(slow.covariance[TREATED, TREATED]), rel=1e-6)
            assert found.dispersion == pytest.approx(slow.dispersion or 0.0, abs=1e-6)
            low, high = found.interval(0.05)
            ratio = slow.ratio("treated")
            assert (np.exp(low), np.exp(high)) == pytest.approx((ratio.low, ratio.high), rel=1e-6)


def test_counts_that_are_not_over_dispersed_give_the_poisson_fit() -> None:
    count = np.array([3.0, 1.0, 3.0, 1.0, 3.0, 1.0, 4.0, 1.0])
    found = log_ratio_of(count, np.ones(8), np.column_stack([ONES, HALVES]), PEOPLE, TREATED)
    assert found.dispersion == 0
    assert np.exp(found.log_ratio) == pytest.approx(4 / 13)


@pytest.mark.parametrize(
    ("count", "covariates", "message"),
    [
        (1 - HALVES, np.column_stack([ONES, HALVES]), "no event"),
        (HALVES + 1, np.column_stack([ONES, ONES]), "constant"),
        (HALVES, np.column_stack([ONES] * 8), "too few"),
    ],
    ids=("an arm without cramps", "an arm of nobody", "few people"),
)
def test_what_has_no_answer_says_so(count: np.ndarray, covariates: np.ndarray, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        log_ratio_of(count, np.ones(8), covariates, PEOPLE, TREATED)
