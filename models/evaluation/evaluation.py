"""The whole evaluation: nights with truth and prediction in, every figure out."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.evaluation.breakdowns import (
    CrampGroup,
    Mimic,
    QualityGroup,
    by_amplitude,
    by_duration,
    by_kind,
    by_mimic,
    by_quality,
)
from models.evaluation.curves import Calibration, FrocPoint, calibration, froc
from models.evaluation.events import EvaluatedNight, EvaluationError
from models.evaluation.outcome import NightCounts, NightOutcome, counts_of, outcome_of
from models.evaluation.settings import EvaluationSettings
from models.evaluation.summary import DetectionSummary, summarise_detection
from models.evaluation.timing import FlagLatency, TimingErrors, flag_latency, timing_errors


@dataclass(frozen=True, slots=True)
class NotObservable:
    """True cramps wholly in lost time.

    `by_truth` says the truth itself; `by_prediction_only` rests on the word of the prediction, which thereby
    excuses itself; `found` were found all the same.
    """

    n: int
    by_truth: int
    by_prediction_only: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything that is said of predictions held against their truth; definitions in docs/evaluation.md."""

    settings: EvaluationSettings
    n_participants: int
    n_nights: int
    n_nights_with_count: int
    n_nights_without_true_cramp: int
    missing_nights: tuple[str, ...]
    not_observable: NotObservable
    all_cramps: DetectionSummary
    observable_cramps: DetectionSummary
    timing: TimingErrors
    flags: FlagLatency | None
    froc: tuple[FrocPoint, ...] | None
    calibration: Calibration | None
    by_kind: tuple[CrampGroup, ...]
    by_duration: tuple[CrampGroup, ...]
    by_amplitude: tuple[CrampGroup, ...]
    by_mimic: tuple[Mimic, ...]
    by_quality: tuple[QualityGroup, ...]
    nights: tuple[NightCounts, ...]


def evaluate(nights: Sequence[EvaluatedNight], settings: EvaluationSettings) -> Evaluation:
    """Hold predictions against their truth; the same nights and settings give the same figures.

    Raises `EvaluationError` where there is no night, or two have the same name.
    """
    if not nights:
        raise EvaluationError("there is no night to evaluate")
    names = [night.name for night in nights]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise EvaluationError(f"there are several nights named {', '.join(twice)}: give each its own name")
    outcomes = [outcome_of(night, settings.tolerance) for night in nights]
    counted = [night for night in nights if night.missing is None]
    return Evaluation(
        settings=settings,
        n_participants=len({night.participant for night in nights}),
        n_nights=len(nights),
        n_nights_with_count=len(counted),
        n_nights_without_true_cramp=sum(not night.true_cramps for night in counted),
        missing_nights=tuple(night.name for night in nights if night.missing is not None),
        not_observable=_not_observable(outcomes),
        all_cramps=summarise_detection(outcomes, settings, with_hidden=True),
        observable_cramps=summarise_detection(outcomes, settings, with_hidden=False),
        timing=timing_errors(outcomes),
        flags=flag_latency(nights, settings.tolerance),
        froc=froc(nights, settings.tolerance),
        calibration=calibration(nights, settings.tolerance),
        by_kind=by_kind(outcomes),
        by_duration=by_duration(outcomes),
        by_amplitude=by_amplitude(outcomes),
        by_mimic=by_mimic(outcomes),
        by_quality=by_quality(outcomes),
        nights=tuple(counts_of(outcome) for outcome in outcomes),
    )


def _not_observable(outcomes: Sequence[NightOutcome]) -> NotObservable:
    hidden = sum(len(outcome.hidden) for outcome in outcomes)
    by_truth = sum(len(outcome.truly_hidden) for outcome in outcomes)
    found = sum(i in outcome.hidden for outcome in outcomes for i, _ in outcome.matching.pairs)
    return NotObservable(n=hidden, by_truth=by_truth, by_prediction_only=hidden - by_truth, found=found)
