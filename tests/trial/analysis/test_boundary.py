"""An arm without a cramp, against limits and p values worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from trial.analysis.boundary import arm_without_cramps, bounded_ratio
from trial.analysis.models import Counts


def counts_of(control: np.ndarray, n_treated: int, weeks: float = 2.0, *, swapped: bool = False) -> Counts:
    """Return participants of two weeks each; the treated, or the controls where `swapped`, have none."""
    n = len(control) + n_treated
    treated = np.r_[np.zeros(len(control)), np.ones(n_treated)]
    covariates = pd.DataFrame({"intercept": np.ones(n), "treated": 1 - treated if swapped else treated})
    return Counts(np.r_[control, np.zeros(n_treated)].astype(float), np.full(n, weeks), covariates, np.arange(n))


def test_without_overdispersion_the_limit_is_the_rule_of_three() -> None:
    control = np.tile([7, 8, 9], 800)  # four a week, hardly uncertain
    found = bounded_ratio(counts_of(control, 20), seed=1)
    # no cramp in 40 weeks has the chance exp(-160 R) = 0.025
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(-np.log(0.025) / 160, rel=2e-3)


def test_overdispersion_widens_the_limit_by_its_closed_form() -> None:
    rng = np.random.default_rng(1)
    control = rng.poisson(8 * rng.gamma(1, 1, 20_000))  # phi 1
    found = bounded_ratio(counts_of(control, 5), seed=1)
    # (1 + 8 R)^-5 = 0.025
    assert found.high == pytest.approx((0.025 ** (-1 / 5) - 1) / 8, rel=0.03)


def test_few_controls_widen_it_too() -> None:
    many, few = (bounded_ratio(counts_of(np.tile([7, 8, 9], k), 20), seed=1).high for k in (800, 2))
    assert few > many


def test_the_p_value_is_that_of_fisher() -> None:
    # all five controls and none of five treated have any: 2 / (10 choose 5)
    assert bounded_ratio(counts_of(np.array([7, 9, 8, 6, 10]), 5), seed=1).p == pytest.approx(2 / 252)


def test_a_control_arm_without_cramps_has_a_lower_limit() -> None:
    usual = bounded_ratio(counts_of(np.tile([7, 8, 9], 20), 20), seed=1)
    swapped = bounded_ratio(counts_of(np.tile([7, 8, 9], 20), 20, swapped=True), seed=1)
    assert (swapped.value, swapped.high) == (np.inf, np.inf)
    assert swapped.low == pytest.approx(1 / usual.high)


def test_which_arm_has_none() -> None:
    some = np.array([1, 0, 2])
    assert arm_without_cramps(counts_of(some, 3)) is True
    assert arm_without_cramps(counts_of(some, 3, swapped=True)) is False
    both = counts_of(some, 3)
    assert arm_without_cramps(Counts(both.count + 1, both.exposure, both.covariates, both.cluster)) is None
