"""What became of one night: its matching, and which true cramps could have been seen at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.evaluation.events import EvaluatedNight, Span
from models.evaluation.matching import Matching, Tolerance, match

COVERED_S = 1e-6  # rounding of times in files; less than a sample


@dataclass(frozen=True, slots=True, eq=False)
class NightOutcome:
    """A night, its matching, and its true cramps wholly in lost time, by index.

    `truly_hidden` by the truth's own word; `hidden` by that or the word of the prediction, or because the night
    has no usable time. `hidden_fragments` are the fragments that touch hidden cramps only.
    """

    night: EvaluatedNight
    matching: Matching
    truly_hidden: frozenset[int]
    hidden: frozenset[int]
    hidden_fragments: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightCounts:
    """One night in numbers; `predicted_cramps` is None where the night has no count."""

    name: str
    participant: str
    monitored_s: float
    usable_s: float
    missing: str | None
    true_cramps: int
    not_observable: int
    predicted_cramps: int | None
    matched: int
    missed: int
    merged: int
    fragments: int
    false_cramps: int


def outcome_of(night: EvaluatedNight, tolerance: Tolerance) -> NightOutcome:
    """Match the cramps of a night and find those that nobody could have seen."""
    true = [event.span for event in night.true_cramps]
    matching = match(true, [event.span for event in night.predicted_cramps], tolerance)
    by_truth = _covered(true, night.truly_lost)
    by_both = _covered(true, (*night.truly_lost, *night.lost))
    if night.missing is not None:
        by_both = frozenset(range(len(true)))
    return NightOutcome(night, matching, by_truth, by_both, _hidden_fragments(night, matching, by_both, tolerance))


def counts_of(outcome: NightOutcome) -> NightCounts:
    """Return one night in numbers, all true cramps included."""
    night, matching = outcome.night, outcome.matching
    return NightCounts(
        name=night.name,
        participant=night.participant,
        monitored_s=night.monitored_s,
        usable_s=night.usable_s,
        missing=night.missing,
        true_cramps=len(night.true_cramps),
        not_observable=len(outcome.hidden),
        predicted_cramps=None if night.missing is not None else len(night.predicted_cramps),
        matched=len(matching.pairs),
        missed=len(matching.missed),
        merged=len(matching.merged),
        fragments=len(matching.fragments),
        false_cramps=len(matching.false),
    )


def _hidden_fragments(
    night: EvaluatedNight, matching: Matching, hidden: frozenset[int], tolerance: Tolerance
) -> frozenset[int]:
    """Return the fragments that touch hidden cramps only."""
    around = [tolerance.extended(event.span) for event in night.true_cramps]
    return frozenset(
        j
        for j in matching.fragments
        if all(i in hidden for i, a in enumerate(around) if a.overlap_s(night.predicted_cramps[j].span) > 0)
    )


def _covered(spans: Sequence[Span], lost: Iterable[Span]) -> frozenset[int]:
    """Return the indices of spans that lie in lost time from end to end."""
    united = _united(lost)
    return frozenset(
        i
        for i, span in enumerate(spans)
        if sum(span.overlap_s(stretch) for stretch in united) >= span.duration_s - COVERED_S
    )


def _united(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as stretches that do not overlap."""
    united: list[Span] = []
    for span in sorted(spans, key=lambda s: s.onset_s):
        if united and span.onset_s <= united[-1].end_s:
            last = united.pop()
            united.append(Span(last.onset_s, max(last.end_s, span.end_s) - last.onset_s))
        else:
            united.append(span)
    return united
