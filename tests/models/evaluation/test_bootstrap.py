"""The bootstrap by participant, against scipy's and where it has nothing to say."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from models.evaluation.bootstrap import ratio_by_participant

ABOVE, BELOW = [1.0, 3, 2, 0, 4, 5, 1, 2, 3, 2], [2.0, 4, 2, 1, 5, 5, 2, 3, 3, 4]
PEOPLE = [f"P{i}" for i in range(10)]


def ratio(above: NDArray[np.float64], below: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    return np.sum(above, axis=axis) / np.sum(below, axis=axis)


def test_with_one_night_each_it_is_the_percentile_bootstrap_of_scipy() -> None:
    ours = ratio_by_participant(PEOPLE, ABOVE, BELOW, 20000, 1)
    theirs = stats.bootstrap(
        (ABOVE, BELOW), ratio, paired=True, vectorized=True, method="percentile", n_resamples=20000, rng=2
    ).confidence_interval
    assert (ours.low, ours.high) == (pytest.approx(theirs.low, abs=0.01), pytest.approx(theirs.high, abs=0.01))


def test_nights_of_one_participant_stay_together() -> None:
    """Splitting each value into two nights of the same participant changes nothing."""
    halves = [value / 2 for value in ABOVE for _ in range(2)], [value / 2 for value in BELOW for _ in range(2)]
    people = [name for name in PEOPLE for _ in range(2)]
    assert ratio_by_participant(people, *halves, 500, 3) == ratio_by_participant(PEOPLE, ABOVE, BELOW, 500, 3)


def test_the_same_seed_gives_the_same_interval_and_another_one_does_not() -> None:
    first, again, other = (ratio_by_participant(PEOPLE, ABOVE, BELOW, 200, seed) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_one_participant_has_no_interval() -> None:
    of = ratio_by_participant(["P1", "P1"], [1, 0], [1, 1], 100, 1)
    assert (of.low, of.high, of.n_participants) == (None, None, 1)


def test_no_events_have_no_interval_for_drawing_anew_cannot_show_any() -> None:
    of = ratio_by_participant(PEOPLE, [0.0] * 10, [1.0] * 10, 100, 1)
    assert (of.low, of.high) == (None, None)


def test_replicates_with_nothing_to_divide_by_are_counted() -> None:
    """Of two participants, only one with cramps: a quarter of the replicates draws the other one twice."""
    of = ratio_by_participant(["P1", "P2"], [1, 0], [2, 0], 10000, 1)
    assert of.undefined_replicates == pytest.approx(2500, abs=200)
