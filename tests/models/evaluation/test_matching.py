"""Matching: one to one, any overlap with the extended cramp, fragments and merges apart."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.evaluation import Span, Tolerance, match

NONE, DEFAULT = Tolerance(0.0, 0.0), Tolerance()


@pytest.mark.parametrize(("end_s", "found"), [(89.9, False), (90.0, False), (90.1, True)])
def test_a_prediction_before_a_cramp_is_matched_within_ten_seconds_of_it(end_s: float, *, found: bool) -> None:
    matching = match([Span(100, 60)], [Span(50, end_s - 50)], DEFAULT)
    assert bool(matching.pairs) is found
    assert (matching.false, matching.missed) == (() if found else (0,), () if found else (0,))


@pytest.mark.parametrize(("onset_s", "found"), [(189.9, True), (190.0, False), (190.1, False)])
def test_a_prediction_after_a_cramp_is_matched_within_thirty_seconds_of_it(onset_s: float, *, found: bool) -> None:
    assert bool(match([Span(100, 60)], [Span(onset_s, 20)], DEFAULT).pairs) is found


def test_several_predictions_on_one_cramp_are_one_match_and_fragments() -> None:
    matching = match([Span(100, 100)], [Span(100, 20), Span(130, 50), Span(190, 10)], NONE)
    assert matching.pairs == ((0, 1),)
    assert matching.fragments == (0, 2)
    assert matching.false == ()


def test_one_prediction_over_two_cramps_is_one_match_and_a_merge() -> None:
    matching = match([Span(100, 50), Span(170, 100)], [Span(100, 170)], NONE)
    assert matching.pairs == ((1, 0),)
    assert matching.merged == (0,)
    assert matching.missed == ()


def test_a_cramp_that_a_prediction_reaches_only_by_tolerance_is_missed_and_not_merged() -> None:
    matching = match([Span(100, 60), Span(175, 60)], [Span(100, 68)], DEFAULT)
    assert matching.pairs == ((0, 0),)
    assert (matching.missed, matching.merged) == ((1,), ())


def test_a_prediction_inside_the_tolerance_of_two_cramps_belongs_to_the_one_it_lies_in() -> None:
    assert match([Span(100, 60), Span(180, 60)], [Span(180, 8)], DEFAULT).pairs == ((1, 0),)


def test_a_prediction_without_length_overlaps_nothing() -> None:
    assert match([Span(100, 60)], [Span(120, 0)], DEFAULT).false == (0,)


def test_a_night_without_cramps_and_predictions_has_nothing_to_match() -> None:
    matching = match([], [], DEFAULT)
    assert (matching.pairs, matching.missed, matching.merged, matching.fragments, matching.false) == ((),) * 5


def test_a_tolerance_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        Tolerance(-1.0, 30.0)


def spans(most: int) -> st.SearchStrategy[list[Span]]:
    times = st.lists(st.integers(0, 60), max_size=2 * most, unique=True).map(sorted)
    return times.map(lambda t: [Span(float(a), float(b - a)) for a, b in zip(t[::2], t[1::2], strict=False)])


def best_by_trying_all(true: list[Span], predicted: list[Span]) -> float:
    """Return the greatest total overlap of any one-to-one pairing."""
    small, large = sorted((true, predicted), key=len)
    return max(
        sum(a.overlap_s(b) for a, b in zip(small, chosen, strict=True))
        for chosen in permutations(large, len(small))
    )


@given(spans(4), spans(4))
def test_the_total_overlap_is_the_greatest_of_all_pairings(true: list[Span], predicted: list[Span]) -> None:
    pairs = match(true, predicted, NONE).pairs
    total_s = sum(true[i].overlap_s(predicted[j]) for i, j in pairs)
    assert total_s == pytest.approx(best_by_trying_all(true, predicted))


@given(spans(5), spans(5))
def test_every_true_and_every_predicted_cramp_is_in_exactly_one_place(
    true: list[Span], predicted: list[Span]
) -> None:
    matching = match(true, predicted, DEFAULT)
    of_true = [i for i, _ in matching.pairs] + [*matching.missed, *matching.merged]
    of_predicted = [j for _, j in matching.pairs] + [*matching.fragments, *matching.false]
    assert sorted(of_true) == list(range(len(true)))
    assert sorted(of_predicted) == list(range(len(predicted)))
