"""Do the counts of the nights agree? ICC(2,1), Bland-Altman, exact agreement."""

from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

from models.evaluation.intervals import TAIL, Proportion, wilson

Floats = NDArray[np.float64]

LIMITS_SD = 1.96  # Bland & Altman 1986: 95 % of normally distributed differences
FEWEST = 2  # nights, below which nothing varies


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """ICC(2,1) for absolute agreement of `n` subjects, with its 95 % interval; None where undefined."""

    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Differences, predicted minus true: mean with its 95 % interval, standard deviation, limits of agreement.

    None where undefined: all of it without nights, all but `bias` with one.
    """

    n: int
    bias: float | None
    bias_low: float | None
    bias_high: float | None
    sd: float | None
    lower_limit: float | None
    upper_limit: float | None


@dataclass(frozen=True, slots=True)
class CountAgreement:
    """How the counts of nights agree; `n_nights` have a count, the others are left out."""

    n_nights: int
    true_cramps: int
    predicted_cramps: int
    exact: Proportion
    icc: IntraclassCorrelation
    bland_altman: BlandAltman


def count_agreement(true: list[int], predicted: list[int]) -> CountAgreement:
    """Compare the counts of the same nights, in the same order."""
    pairs = list(zip(true, predicted, strict=True))
    return CountAgreement(
        n_nights=len(pairs),
        true_cramps=sum(true),
        predicted_cramps=sum(predicted),
        exact=wilson(sum(t == p for t, p in pairs), len(pairs)),
        icc=icc_2_1(np.array(pairs, dtype=np.float64).reshape(-1, 2)),
        bland_altman=bland_altman([p - t for t, p in pairs]),
    )


def icc_2_1(ratings: Floats) -> IntraclassCorrelation:
    """Return ICC(2,1): two-way random effects, absolute agreement, single rater.

    Value: Shrout & Fleiss 1979 (Psychol Bull 86:420); interval: McGraw & Wong 1996 (Psychol Methods 1:30),
    there ICC(A,1). `ratings` has the shape (n subjects, k raters). Undefined with fewer than two subjects or
    where no rating differs from any other. Without any disagreement the value is 1 and the interval undefined,
    as it is where no subject differs from another.
    """
    n, k = ratings.shape
    if n < FEWEST or float(np.ptp(ratings)) == 0:
        return IntraclassCorrelation(n, None, None, None)
    if (ratings == ratings[:, :1]).all():
        return IntraclassCorrelation(n, 1.0, None, None)
    msr, msc, mse = _mean_squares(ratings)
    icc = (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)
    a = k * icc / (n * (1 - icc))
    b = 1 + k * icc * (n - 1) / (n * (1 - icc))
    below = (a * msc) ** 2 / (k - 1) + (b * mse) ** 2 / ((n - 1) * (k - 1))
    if below == 0:
        return IntraclassCorrelation(n, icc, None, None)
    freedom = (a * msc + b * mse) ** 2 / below
    upper_f, lower_f = _f_quantile(n - 1, freedom), _f_quantile(freedom, n - 1)
    spread = k * msc + (k * n - k - n) * mse
    low = n * (msr - upper_f * mse) / (upper_f * spread + n * msr)
    high = n * (lower_f * msr - mse) / (spread + n * lower_f * msr)
    return IntraclassCorrelation(n, icc, low if isfinite(low) else None, high if isfinite(high) else None)


def _f_quantile(above: float, below: float) -> float:
    """Return the 97.5 % quantile of the F distribution, from that of the beta distribution."""
    x = float(betaincinv(above / 2, below / 2, 1 - TAIL))
    return below * x / (above * (1 - x))


def _mean_squares(ratings: Floats) -> tuple[float, float, float]:
    """Return the mean squares between subjects, between raters, and of the residual."""
    n, k = ratings.shape
    grand = float(np.mean(ratings))
    rows: Floats = ratings.mean(axis=1)
    columns: Floats = ratings.mean(axis=0)
    residual = ratings - rows[:, None] - columns[None, :] + grand
    msr = k * float(np.sum(np.square(rows - grand))) / (n - 1)
    msc = n * float(np.sum(np.square(columns - grand))) / (k - 1)
    return msr, msc, float(np.sum(np.square(residual))) / ((n - 1) * (k - 1))


def bland_altman(differences: list[int]) -> BlandAltman:
    """Return bias and limits of agreement (Bland & Altman 1986, Lancet 1:307), the bias with its t interval."""
    n = len(differences)
    if n == 0:
        return BlandAltman(0, None, None, None, None, None, None)
    bias = float(np.mean(differences))
    if n < FEWEST:
        return BlandAltman(n, bias, None, None, None, None, None)
    sd = float(np.std(differences, ddof=1))
    half = float(stdtrit(n - 1, 1 - TAIL)) * sd / sqrt(n)
    return BlandAltman(n, bias, bias - half, bias + half, sd, bias - LIMITS_SD * sd, bias + LIMITS_SD * sd)
