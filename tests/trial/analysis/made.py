"""A made-up trial whose truth is known: over-dispersed counts in two arms."""

import numpy as np
import pandas as pd

from trial.analysis.missing import Totals


def totals(
    seed: int,
    n: int = 200,
    rates: tuple[float, float] = (3.63, 0.96),
    dispersion: float = 0.8,
    weeks: float = 8.0,
    missed_share: float = 0.0,
) -> Totals:
    """Return totals of `n` participants, half of them treated; `rates` are weekly, control first."""
    rng = np.random.default_rng(seed)
    treated = np.arange(n) % 2
    rate = np.where(treated, rates[1], rates[0]) * rng.gamma(1 / dispersion, dispersion, n)
    missed = weeks * rng.binomial(56, missed_share, n) / 56 if missed_share else np.zeros(n)
    seen = weeks - missed
    covariates = pd.DataFrame({"intercept": np.ones(n), "treated": treated.astype(float)})
    return Totals(rng.poisson(rate * seen).astype(float), seen, missed, covariates, round(7 * weeks) * n)
