"""Weekly rates against closed forms."""

import numpy as np
import pytest
from scipy.stats import t as student

from trial.analysis.weekly import rate_of


def test_with_equal_exposure_it_is_the_mean_of_people_with_its_error() -> None:
    # counts 1, 3, 5 in a week each: mean 3, deviation 2, so the relative error is 2 / sqrt(3) / 3
    rate, low, high = rate_of([1, 3, 5], [1, 1, 1])
    reach = student.ppf(0.975, 2) * 2 / np.sqrt(3) / 3
    assert rate == pytest.approx(3)
    assert low == pytest.approx(3 * np.exp(-reach))
    assert high == pytest.approx(3 * np.exp(reach))


def test_with_unequal_exposure_it_is_all_cramps_over_all_weeks() -> None:
    # residuals of 2 cramps a week: 3 - 2 = 1 and 1 - 2 = -1; variance 2 / 1 x 2 / 2^2 = 1
    rate, low, high = rate_of([3, 1], [1, 1])
    assert rate == 2
    assert high == pytest.approx(2 * np.exp(student.ppf(0.975, 1) * 1 / 2))
    assert low == pytest.approx(2 * np.exp(-student.ppf(0.975, 1) * 1 / 2))
    assert rate_of([3, 1], [0.5, 1.5])[0] == 2
    # residuals 3 - 1 = 2 and 1 - 3 = -2: the variance is four times as large
    assert rate_of([3, 1], [0.5, 1.5])[2] == pytest.approx(2 * np.exp(student.ppf(0.975, 1) * 2 / 2))


def test_no_cramp_has_the_exact_upper_limit_of_poisson() -> None:
    # exp(-x) = 0.025 at x = 3.688879
    assert rate_of([0, 0], [1, 1]) == pytest.approx((0, 0, 3.688879 / 2))


def test_nobody_has_no_rate_and_one_person_no_interval() -> None:
    assert rate_of([], []) == (None, None, None)
    assert rate_of([4], [2]) == (2, None, None)


def test_the_interval_holds_the_rate_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(600):
        weeks = rng.uniform(0.3, 1.0, 40)
        counts = rng.poisson(3 * weeks * rng.gamma(1 / 0.8, 0.8, 40)).astype(float)
        _, low, high = rate_of(counts, weeks)
        assert low is not None
        assert high is not None
        held += low < 3 < high
    assert held / 600 == pytest.approx(0.95, abs=0.03)
