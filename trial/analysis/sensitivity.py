"""Other ways to look at the primary question: other models, other nights, other readings of the same nights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trial.analysis.allocation import Allocation
from trial.analysis.boundary import arm_without_cramps, bounded_ratio
from trial.analysis.dataset import Dataset, dataset_of
from trial.analysis.errors import AnalysisError
from trial.analysis.estimand import under_the_estimand
from trial.analysis.models import Counts, Fit, Ratio, estimating_equations, negative_binomial, poisson
from trial.nightly import NightState, ParticipantNight, Result, leg_nights, participant_nights
from trial.study import Study
from trial.study.parts import ValidityRules

Model = Callable[[Counts], Fit]
Group = Literal["model", "nights", "reading"]
NO_CRAMPS = "no cramp was counted in either arm: there is no rate ratio"


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """One other way to look at the primary question: how many participants and nights, and what comes out.

    `group` is what is varied: the model, the nights, or their reading. `ratio` is None where it cannot be
    estimated; `why_not` then says why.
    """

    group: Group
    name: str
    n_participants: int
    n_nights: int
    ratio: Ratio | None
    why_not: str | None = None


def ratio_of(counts: Counts, seed: int, alpha: float) -> Ratio:
    """Return the ratio of the primary model, or what can be said of it where one arm has no cramp.

    Raises `AnalysisError` where there is no cramp at all, and where the model cannot be fitted.
    """
    if not counts.count.any():
        raise AnalysisError(NO_CRAMPS)
    if arm_without_cramps(counts) is None:
        return negative_binomial(counts).ratio("treated", alpha)
    return bounded_ratio(counts, seed, alpha)


def other_models(study: Study, data: Dataset) -> list[Sensitivity]:
    """Return what other models make of the same rows."""
    alpha, counts = study.endpoint.alpha, data.counts()

    def by(model: Model) -> Callable[[Counts], Ratio]:
        def found(of: Counts) -> Ratio:
            if arm_without_cramps(of) is not None:
                raise AnalysisError("one arm has no cramp: this model gives no limits")
            return model(of).ratio("treated", alpha)

        return found

    def of_all(of: Counts) -> Ratio:
        return ratio_of(of, study.seed, alpha)

    return [
        _tried("model", "GEE, exchangeable", data, counts, by(estimating_equations)),
        _tried("model", "Poisson, robust", data, counts, by(poisson)),
        _tried("model", "one row per participant", data, summed(counts), of_all),
    ]


def valid_nights_only(study: Study, results: Sequence[Result], allocation: Allocation) -> list[Sensitivity]:
    """Return the primary model on valid nights only, for every planned threshold of usable hours."""
    found: list[Sensitivity] = []
    for hours in sorted({study.validity.usable_h, *study.endpoint.usable_h_sensitivity}):
        rules = study.validity.model_copy(update={"usable_h": hours})
        nights = _valid_only(study, results, rules)
        data = dataset_of(study, nights, allocation)
        found.append(_primary("nights", f"valid nights only, {hours:g} h", study, data))
    return found


def other_results(
    study: Study, others: Mapping[str, Sequence[Result]], allocation: Allocation
) -> list[Sensitivity]:
    """Return the primary model on other results of the same nights, by the name of what made them."""
    found: list[Sensitivity] = []
    for name, results in others.items():
        nights = list(under_the_estimand(study, participant_nights(study, leg_nights(study, results))))
        found.append(_primary("reading", name, study, dataset_of(study, nights, allocation)))
    return found


def summed(counts: Counts) -> Counts:
    """Add up the rows of each participant."""
    people, first, of = np.unique(counts.cluster, return_index=True, return_inverse=True)
    return Counts(
        np.bincount(of, counts.count).astype(float),
        np.bincount(of, counts.exposure).astype(float),
        counts.covariates.iloc[first].reset_index(drop=True),
        people,
    )


def _primary(group: Group, name: str, study: Study, data: Dataset) -> Sensitivity:
    try:
        counts = data.counts()
    except AnalysisError as error:
        return Sensitivity(group, name, 0, 0, None, str(error))
    return _tried(group, name, data, counts, lambda of: ratio_of(of, study.seed, study.endpoint.alpha))


def _tried(group: Group, name: str, data: Dataset, counts: Counts, model: Callable[[Counts], Ratio]) -> Sensitivity:
    n = (counts.n_clusters, sum(week.monitoring.nights_seen for week in data.modelled_weeks))
    try:
        return Sensitivity(group, name, *n, model(counts))
    except AnalysisError as error:
        return Sensitivity(group, name, *n, None, str(error))


def _valid_only(study: Study, results: Sequence[Result], rules: ValidityRules) -> list[ParticipantNight]:
    legs = (night for night in leg_nights(study, results, rules) if night.state is NightState.VALID)
    return list(under_the_estimand(study, participant_nights(study, legs)))
