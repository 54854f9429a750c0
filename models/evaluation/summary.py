"""Detection in all: how many cramps were found, how many were false, and what that does to counts and trials."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.evaluation.agreement import CountAgreement, count_agreement
from models.evaluation.bootstrap import ClusterInterval, ratio_by_participant
from models.evaluation.intervals import Proportion, Rate, garwood, wilson
from models.evaluation.outcome import NightOutcome
from models.evaluation.settings import EvaluationSettings
from models.evaluation.trial import TrialConsequence, trial_consequence

EIGHT_HOURS_S = 8 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionSummary:
    """Counts over all nights and what follows from them; definitions in docs/evaluation.md.

    `true_cramps` = matched + missed + merged, `predicted_cramps` = matched + fragments + false_cramps.
    """

    true_cramps: int
    predicted_cramps: int
    matched: int
    missed: int
    merged: int
    fragments: int
    false_cramps: int
    sensitivity: Proportion
    sensitivity_by_participant: ClusterInterval
    precision: Proportion
    false_per_night: Rate
    false_per_night_by_participant: ClusterInterval
    false_per_8h_usable: Rate
    agreement: CountAgreement
    trial: TrialConsequence


@dataclass(frozen=True, slots=True)
class _Night:
    """The numbers of one night after hidden cramps were kept or left out."""

    participant: str
    has_count: bool
    usable_s: float
    true_cramps: int
    matched: int
    missed: int
    merged: int
    fragments: int
    false_cramps: int

    @property
    def predicted_cramps(self) -> int:
        return self.matched + self.fragments + self.false_cramps


def summarise_detection(
    outcomes: Sequence[NightOutcome], settings: EvaluationSettings, *, with_hidden: bool
) -> DetectionSummary:
    """Sum up the nights, with the cramps that lie wholly in lost time or without them.

    Without them, the predictions that belong to them are left out too: they count neither for nor against.
    """
    nights = [_night(outcome, with_hidden=with_hidden) for outcome in outcomes]
    counted = [night for night in nights if night.has_count]
    true, matched = sum(n.true_cramps for n in nights), sum(n.matched for n in nights)
    predicted, false = sum(n.predicted_cramps for n in nights), sum(n.false_cramps for n in nights)
    sensitivity, false_per_night = wilson(matched, true), garwood(false, len(counted))
    people, people_counted = [n.participant for n in nights], [n.participant for n in counted]
    replicates, seed = settings.replicates, settings.seed
    return DetectionSummary(
        true_cramps=true,
        predicted_cramps=predicted,
        matched=matched,
        missed=sum(n.missed for n in nights),
        merged=sum(n.merged for n in nights),
        fragments=sum(n.fragments for n in nights),
        false_cramps=false,
        sensitivity=sensitivity,
        sensitivity_by_participant=ratio_by_participant(
            people, [n.matched for n in nights], [n.true_cramps for n in nights], replicates, seed
        ),
        precision=wilson(matched, predicted),
        false_per_night=false_per_night,
        false_per_night_by_participant=ratio_by_participant(
            people_counted, [n.false_cramps for n in counted], [1.0] * len(counted), replicates, seed
        ),
        false_per_8h_usable=garwood(false, sum(n.usable_s for n in counted) / EIGHT_HOURS_S),
        agreement=count_agreement([n.true_cramps for n in counted], [n.predicted_cramps for n in counted]),
        trial=trial_consequence(settings.trial, sensitivity, false_per_night),
    )


def _night(outcome: NightOutcome, *, with_hidden: bool) -> _Night:
    night, matching = outcome.night, outcome.matching
    hidden = frozenset[int]() if with_hidden else outcome.hidden
    hidden_fragments = frozenset[int]() if with_hidden else outcome.hidden_fragments
    return _Night(
        participant=night.participant,
        has_count=night.missing is None,
        usable_s=night.usable_s,
        true_cramps=len(night.true_cramps) - len(hidden),
        matched=sum(i not in hidden for i, _ in matching.pairs),
        missed=sum(i not in hidden for i in matching.missed),
        merged=sum(i not in hidden for i in matching.merged),
        fragments=sum(j not in hidden_fragments for j in matching.fragments),
        false_cramps=len(matching.false),
    )
