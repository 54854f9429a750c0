"""The planned analysis of a study, complete: primary, sensitivity, what-if, and secondary."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trial.analysis.allocation import Allocation
from trial.analysis.boundary import arm_without_cramps
from trial.analysis.dataset import Dataset, dataset_of
from trial.analysis.detector import Corrected, correct
from trial.analysis.errors import AnalysisError
from trial.analysis.estimand import Concerned, concerned, under_the_estimand
from trial.analysis.flow import ArmFlow, flow_of
from trial.analysis.marginal import Difference, marginal_difference
from trial.analysis.missing import Imputed, Totals, impute
from trial.analysis.models import Fit, Ratio, negative_binomial
from trial.analysis.secondary import (
    Compared,
    Responders,
    Shares,
    cramp_free_nights,
    durations,
    intensities,
    longest,
    responders,
)
from trial.analysis.sensitivity import (
    NO_CRAMPS,
    Sensitivity,
    other_models,
    other_results,
    ratio_of,
    valid_nights_only,
)
from trial.analysis.weekly import WeekOfArm, weeks_of_arms
from trial.endpoint import night_rows
from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.nightly import Result, leg_nights, participant_nights
from trial.study import PeriodKind, Study

Show = Callable[[str], None]
"""Called with the name of what is done next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All that the plan asks for. Ratios are treated over control, rates per seven nights of eight hours.

    `n_participants`, `n_nights` and `n_weeks` are what the primary model rests on. Where one arm has no cramp, the
    ratio is 0 or infinite with one limit (`trial.analysis.boundary`), and dispersion, difference, imputation and
    correction are None or empty. `tipping` is the imputed ratio with the treated arm's missed nights made worse by
    each planned factor; `tips_at` the first factor at which the upper limit is not below 1, None where none is.
    `corrected` is None without figures of the detector. `not_done` says what could not be done as planned, and why.
    """

    control: str
    treated: str
    alpha: float
    flow: tuple[ArmFlow, ...]
    events: tuple[Concerned, ...]
    n_participants: int
    n_nights: int
    n_weeks: int
    covariates: tuple[str, ...]
    primary: Ratio
    dispersion: float | None
    difference: Difference | None
    sensitivity: tuple[Sensitivity, ...]
    tipping: tuple[Imputed, ...]
    tips_at: float | None
    corrected: Corrected | None
    weekly: tuple[WeekOfArm, ...]
    responders: Responders
    cramp_free: Shares
    secondary: tuple[Compared, ...]
    not_done: tuple[str, ...]


def analyse(
    study: Study,
    results: Sequence[Result],
    allocation: Allocation,
    show: Show = lambda _: None,
    others: Mapping[str, Sequence[Result]] | None = None,
) -> Analysis:
    """Do the planned analysis; raises `AnalysisError` where the data do not allow its primary question.

    `others` are other results of the same nights, by name ("adjudicated"), for one sensitivity analysis each.
    """
    nights = list(participant_nights(study, leg_nights(study, results)))
    asked = list(under_the_estimand(study, nights))
    data = dataset_of(study, asked, allocation)
    _need_both_arms(data, allocation)
    alpha, counts = study.endpoint.alpha, data.counts()
    show("primary model")
    primary = ratio_of(counts, study.seed, alpha)
    fit = negative_binomial(counts) if arm_without_cramps(counts) is None else None
    difference = marginal_difference(fit, _everybody(data, fit), alpha) if fit else None
    show("sensitivity analyses")
    sensitivity = (
        *other_models(study, data),
        *valid_nights_only(study, results, allocation),
        *other_results(study, others or {}, allocation),
    )
    tipping, no_imputation = _tipping(study, data, show) if fit else ((), None)
    show("secondary endpoints")
    return Analysis(
        control=allocation.control,
        treated=allocation.treated,
        alpha=alpha,
        flow=flow_of(study, nights, data, allocation),
        events=tuple(concerned(study, nights)),
        n_participants=counts.n_clusters,
        n_nights=sum(week.monitoring.nights_seen for week in data.modelled_weeks),
        n_weeks=len(data.modelled_weeks),
        covariates=fit.names if fit else (),
        primary=primary,
        dispersion=fit.dispersion if fit else None,
        difference=difference,
        sensitivity=sensitivity,
        tipping=tipping,
        tips_at=next((found.delta for found in tipping if found.ratio.high >= 1), None),
        corrected=correct(difference, study.detector, study.seed, alpha) if study.detector and difference else None,
        weekly=weeks_of_arms(data, allocation, alpha),
        responders=responders(study, data, alpha),
        cramp_free=cramp_free_nights(data, list(night_rows(study, asked)), alpha),
        secondary=(durations(data, alpha), longest(data, alpha), intensities(data, alpha)),
        not_done=_not_done(study, data, allocation, sensitivity, no_imputation),
    )


def _need_both_arms(data: Dataset, allocation: Allocation) -> None:
    arms = {allocation.arm_of[week.participant] for week in data.seen_weeks}
    for arm in (allocation.control, allocation.treated):
        if arm not in arms:
            raise AnalysisError(f"nobody of arm {arm!r} has a night of treatment: there is nothing to compare")
    if not any(week.measures.cramps for week in data.seen_weeks):
        raise AnalysisError(f"{NO_CRAMPS}; the tables of crampwatch trial endpoint say what was seen")


def _everybody(data: Dataset, fit: Fit):
    """Return the covariates of all participants of the sites that are in the model, seen or not."""
    names = data.people_of_modelled_sites
    return data.covariates(names).reindex(columns=list(fit.names), fill_value=0.0)


def _tipping(study: Study, data: Dataset, show: Show) -> tuple[tuple[Imputed, ...], str | None]:
    """Return the imputed ratios by factor, or none and why."""
    found: list[Imputed] = []
    try:
        for delta in study.endpoint.tipping_deltas:
            show(f"imputation, factor {delta:g}")
            found.append(impute(_totals(data), delta, study.endpoint.imputations, study.seed, study.endpoint.alpha))
    except AnalysisError as error:
        return (), str(error)
    return tuple(found), None


def _totals(data: Dataset) -> Totals:
    """Return what was counted and what was missed, per participant; a missed night is worth a mean seen one."""
    people = set(data.people_of_modelled_sites)
    rows = [row for row in data.periods if row.kind is PeriodKind.TREATMENT and row.participant in people]
    hours = sum(row.measures.exposure_h for row in rows) / sum(row.monitoring.nights_seen for row in rows)
    missed = [row.monitoring.nights_expected - row.monitoring.nights_seen for row in rows]
    return Totals(
        np.array([row.measures.cramps or 0 for row in rows], float),
        np.array([row.measures.exposure_h for row in rows]) / WEEK_OF_NIGHTS_H,
        np.array(missed, float) * hours / WEEK_OF_NIGHTS_H,
        data.covariates([row.participant for row in rows]),
        sum(row.monitoring.nights_expected for row in rows),
    )


def _not_done(
    study: Study,
    data: Dataset,
    allocation: Allocation,
    sensitivity: Sequence[Sensitivity],
    no_imputation: str | None,
) -> tuple[str, ...]:
    """Return what could not be done as planned, and why, one sentence each."""
    empty = arm_without_cramps(data.counts())
    arm = allocation.treated if empty else allocation.control
    absent = sorted({site.id for site in study.sites} - {week.site for week in data.seen_weeks})
    said = [
        *(
            f"Site {site} has no cramp in treatment; with a rate of its own it says nothing of the ratio "
            "and is not in the model."
            for site in data.sites_without_cramps
        ),
        *(f"Of site {site} no night of treatment was seen; it is not in the model." for site in absent),
    ]
    if "baseline" not in data.counts().covariates:
        said.append("There is no run-in that tells participants apart; the model is not adjusted for a baseline.")
    if empty is not None:
        said.append(
            f"No cramp was counted in arm {arm}: the rate ratio has no estimate and no second limit. It is given "
            f"as {'0 with an upper' if empty else 'infinite with a lower'} limit; the difference a week, "
            "imputation, tipping point and the correction for the detector's errors were not done."
        )
    if study.detector is None:
        said.append("The study names no figures of the detector; there is no correction for its errors.")
    if no_imputation:
        said.append(f"Missed nights were not imputed: {no_imputation}.")
    return (*said, *(f"{one.name}: not estimated, {one.why_not}." for one in sensitivity if one.why_not))
