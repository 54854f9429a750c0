"""From which probability an episode is called a cramp, and what that gives on labelled nights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from models.evaluation import Span, Tolerance, match
from models.evaluation.intervals import Proportion, Rate, garwood, wilson
from models.labels import Label
from models.learned.examples import LabelledNight
from models.learned.inputs import could_be_cramp
from models.rules import RuleClassifier, RuleSettings

Floats = NDArray[np.float64]

FALSE_PER_NIGHT_MAX = 0.02  # the design
ROUNDING = 1e-9  # 0.02 x 50 nights are one
LEAST = 0.5  # ours; below it an episode is more likely something else


@dataclass(frozen=True, slots=True)
class Metrics:
    """Cramps found, false cramps a night and precision, each with its 95 % interval."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    sensitivity: Proportion
    false_per_night: Rate
    precision: Proportion


def operating_point(nights: Sequence[LabelledNight], probability: Sequence[Floats]) -> float:
    """Return the lowest probability, at least one half, at which false cramps stay at 0.02 a usual night.

    `probability` holds p(cramp) of the examples of every night, from models that never saw its wearer. Of all
    values with the same outcome it is the highest. Cramps count as false as in `models.evaluation`.
    """
    false: list[float] = []
    possible: list[float] = []
    tolerance = Tolerance()
    for night, values in zip(nights, probability, strict=True):
        around = [tolerance.extended(cramp) for cramp in night.cramps]
        for example, value in zip(night.examples, values.tolist(), strict=True):
            if night.whole and could_be_cramp(example.features, RuleSettings()):
                possible.append(value)
                if not any(example.span.overlap_s(cramp) > 0 for cramp in around):
                    false.append(value)
    allowed = int(FALSE_PER_NIGHT_MAX * sum(night.worth for night in nights if night.whole) + ROUNDING)
    above = sorted(false, reverse=True)[allowed] if len(false) > allowed else 0.0
    above = max(above, np.nextafter(LEAST, 0))
    return min((value for value in possible if value > above), default=float(np.nextafter(above, 1)))


def called_cramps(night: LabelledNight, probability: Floats, threshold: float) -> list[Span]:
    """Return the episodes of a night that are called cramps."""
    return [
        example.span
        for example, value in zip(night.examples, probability.tolist(), strict=True)
        if value >= threshold and could_be_cramp(example.features, RuleSettings())
    ]


def metrics(nights: Sequence[LabelledNight], called: Sequence[Sequence[Span]]) -> Metrics:
    """Match called to true cramps on all whole nights, one to one."""
    true = predicted = matched = false = 0
    for night, spans in zip(nights, called, strict=True):
        if night.whole:
            matching = match(night.cramps, spans, Tolerance())
            true, predicted = true + len(night.cramps), predicted + len(spans)
            matched, false = matched + len(matching.pairs), false + len(matching.false)
    n_nights = sum(night.whole for night in nights)
    return Metrics(wilson(matched, true), garwood(false, n_nights), wilson(matched, predicted))


def by_rules(nights: Sequence[LabelledNight]) -> Metrics:
    """Measure the rules on the same nights; they learn nothing, so to them all nights are new."""
    rules = RuleClassifier()
    return metrics(
        nights,
        [[e.span for e in night.examples if rules.judge(e.features).label is Label.CRAMP] for night in nights],
    )
