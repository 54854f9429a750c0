"""What if the nights that were missed were not like those that were seen: multiple imputation and tipping point."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from trial.analysis.models import Counts, Fit, Ratio, Vector, negative_binomial


@dataclass(frozen=True, slots=True)
class Totals:
    """One row per participant: cramps counted in `seen` weeks of 56 h, and `missed` weeks that were expected.

    `nights` is how many nights were expected of all of them.
    """

    count: Vector
    seen: Vector
    missed: Vector
    covariates: pd.DataFrame
    nights: int

    def __post_init__(self) -> None:
        if ((self.seen + self.missed) <= 0).any() or (self.missed < 0).any():
            raise ValueError("every participant needs some expected exposure")


@dataclass(frozen=True, slots=True)
class Imputed:
    """The rate ratio pooled over completed data sets; `delta` multiplies the rate of missed nights when treated.

    `n_participants` are all of whom nights were expected, `n_nights` these nights; `missed_share` is the imputed
    share of their exposure.
    """

    delta: float
    n_participants: int
    n_nights: int
    missed_share: float
    ratio: Ratio
    missing_information: float


def impute(totals: Totals, delta: float, n: int, seed: int, alpha: float = 0.05) -> Imputed:
    """Complete the missed nights `n` times, analyse each and pool by Rubin's rules.

    The model is the negative binomial with a gamma frailty per participant: given the coefficients, drawn from
    their estimated distribution, a participant's frailty has the posterior Gamma(1/phi + y, 1/phi + mu E), and the
    cramps of the missed nights are Poisson. Phi is held at its estimate. Degrees of freedom after Barnard and
    Rubin 1999, Biometrika 86:948.
    """
    seen = totals.seen > 0
    model = negative_binomial(_counts(totals.count[seen], totals.seen[seen], totals.covariates[seen]))
    rng = np.random.default_rng(seed)
    expected = totals.seen + totals.missed
    raised = np.where(totals.covariates["treated"].to_numpy() > 0, delta, 1.0)
    fits: list[Fit] = []
    for _ in range(n):
        rates = _drawn_rates(model, totals, rng)
        missed = rng.poisson(rates * raised * totals.missed)
        fits.append(negative_binomial(_counts(totals.count + missed, expected, totals.covariates)))
    ratio, information = _pooled(fits, alpha)
    share = float(totals.missed.sum() / expected.sum())
    return Imputed(delta, len(expected), totals.nights, share, ratio, information)


def _drawn_rates(model: Fit, totals: Totals, rng: np.random.Generator) -> Vector:
    """Draw everybody's rate in missed nights, given what was seen of him or her."""
    coefficients = rng.multivariate_normal(model.estimates, model.covariance)
    mean = np.exp(totals.covariates.to_numpy(float) @ coefficients)
    if not model.dispersion:
        return mean
    shape = 1 / model.dispersion
    return mean * rng.gamma(shape + totals.count, 1 / (shape + mean * totals.seen))


def _counts(count: Vector, exposure: Vector, covariates: pd.DataFrame) -> Counts:
    return Counts(count, exposure, covariates.reset_index(drop=True), np.arange(len(count), dtype=np.int64))


def _pooled(fits: list[Fit], alpha: float) -> tuple[Ratio, float]:
    """Return the pooled ratio and the share of information that is missing."""
    n = len(fits)
    at = fits[0].names.index("treated")
    estimates = np.array([fit.estimates[at] for fit in fits])
    within = float(np.mean([fit.covariance[at, at] for fit in fits]))
    between = float(estimates.var(ddof=1))
    total = within + (1 + 1 / n) * between
    share = (1 + 1 / n) * between / total
    complete = fits[0].dof
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    dof = observed if share == 0 else 1 / (share**2 / (n - 1) + 1 / observed)
    mean, error = float(estimates.mean()), float(np.sqrt(total))
    reach = float(student.ppf(1 - alpha / 2, dof)) * error
    p = float(2 * student.sf(abs(mean) / error, dof))
    return Ratio(float(np.exp(mean)), float(np.exp(mean - reach)), float(np.exp(mean + reach)), p), share
