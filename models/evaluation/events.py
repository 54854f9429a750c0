"""What is compared: true events, predicted episodes, flags, and the night that they belong to; times in s."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import isfinite

from models.labels import Label
from signals import GapReason


class Unlabelled(StrEnum):
    """What a truth may name besides the labels of the project."""

    MINOR = "minor"  # activity that does not meet a definition: fasciculations, a cramp below 15 s or 3 × the floor


class EvaluationError(ValueError):
    """What was given cannot be evaluated; the message names the value and says what to do."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a night, `[onset_s, end_s)`, in seconds from the start of the file.

    Raises `EvaluationError` for a time that is not finite and for a negative duration.
    """

    onset_s: float
    duration_s: float

    def __post_init__(self) -> None:
        if not (isfinite(self.onset_s) and isfinite(self.duration_s)):
            raise EvaluationError(f"onset {self.onset_s}, duration {self.duration_s}: both must be numbers, in s")
        if self.duration_s < 0:
            raise EvaluationError(f"duration {self.duration_s} s at onset {self.onset_s} s is negative: correct it")

    @property
    def end_s(self) -> float:
        """First moment after the stretch."""
        return self.onset_s + self.duration_s

    def overlap_s(self, other: "Span") -> float:
        """Return the seconds that both share."""
        return max(0.0, min(self.end_s, other.end_s) - max(self.onset_s, other.onset_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueEvent:
    """One event of the reference: a contraction or movement by its label, lost time by its cause, or `minor`.

    `kind` is a finer name that the reference gives (`plm`, `turning`, `short`), `amplitude_ratio` the level
    over the resting floor; None where the reference does not say.
    """

    span: Span
    label: Label | GapReason | Unlabelled
    kind: str | None = None
    amplitude_ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedEvent:
    """One scored episode; it is counted where the label is `cramp`. `probability_cramp` is None where not given."""

    span: Span
    label: Label
    probability_cramp: float | None

    def __post_init__(self) -> None:
        if self.probability_cramp is not None and not 0 <= self.probability_cramp <= 1:
            raise EvaluationError(
                f"probability_cramp {self.probability_cramp} at onset {self.span.onset_s} s lies outside 0 to 1"
            )


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """A live flag: `raised_s`, when it was raised, and `onset_s`, since when it saw a contraction."""

    onset_s: float
    raised_s: float

    def __post_init__(self) -> None:
        if not (isfinite(self.onset_s) and isfinite(self.raised_s)):
            raise EvaluationError(f"flag at {self.raised_s}, onset {self.onset_s}: both must be numbers, in s")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EvaluatedNight:
    """One leg in one night, with its truth and its prediction.

    `lost` are the stretches that the prediction calls lost. `flags` is None where the live path was not run.
    `missing` says why the night has no count, None where it has one.

    Raises `EvaluationError` for truth out of order, cramps of the truth that overlap or have no length, truth
    that begins after the end of the night, and an exposure that is negative or longer than the night.
    """

    name: str
    participant: str
    monitored_s: float
    usable_s: float
    missing: str | None
    truth: tuple[TrueEvent, ...]
    predicted: tuple[PredictedEvent, ...]
    lost: tuple[Span, ...] = ()
    flags: tuple[RaisedFlag, ...] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.usable_s <= self.monitored_s:
            raise EvaluationError(
                f"{self.name}: {self.usable_s} s usable of {self.monitored_s} s monitored cannot be: score it again"
            )
        if self.missing is not None and any(event.label is Label.CRAMP for event in self.predicted):
            raise EvaluationError(f"{self.name}: has no count ({self.missing}) and yet cramps: score it again")
        for before, after in pairwise(self.truth):
            if after.span.onset_s < before.span.onset_s:
                raise EvaluationError(
                    f"{self.name}: truth at {after.span.onset_s} s stands after {before.span.onset_s} s: "
                    "sort the rows by onset"
                )
        if self.truth and self.truth[-1].span.onset_s >= self.monitored_s:
            raise EvaluationError(
                f"{self.name}: truth at {self.truth[-1].span.onset_s} s begins after the end of the night at "
                f"{self.monitored_s} s: check that truth and prediction are of the same recording"
            )
        self._check_cramps()

    def _check_cramps(self) -> None:
        for cramp in self.true_cramps:
            if cramp.span.duration_s == 0:
                raise EvaluationError(f"{self.name}: the true cramp at {cramp.span.onset_s} s has no duration")
        for before, after in pairwise(self.true_cramps):
            if after.span.onset_s < before.span.end_s:
                raise EvaluationError(
                    f"{self.name}: the true cramps at {before.span.onset_s} s and {after.span.onset_s} s overlap: "
                    "join them or correct their ends"
                )

    @property
    def true_cramps(self) -> tuple[TrueEvent, ...]:
        """The cramps of the truth, in order of onset."""
        return tuple(event for event in self.truth if event.label is Label.CRAMP)

    @property
    def predicted_cramps(self) -> tuple[PredictedEvent, ...]:
        """The counted episodes."""
        return tuple(event for event in self.predicted if event.label is Label.CRAMP)

    @property
    def truly_lost(self) -> tuple[Span, ...]:
        """The stretches that the truth itself calls lost."""
        return tuple(event.span for event in self.truth if isinstance(event.label, GapReason))
