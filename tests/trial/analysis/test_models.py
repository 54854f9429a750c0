"""The models against R on the trial of Thall and Vail (1990): reference.R made the numbers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from trial.analysis.errors import AnalysisError
from trial.analysis.models import Counts, Fit, estimating_equations, negative_binomial, poisson

REFERENCE = Path(__file__).parent / "reference"
NAMES = {"(Intercept)": "intercept"}
COVARIATES = ["intercept", "treated", "lbase", "lage", "V4"]


@pytest.fixture(scope="module")
def epilepsy() -> Counts:
    """Return 59 patients in four periods of two weeks."""
    table = pd.read_csv(REFERENCE / "epil.csv")
    return Counts(
        table["y"].to_numpy(float),
        table["weeks"].to_numpy(float),
        table.assign(intercept=1.0)[COVARIATES].astype(float),
        table["subject"].to_numpy(np.int64),
    )


def known(model: str) -> dict[str, float]:
    table = pd.read_csv(REFERENCE / "reference.csv")
    rows = table[table["model"] == model]
    return dict(zip(rows["name"], rows["value"].astype(float), strict=True))


def agrees(fit: Fit, estimates: dict[str, float] | None, errors: dict[str, float], decimals: float) -> None:
    for r_name in ("(Intercept)", "treated", "lbase", "lage", "V4"):
        at = fit.names.index(NAMES.get(r_name, r_name))
        if estimates is not None:
            assert fit.estimates[at] == pytest.approx(estimates[f"b.{r_name}"], abs=decimals)
        assert np.sqrt(fit.covariance[at, at]) == pytest.approx(errors[f"se.{r_name}"], abs=decimals)


def test_negative_binomial_is_that_of_mass_with_the_sandwich_of_clubsandwich(epilepsy: Counts) -> None:
    fit = negative_binomial(epilepsy)
    agrees(fit, known("glm.nb"), known("glm.nb clustered"), 5e-6)
    assert fit.dispersion == pytest.approx(1 / known("glm.nb")["theta"], rel=1e-6)
    assert fit.dof == 59 - 5


def test_poisson_is_that_of_glm_with_the_sandwich_of_clubsandwich(epilepsy: Counts) -> None:
    found = known("poisson clustered")
    agrees(poisson(epilepsy), found, found, 5e-6)


def test_estimating_equations_are_those_of_geepack_to_four_decimals(epilepsy: Counts) -> None:
    found = known("geeglm exchangeable")
    agrees(estimating_equations(epilepsy), found, found, 1.5e-4)


def test_counts_that_are_not_over_dispersed_give_the_poisson_fit() -> None:
    n = 400
    covariates = pd.DataFrame({"intercept": np.ones(n), "treated": np.arange(n) % 2.0})
    spread = np.where(np.arange(n) % 4 < 2, -1.0, 1.0)  # variance 1, below the means
    count = np.where(covariates["treated"] > 0, 2.0, 8.0) + spread
    fit = negative_binomial(Counts(count, np.full(n, 2.0), covariates, np.arange(n)))
    assert fit.dispersion == 0
    assert fit.ratio("treated").value == pytest.approx(0.25)


def test_a_ratio_has_an_interval_by_student() -> None:
    # log ratio -0.5 with error 0.2 and 10 degrees of freedom: t = 2.228139
    fit = Fit("x", ("treated",), np.array([-0.5]), np.array([[0.04]]), 10, None)
    ratio = fit.ratio("treated")
    assert ratio.low == pytest.approx(np.exp(-0.5 - 2.228139 * 0.2), rel=1e-6)
    assert ratio.high == pytest.approx(np.exp(-0.5 + 2.228139 * 0.2), rel=1e-6)
    assert ratio.p == pytest.approx(0.0314468, rel=1e-4)  # 2 P(T > 2.5)


def test_rows_without_exposure_and_too_few_participants_are_refused() -> None:
    one = pd.DataFrame({"intercept": np.ones(2), "treated": [0.0, 1.0]})
    with pytest.raises(AnalysisError, match="without exposure"):
        Counts(np.ones(2), np.array([1.0, 0.0]), one, np.arange(2))
    with pytest.raises(AnalysisError, match="2 participants for 2 covariates"):
        poisson(Counts(np.array([1.0, 3.0]), np.ones(2), one, np.arange(2)))
