"""When one arm has no cramp at all: what can still be said of the rate ratio, which no model can estimate."""

import numpy as np
from scipy.optimize import brentq
from scipy.stats import fisher_exact

from trial.analysis.models import Counts, Ratio, Vector, negative_binomial

DRAWS = 4000
FARTHEST = 40.0  # of a log rate ratio: nobody has that few or that many cramps


def arm_without_cramps(counts: Counts) -> bool | None:
    """Return whether it is the treated (True) or the control arm (False) that has no cramp; None where neither is.

    Where both have none this is the treated arm; there is nothing to compare then, and the caller has to say so.
    """
    treated = counts.covariates["treated"].to_numpy(float) > 0
    return next((arm for arm in (True, False) if not counts.count[treated == arm].any()), None)


def bounded_ratio(counts: Counts, seed: int, alpha: float = 0.05) -> Ratio:
    """Return a ratio of 0, or infinity where the control arm has no cramp, with its one limit and an exact p value.

    The limit is the ratio at which no cramp in the whole arm has the probability alpha / 2. The other arm's
    participants give the rate r and the dispersion phi (negative binomial, one row per participant, no covariates);
    a participant with E weeks then has none with the probability (1 + phi r R E)^(-1/phi), R being the ratio. It is
    averaged over draws of log r from its normal distribution; phi is held. Without over-dispersion, and with much
    exposure in the other arm, this is the "rule of three" at alpha / 2: -log(alpha / 2) / (r E).

    The p value is Fisher's exact one of how many participants had any cramp; it takes no account of exposure.
    """
    people, of = np.unique(counts.cluster, return_inverse=True)
    count = np.bincount(of, counts.count).astype(float)
    weeks = np.bincount(of, counts.exposure).astype(float)
    treated = np.bincount(of, counts.covariates["treated"]) > 0
    empty = treated if arm_without_cramps(counts) else ~treated
    alone = counts.covariates[["intercept"]].iloc[: int((~empty).sum())].reset_index(drop=True)
    fit = negative_binomial(Counts(count[~empty], weeks[~empty], alone, people[~empty]))
    error = float(np.sqrt(fit.covariance[0, 0]))
    rates = np.exp(fit.estimates[0] + error * np.random.default_rng(seed).standard_normal(DRAWS))
    phi = fit.dispersion or 0.0
    log_limit = brentq(
        lambda b: _chance_of_none(rates * np.exp(b), phi, weeks[empty]) - alpha / 2, -FARTHEST, FARTHEST
    )
    limit = float(np.exp(log_limit))
    table = np.array([[(count[arm] > 0).sum(), (count[arm] == 0).sum()] for arm in (empty, ~empty)])
    p = float(fisher_exact(table).pvalue)
    return Ratio(0.0, 0.0, limit, p) if empty is treated else Ratio(np.inf, 1 / limit, np.inf, p)


def _chance_of_none(rates: Vector, phi: float, weeks: Vector) -> float:
    """Return the chance, averaged over `rates` of shape (d,), of no cramp in exposures `weeks` of shape (n,)."""
    expected = rates[:, None] * weeks
    logs = -np.log1p(phi * expected) / phi if phi else -expected
    return float(np.exp(logs.sum(axis=1)).mean())
