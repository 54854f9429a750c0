"""The difference a week, against what can be worked out without the code."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from trial.analysis.marginal import marginal_difference
from trial.analysis.models import Fit


def test_without_other_covariates_it_is_the_difference_of_two_exponentials() -> None:
    covariance = np.array([[0.01, -0.01], [-0.01, 0.05]])
    fit = Fit("x", ("intercept", "treated"), np.log([4.0, 0.25]), covariance, 50, None)
    found = marginal_difference(fit, pd.DataFrame({"intercept": np.ones(3), "treated": [0.0, 1.0, 1.0]}))
    assert (found.control, found.treated) == (pytest.approx(4), pytest.approx(1))
    # gradient of exp(a + b) - exp(a): (1 - 4, 1)
    error = np.sqrt(9 * 0.01 + 2 * -3 * -0.01 + 0.05)
    assert found.value - found.low == pytest.approx(student.ppf(0.975, 50) * error)
    # variances of the logs: of a + b and of a
    assert found.log_covariance == pytest.approx(np.array([[0.04, 0.0], [0.0, 0.01]]))


def test_with_a_covariate_it_is_averaged_over_people_and_not_at_the_mean_person() -> None:
    fit = Fit("x", ("intercept", "treated", "baseline"), np.array([0.0, np.log(0.5), 1.0]), np.eye(3), 9, None)
    people = pd.DataFrame({"intercept": [1.0, 1.0], "treated": [0.0, 1.0], "baseline": np.log([1.0, 3.0])})
    found = marginal_difference(fit, people)
    assert (found.control, found.treated) == (pytest.approx(2), pytest.approx(1))
