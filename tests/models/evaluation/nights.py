"""Nights with a truth and a prediction, written as plain numbers."""

from collections.abc import Sequence

from models import Label
from models.evaluation import EvaluatedNight, PredictedEvent, RaisedFlag, Span, TrueEvent, Unlabelled
from signals import GapReason

NIGHT_S = 28800.0

Times = tuple[float, float]


def true(
    onset_s: float,
    duration_s: float,
    label: Label | GapReason | Unlabelled = Label.CRAMP,
    kind: str | None = None,
    amplitude_ratio: float | None = None,
) -> TrueEvent:
    """Return an event of the truth."""
    return TrueEvent(span=Span(onset_s, duration_s), label=label, kind=kind, amplitude_ratio=amplitude_ratio)


def predicted(
    onset_s: float, duration_s: float, probability: float | None = 0.9, label: Label | None = None
) -> PredictedEvent:
    """Return an episode; it is a cramp from a probability of 0.5 on, unless a label is given."""
    said = label or (Label.CRAMP if probability is None or probability >= 0.5 else Label.VOLUNTARY)
    return PredictedEvent(span=Span(onset_s, duration_s), label=said, probability_cramp=probability)


def night(  # noqa: PLR0913 - a night is made of this
    truth: Sequence[TrueEvent] = (),
    episodes: Sequence[PredictedEvent] = (),
    *,
    name: str = "a",
    participant: str = "P1",
    usable_s: float = NIGHT_S,
    lost: Sequence[Span] = (),
    flags: Sequence[RaisedFlag] | None = None,
) -> EvaluatedNight:
    """Return a night of 8 h; without usable time it has no count."""
    return EvaluatedNight(
        name=name,
        participant=participant,
        monitored_s=NIGHT_S,
        usable_s=usable_s,
        missing=None if usable_s else "no_usable_time",
        truth=tuple(truth),
        predicted=tuple(episodes),
        lost=tuple(lost),
        flags=None if flags is None else tuple(flags),
    )
