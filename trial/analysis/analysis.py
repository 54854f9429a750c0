"""The planned analysis of a study, complete: primary, sensitivity, what-if, and secondary."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trial.analysis.allocation import Allocation
from trial.analysis.dataset import ArmFlow, Dataset, dataset_of
from trial.analysis.detector import Corrected, correct
from trial.analysis.errors import AnalysisError
from trial.analysis.estimand import Concerned, concerned, under_the_estimand
from trial.analysis.marginal import Difference, marginal_difference
from trial.analysis.missing import Imputed, Totals, impute
from trial.analysis.models import Counts, Fit, Ratio, estimating_equations, negative_binomial, poisson
from trial.analysis.secondary import Compared, Responders, durations, intensities, responders
from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.nightly import NightState, ParticipantNight, Result, leg_nights, participant_nights
from trial.study import PeriodKind, Study
from trial.study.parts import ValidityRules

Show = Callable[[str], None]
"""Called with the name of what is done next."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """One other way to look at the primary question: how many participants and nights, and what comes out."""

    name: str
    n_participants: int
    n_nights: int
    ratio: Ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All that the plan asks for. Ratios are treated over control, rates per seven nights of eight hours.

    `tipping` is the imputed ratio with the treated arm's missed nights made worse by each planned factor; `tips_at`
    the first factor at which the upper limit is not below 1, None where none is. `corrected` is None without
    figures of the detector.
    """

    control: str
    treated: str
    flow: tuple[ArmFlow, ...]
    events: tuple[Concerned, ...]
    n_weeks: int
    primary: Ratio
    dispersion: float
    difference: Difference
    sensitivity: tuple[Sensitivity, ...]
    tipping: tuple[Imputed, ...]
    tips_at: float | None
    corrected: Corrected | None
    responders: Responders
    secondary: tuple[Compared, ...]


def analyse(
    study: Study, results: Sequence[Result], allocation: Allocation, show: Show = lambda _: None
) -> Analysis:
    """Do the planned analysis; raises `AnalysisError` where the data do not allow it."""
    nights = list(participant_nights(study, leg_nights(study, results)))
    asked = list(under_the_estimand(study, nights))
    data = dataset_of(study, asked, allocation)
    _need_both_arms(data)
    alpha = study.endpoint.alpha
    show("primary model")
    fit = negative_binomial(data.counts())
    difference = marginal_difference(fit, _everybody(data, fit), alpha)
    show("sensitivity analyses")
    sensitivity = _sensitivity(study, results, allocation, data)
    tipping: list[Imputed] = []
    for delta in study.endpoint.tipping_deltas:
        show(f"imputation, factor {delta:g}")
        tipping.append(impute(_totals(data), delta, study.endpoint.imputations, study.seed, alpha))
    show("secondary endpoints")
    return Analysis(
        control=allocation.control,
        treated=allocation.treated,
        flow=data.flow,
        events=tuple(concerned(study, nights)),
        n_weeks=len(data.seen_weeks),
        primary=fit.ratio("treated", alpha),
        dispersion=fit.dispersion or 0.0,
        difference=difference,
        sensitivity=sensitivity,
        tipping=tuple(tipping),
        tips_at=next((found.delta for found in tipping if found.ratio.high >= 1), None),
        corrected=correct(difference, study.detector, study.seed, alpha) if study.detector else None,
        responders=responders(study, data, alpha),
        secondary=(durations(data, alpha), intensities(data, alpha)),
    )


def _need_both_arms(data: Dataset) -> None:
    for arm in data.flow:
        if not arm.analysed:
            raise AnalysisError(f"nobody of arm {arm.arm!r} has a night of treatment: there is nothing to compare")


def _everybody(data: Dataset, fit: Fit):
    names = list(data.participants.index)
    return data.covariates(names).reindex(columns=list(fit.names), fill_value=0.0)


def _sensitivity(
    study: Study, results: Sequence[Result], allocation: Allocation, data: Dataset
) -> tuple[Sensitivity, ...]:
    alpha = study.endpoint.alpha
    counts = data.counts()
    nights = sum(week.monitoring.nights_seen for week in data.seen_weeks)
    found = [
        Sensitivity(fit.model, counts.n_clusters, nights, fit.ratio("treated", alpha))
        for fit in (estimating_equations(counts), poisson(counts), negative_binomial(_summed(counts)))
    ]
    found[-1] = Sensitivity("one row per participant", counts.n_clusters, nights, found[-1].ratio)
    for hours in sorted({study.validity.usable_h, *study.endpoint.usable_h_sensitivity}):
        rules = study.validity.model_copy(update={"usable_h": hours})
        of = dataset_of(study, _valid_only(study, results, rules), allocation)
        counts = of.counts()
        nights = sum(week.monitoring.nights_valid for week in of.seen_weeks)
        name = f"valid nights only, {hours:g} h"
        found.append(
            Sensitivity(name, counts.n_clusters, nights, negative_binomial(counts).ratio("treated", alpha))
        )
    return tuple(found)


def _valid_only(study: Study, results: Sequence[Result], rules: ValidityRules) -> list[ParticipantNight]:
    legs = (night for night in leg_nights(study, results, rules) if night.state is NightState.VALID)
    return list(under_the_estimand(study, participant_nights(study, legs)))


def _summed(counts: Counts) -> Counts:
    """Add up the rows of each participant."""
    people, first, of = np.unique(counts.cluster, return_index=True, return_inverse=True)
    return Counts(
        np.bincount(of, counts.count).astype(float),
        np.bincount(of, counts.exposure).astype(float),
        counts.covariates.iloc[first].reset_index(drop=True),
        people,
    )


def _totals(data: Dataset) -> Totals:
    """Return what was counted and what was missed, per participant; a missed night is worth a mean seen one."""
    rows = [row for row in data.periods if row.kind is PeriodKind.TREATMENT]
    hours = sum(row.measures.exposure_h for row in rows) / sum(row.monitoring.nights_seen for row in rows)
    missed = [row.monitoring.nights_expected - row.monitoring.nights_seen for row in rows]
    return Totals(
        np.array([row.measures.cramps or 0 for row in rows], float),
        np.array([row.measures.exposure_h for row in rows]) / WEEK_OF_NIGHTS_H,
        np.array(missed, float) * hours / WEEK_OF_NIGHTS_H,
        data.covariates([row.participant for row in rows]),
    )
