"""Do diary and sensor agree on how many cramps a week had? ICC, and Bland-Altman with several weeks a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

import numpy as np

from models.evaluation.agreement import FEWEST, LIMITS_SD, IntraclassCorrelation, icc_2_1
from models.evaluation.bootstrap import draws, percentiles, sums_by_participant
from trial.concordance.nights import ConcordanceNight, Standing
from trial.concordance.resampling import REPLICATES, Estimate, Floats, estimate_of, quotient
from trial.nightly.legs import DAYS_PER_WEEK


@dataclass(frozen=True, slots=True)
class Week:
    """One week of study of one participant: cramps a week felt and seen, both over the same compared nights."""

    participant: str
    week: int
    nights: int
    felt_per_week: float
    seen_per_week: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyAgreement:
    """How far weekly rates agree.

    `icc_weeks` is ICC(2,1) of participant-weeks, its interval by drawing participants anew, as weeks of one person
    are alike; `icc_participants` that of each participant's mean week, with the interval of McGraw & Wong 1996.
    """

    n_participants: int
    n_weeks: int
    icc_weeks: Estimate
    icc_participants: IntraclassCorrelation
    bland_altman: "RepeatedBlandAltman"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedBlandAltman:
    """Differences, felt minus seen a week: bias, standard deviations within and between people, limits.

    Bland & Altman 2007 (J Biopharm Stat 17:571), section 3, where the true value varies: components of variance of
    a one-way analysis of the differences by person, a negative one between people being 0; the limits are the bias
    -/+ 1.96 times the root of their sum. Intervals by drawing participants anew; that paper gives none.
    """

    bias: Estimate
    sd_within: float | None
    sd_between: float | None
    lower_limit: Estimate
    upper_limit: Estimate


def weeks_of(nights: Sequence[ConcordanceNight], fewest_nights: int) -> list[Week]:
    """Return the weeks with at least so many compared nights, in the order of the nights."""
    weeks: list[Week] = []
    for (participant, week), group in groupby(nights, key=lambda night: (night.participant, night.week)):
        compared = [night for night in group if night.standing is Standing.COMPARED]
        if len(compared) >= fewest_nights:
            felt = fmean(night.felt_monitored for night in compared) * DAYS_PER_WEEK
            seen = fmean(night.seen or 0 for night in compared) * DAYS_PER_WEEK
            weeks.append(Week(participant, week, len(compared), felt, seen))
    return weeks


def weekly_agreement(weeks: Sequence[Week], seed: int) -> WeeklyAgreement:
    """Return the agreement of weekly rates."""
    participants = [week.participant for week in weeks]
    rates = np.array([[week.felt_per_week, week.seen_per_week] for week in weeks]).reshape(-1, 2)
    means = [rates[[name == other for other in participants]].mean(axis=0) for name in dict.fromkeys(participants)]
    return WeeklyAgreement(
        n_participants=len(means),
        n_weeks=len(weeks),
        icc_weeks=_icc(participants, rates, seed),
        icc_participants=icc_2_1(np.array(means).reshape(-1, 2)),
        bland_altman=bland_altman(participants, rates[:, 0] - rates[:, 1], seed),
    )


def _icc(participants: Sequence[str], rates: Floats, seed: int) -> Estimate:
    value = icc_2_1(rates).value
    names, place = np.unique(np.array(participants, dtype=np.str_), return_inverse=True)
    if value is None or len(names) < FEWEST:
        return Estimate(value, None, None)
    found = [icc_2_1(np.repeat(rates, drawn[place], axis=0)).value for drawn in draws(len(names), REPLICATES, seed)]
    interval = percentiles(np.array([np.nan if one is None else one for one in found]), len(names))
    return Estimate(value, interval.low, interval.high)


def bland_altman(participants: Sequence[str], differences: Floats, seed: int) -> RepeatedBlandAltman:
    """Return bias and limits of agreement of differences, several a participant; None where undefined."""
    rows = np.stack([np.ones_like(differences), differences, differences**2], axis=1)
    m, total, squares = sums_by_participant(participants, rows).T
    sums = np.stack([np.ones_like(m), m, m**2, total, squares, total**2 / m], axis=1)
    within, between = (float(one[0]) ** 0.5 for one in _variances(sums.sum(axis=0, keepdims=True)))
    return RepeatedBlandAltman(
        bias=estimate_of(sums, _bias, seed),
        sd_within=None if np.isnan(within) else within,
        sd_between=None if np.isnan(between) else between,
        lower_limit=estimate_of(sums, lambda of: _bias(of) - _reach(of), seed),
        upper_limit=estimate_of(sums, lambda of: _bias(of) + _reach(of), seed),
    )


def _bias(sums: Floats) -> Floats:
    return quotient(sums[:, 3], sums[:, 1])


def _reach(sums: Floats) -> Floats:
    within, between = _variances(sums)
    return LIMITS_SD * np.sqrt(within + between)


def _variances(sums: Floats) -> tuple[Floats, Floats]:
    """Return the components within and between people, from sums of (1, m, m^2, total, squares, total^2/m).

    `m` is the number of weeks of a person, and total and squares are of the differences of these weeks.
    """
    n, m, m_2, total, squares, by_person = sums.T
    within = quotient(np.maximum(squares - by_person, 0.0), m - n)
    mean_square = quotient(by_person - quotient(total**2, m), n - 1)
    weeks_each = quotient(m**2 - m_2, (n - 1) * m)
    return within, np.maximum(quotient(mean_square - within, weeks_each), 0.0)
