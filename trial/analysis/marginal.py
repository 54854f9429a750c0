"""The difference in cramps a week that the treatment makes, by g-computation over the participants of the study."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from trial.analysis.models import Fit, Vector


@dataclass(frozen=True, slots=True)
class Difference:
    """Marginal rates per 56 h with and without treatment, and their difference with its interval.

    `log_covariance`, shape (2, 2), is the covariance of the logs of the two rates, treated first.
    """

    treated: float
    control: float
    value: float
    low: float
    high: float
    log_covariance: Vector


def marginal_difference(fit: Fit, everybody: pd.DataFrame, alpha: float = 0.05) -> Difference:
    """Predict everybody's rate with and without treatment, and average; the interval by the delta method.

    `everybody` has one row per participant with the covariates of the fit. The covariance is that of the fit
    (clustered), the participants are taken as given.
    """
    treated, d_treated = _mean_rate(fit, everybody.assign(treated=1.0))
    control, d_control = _mean_rate(fit, everybody.assign(treated=0.0))
    gradient = d_treated - d_control
    error = float(np.sqrt(gradient @ fit.covariance @ gradient))
    reach = float(student.ppf(1 - alpha / 2, fit.dof)) * error
    value = treated - control
    of_logs = np.stack([d_treated / treated, d_control / control])
    return Difference(treated, control, value, value - reach, value + reach, of_logs @ fit.covariance @ of_logs.T)


def _mean_rate(fit: Fit, covariates: pd.DataFrame) -> tuple[float, Vector]:
    """Return the mean rate and its gradient by the coefficients."""
    x = covariates[list(fit.names)].to_numpy(float)
    rates = np.exp(x @ fit.estimates)
    return float(rates.mean()), (x * rates[:, None]).mean(axis=0)
