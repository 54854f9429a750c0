"""What the detector's own errors did to the result, and the result without them, with the uncertainty of both."""

from dataclasses import dataclass
from math import log

import numpy as np

from trial.analysis.marginal import Difference
from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.study.parts import DetectorFigures

DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Corrected:
    """The rate ratio and the difference a week that a detector without errors would have shown, with intervals.

    `low` and `high` are percentiles of draws; `undefined_share` is the share of draws in which an arm had fewer
    counts than false alarms alone would give, so that no corrected ratio exists; above a few per cent the
    correction says only that false alarms may explain the count.
    """

    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    difference: float
    difference_low: float
    difference_high: float
    undefined_share: float


def correct(found: Difference, figures: DetectorFigures, seed: int, alpha: float = 0.05) -> Corrected:
    """Correct marginal rates for sensitivity and false cramps: true = (counted - false) / sensitivity.

    False cramps are taken to come at one rate per hour in both arms, sensitivity to be one and the same; both are
    drawn from their Jeffreys posteriors (Beta, Gamma), independent of the rates, as they come from other data. The
    rates are drawn from their joint normal distribution on the log scale.
    """
    rng = np.random.default_rng(seed)
    rates = np.exp(rng.multivariate_normal([log(found.treated), log(found.control)], found.log_covariance, DRAWS))
    sensitivity = rng.beta(figures.found + 0.5, figures.true_cramps - figures.found + 0.5, DRAWS)
    false = rng.gamma(figures.false_cramps + 0.5, 1 / figures.hours, DRAWS) * WEEK_OF_NIGHTS_H
    true = (rates - false[:, None]) / sensitivity[:, None]
    defined = (true > 0).all(axis=1)
    ratios = true[defined, 0] / true[defined, 1]
    tails = (alpha / 2, 1 - alpha / 2)
    point_false = figures.false_cramps / figures.hours * WEEK_OF_NIGHTS_H
    point_sensitivity = figures.found / figures.true_cramps
    point = [(rate - point_false) / point_sensitivity for rate in (found.treated, found.control)]
    low, high = np.quantile(ratios, tails) if len(ratios) else (None, None)
    d_low, d_high = np.quantile(true[:, 0] - true[:, 1], tails)
    return Corrected(
        ratio=point[0] / point[1] if min(point) > 0 else None,
        ratio_low=None if low is None else float(low),
        ratio_high=None if high is None else float(high),
        difference=point[0] - point[1],
        difference_low=float(d_low),
        difference_high=float(d_high),
        undefined_share=float(1 - defined.mean()),
    )
