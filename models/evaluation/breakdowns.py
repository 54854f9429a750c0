"""Where the errors are: sensitivity by sort of cramp, false cramps by what they overlap, both by signal quality."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.evaluation.events import TrueEvent
from models.evaluation.intervals import Proportion, Rate, garwood, wilson
from models.evaluation.outcome import NightOutcome
from models.labels import Label

UNSTATED = "not stated"
NOTHING = "nothing"

DURATIONS_S = (("below 30 s", 0.0, 30.0), ("30 s to 2 min", 30.0, 120.0), ("2 to 10 min", 120.0, 600.0))
LONGEST = "10 min or more"
AMPLITUDES = (("below 3", 0.0, 3.0), ("3 to 4", 3.0, 4.0), ("4 to 6", 4.0, 6.0), ("6 to 10", 6.0, 10.0))
LOUDEST = "10 or more"
QUALITIES = (("below 50 %", 0.0, 0.5), ("50 to 75 %", 0.5, 0.75), ("75 to 90 %", 0.75, 0.9))
BEST = "90 % or more"


@dataclass(frozen=True, slots=True)
class CrampGroup:
    """True cramps of one sort that could be observed, and how many of them were found."""

    group: str
    sensitivity: Proportion


@dataclass(frozen=True, slots=True)
class Mimic:
    """What false cramps overlap: `nothing`, or events of the truth by label and kind.

    `per_event` is how many of the true events of that sort have a false cramp upon them; None for `nothing`.
    """

    label: str
    kind: str | None
    false_cramps: int
    per_event: Proportion | None


@dataclass(frozen=True, slots=True)
class QualityGroup:
    """Nights by the share of the monitored time that was usable."""

    group: str
    n_nights: int
    sensitivity: Proportion
    false_per_night: Rate


def by_kind(outcomes: Sequence[NightOutcome]) -> tuple[CrampGroup, ...]:
    """Return sensitivity by the kind that the truth gives, in alphabetical order."""
    return _grouped(outcomes, lambda cramp: cramp.kind or UNSTATED)


def by_duration(outcomes: Sequence[NightOutcome]) -> tuple[CrampGroup, ...]:
    """Return sensitivity by true duration, short ones first."""
    order = [*(name for name, _, _ in DURATIONS_S), LONGEST]
    return _grouped(outcomes, lambda cramp: _within(cramp.span.duration_s, DURATIONS_S, LONGEST), order)


def by_amplitude(outcomes: Sequence[NightOutcome]) -> tuple[CrampGroup, ...]:
    """Return sensitivity by level over the resting floor, weak ones first; empty where the truth gives none."""
    if all(cramp.amplitude_ratio is None for outcome in outcomes for cramp in outcome.night.true_cramps):
        return ()
    order = [*(name for name, _, _ in AMPLITUDES), LOUDEST, UNSTATED]
    return _grouped(outcomes, _amplitude, order)


def by_mimic(outcomes: Sequence[NightOutcome]) -> tuple[Mimic, ...]:
    """Return what the false cramps overlap, most frequent first.

    A false cramp belongs to the event of the truth that shares most seconds with it, the first of equals.
    Sorts of event that drew no false cramp are in it too, for their zero has a denominator.
    """
    false: Counter[tuple[str, str | None]] = Counter()
    drew: Counter[tuple[str, str | None]] = Counter()
    there: Counter[tuple[str, str | None]] = Counter()
    for outcome in outcomes:
        others = [event for event in outcome.night.truth if event.label is not Label.CRAMP]
        there.update(_sort(event) for event in others)
        below: set[int] = set()
        for j in outcome.matching.false:
            shared_s = [outcome.night.predicted_cramps[j].span.overlap_s(event.span) for event in others]
            most_s = max(shared_s, default=0.0)
            if most_s > 0:
                below.add(shared_s.index(most_s))
                false[_sort(others[shared_s.index(most_s)])] += 1
            else:
                false[NOTHING, None] += 1
        drew.update(_sort(others[i]) for i in below)
    sorts = sorted(there.keys() | false.keys(), key=lambda s: (-false[s], s[0], s[1] or ""))
    return tuple(
        Mimic(
            label,
            kind,
            false[label, kind],
            wilson(drew[label, kind], there[label, kind]) if label != NOTHING else None,
        )
        for label, kind in sorts
    )


def by_quality(outcomes: Sequence[NightOutcome]) -> tuple[QualityGroup, ...]:
    """Return both errors by the share of the night that was usable, over nights that have a count."""
    groups: defaultdict[str, list[NightOutcome]] = defaultdict(list)
    for outcome in outcomes:
        night = outcome.night
        if night.missing is None:
            groups[_within(night.usable_s / night.monitored_s, QUALITIES, BEST)].append(outcome)
    return tuple(
        QualityGroup(
            name,
            len(members),
            wilson(sum(len(o.matching.pairs) for o in members), sum(len(o.night.true_cramps) for o in members)),
            garwood(sum(len(o.matching.false) for o in members), len(members)),
        )
        for name in (*(name for name, _, _ in QUALITIES), BEST)
        if (members := groups.get(name))
    )


def _grouped(
    outcomes: Sequence[NightOutcome], group: Callable[[TrueEvent], str], order: Sequence[str] = ()
) -> tuple[CrampGroup, ...]:
    """Return sensitivity by group over observable cramps, in the given order or the alphabet's."""
    found: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for outcome in outcomes:
        matched = {i for i, _ in outcome.matching.pairs}
        for i, cramp in enumerate(outcome.night.true_cramps):
            if i not in outcome.hidden:
                there[group(cramp)] += 1
                found[group(cramp)] += i in matched
    return tuple(
        CrampGroup(name, wilson(found[name], there[name])) for name in order or sorted(there) if there[name]
    )


def _amplitude(cramp: TrueEvent) -> str:
    return UNSTATED if cramp.amplitude_ratio is None else _within(cramp.amplitude_ratio, AMPLITUDES, LOUDEST)


def _sort(event: TrueEvent) -> tuple[str, str | None]:
    return event.label.value, event.kind


def _within(value: float, classes: Sequence[tuple[str, float, float]], above: str) -> str:
    """Return the class `[low, high)` that a value lies in."""
    return next((name for name, low, high in classes if low <= value < high), above)
