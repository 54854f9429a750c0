"""Which label an episode gets from the true events around it."""

import pytest

from models import Label
from models.evaluation import Span, TrueEvent, Unlabelled
from models.learned.examples import label_of
from signals import GapReason


def true(onset_s: float, end_s: float, label: Label | GapReason | Unlabelled, kind: str | None = None) -> TrueEvent:
    return TrueEvent(span=Span(onset_s, end_s - onset_s), label=label, kind=kind)


@pytest.mark.parametrize(
    ("truth", "label"),
    [
        ((), None),
        ((true(0, 105, Label.GAIT),), None),  # 5 of 100 s
        ((true(0, 110, Label.GAIT),), Label.GAIT),  # 10 of 100 s
        ((true(100, 140, Label.GAIT), true(150, 200, Label.VOLUNTARY)), Label.VOLUNTARY),
        ((true(100, 130, Label.GAIT), true(130, 170, Label.VOLUNTARY), true(170, 200, Label.GAIT)), Label.GAIT),
        ((true(100, 120, Label.CRAMP), true(120, 200, Label.GAIT)), Label.CRAMP),  # it holds the whole cramp
        ((true(0, 120, Label.CRAMP), true(120, 200, Label.GAIT)), Label.GAIT),  # a sixth of the cramp
        ((true(100, 200, GapReason.LEAD_OFF),), None),
        ((true(100, 200, Unlabelled.MINOR, "fasciculation"),), Label.RHYTHMIC),
        ((true(100, 200, Unlabelled.MINOR, "cramp"),), None),
    ],
)
def test_an_episode_is_what_covers_most_of_it_or_the_cramp_that_it_holds(
    truth: tuple[TrueEvent, ...], label: Label | None
) -> None:
    assert label_of(Span(100.0, 100.0), truth, None) is label


def test_what_nothing_explains_is_what_the_caller_says() -> None:
    assert label_of(Span(0.0, 5.0), (), Label.ARTEFACT) is Label.ARTEFACT
