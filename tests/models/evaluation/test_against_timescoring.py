"""The same events scored by timescoring 0.0.7, where its definitions are ours, and where they differ."""

import numpy as np
import pytest
from timescoring.annotations import Annotation
from timescoring.scoring import EventScoring

from models.evaluation import Span, Tolerance, match
from tests.models.evaluation.nights import NIGHT_S

FS_HZ = 10
Times = list[tuple[float, float]]


def theirs(true: Times, predicted: Times, merge_s: float = 0.0, split_s: float = NIGHT_S) -> EventScoring:
    """Score with any overlap and our tolerance; by default nothing is merged and nothing split."""
    n = round(NIGHT_S * FS_HZ)
    parameters = EventScoring.Parameters(
        toleranceStart=10, toleranceEnd=30, minOverlap=0, maxEventDuration=split_s, minDurationBetweenEvents=merge_s
    )
    return EventScoring(Annotation(true, FS_HZ, n), Annotation(predicted, FS_HZ, n), parameters)


def spans(times: Times) -> list[Span]:
    return [Span(start_s, end_s - start_s) for start_s, end_s in times]


@pytest.mark.parametrize("seed", range(20))
def test_found_and_false_are_the_same_where_no_prediction_reaches_two_cramps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = [(float(k), float(k + rng.integers(15, 400))) for k in range(1000, 26000, 1000)]
    true = [place for place in places if rng.random() < 0.5]
    shifted = [(start + float(rng.integers(-60, 60)), end + float(rng.integers(-10, 90))) for start, end in places]
    predicted = [(start, end) for start, end in shifted if end > start and rng.random() < 0.6]
    scored = theirs(true, predicted)
    ours = match(spans(true), spans(predicted), Tolerance())
    assert (len(ours.pairs), len(ours.false)) == (scored.tp, scored.fp)
    assert len(true) == scored.refTrue


def test_fragments_are_false_to_neither_but_only_we_count_them() -> None:
    true, predicted = [(1000.0, 1300.0)], [(1000.0, 1050.0), (1100.0, 1150.0), (1200.0, 1300.0)]
    scored, ours = theirs(true, predicted), match(spans(true), spans(predicted), Tolerance())
    assert (scored.tp, scored.fp) == (1, 0)
    assert (len(ours.pairs), len(ours.fragments), len(ours.false)) == (1, 2, 0)


def test_one_prediction_over_two_cramps_finds_both_for_them_and_one_for_us() -> None:
    true, predicted = [(1000.0, 1100.0), (1120.0, 1200.0)], [(1000.0, 1200.0)]
    scored, ours = theirs(true, predicted), match(spans(true), spans(predicted), Tolerance())
    assert scored.tp == 2
    assert (len(ours.pairs), len(ours.merged)) == (1, 1)


def test_their_defaults_make_one_event_of_two_cramps_and_two_of_a_long_one() -> None:
    near, long = [(1000.0, 1060.0), (1120.0, 1180.0)], [(1000.0, 1480.0)]
    assert theirs(near, near, merge_s=90.0, split_s=300.0).refTrue == 1
    assert theirs(long, long, merge_s=90.0, split_s=300.0).refTrue == 2
    assert len(match(spans(near), spans(near), Tolerance()).pairs) == 2
    assert len(match(spans(long), spans(long), Tolerance()).pairs) == 1
