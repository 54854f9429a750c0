"""FROC and calibration, against tables worked out by hand."""

import pytest

from models.evaluation import Tolerance
from models.evaluation.curves import calibration, froc
from tests.models.evaluation.nights import night, predicted, true

TOLERANCE = Tolerance()
TRUTH = [true(1000, 60), true(5000, 60), true(9000, 60)]
EPISODES = [
    predicted(1000, 60, 0.9),
    predicted(5000, 60, 0.4),
    predicted(20000, 60, 0.6),
    predicted(25000, 60, 0.2),
]
NIGHTS = [night(TRUTH, EPISODES, name="a"), night([], [predicted(100, 60, 0.9)], name="b")]


def test_the_curve_is_the_one_worked_out_by_hand() -> None:
    """From 0.9 one of three is found, one false in two nights; from 0.4 two are found, two false."""
    points = froc(NIGHTS, TOLERANCE)
    assert points is not None
    assert [(p.threshold, p.sensitivity, p.false_per_night) for p in points] == [
        (0.9, pytest.approx(1 / 3), 0.5),
        (0.4, pytest.approx(2 / 3), 1.0),
    ]


def test_fragments_find_a_cramp_once_and_are_not_false() -> None:
    points = froc([night([true(1000, 60)], [predicted(1000, 20, 0.9), predicted(1030, 20, 0.8)])], TOLERANCE)
    assert points is not None
    assert [(p.sensitivity, p.false_per_night) for p in points] == [(1.0, 0.0), (1.0, 0.0)]


def test_a_curve_without_a_true_cramp_is_undefined() -> None:
    assert froc([night([], [predicted(1000, 60)])], TOLERANCE) is None


def test_nothing_is_said_of_probabilities_where_one_is_not_given() -> None:
    nights = [night(TRUTH, [predicted(1000, 60, None)])]
    assert (froc(nights, TOLERANCE), calibration(nights, TOLERANCE)) == (None, None)


def test_nights_without_a_count_are_in_no_curve() -> None:
    assert froc([*NIGHTS, night(TRUTH, name="c", usable_s=0.0)], TOLERANCE) == froc(NIGHTS, TOLERANCE)


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    nights = [
        night([true(1000, 60)], [predicted(1000, 60, k / 1000)], name=str(k), participant=str(k))
        for k in range(1, 600)
    ]
    points = froc(nights, TOLERANCE)
    assert points is not None
    assert len(points) == 200
    assert (points[0].threshold, points[-1].threshold) == (0.599, 0.001)
    assert points[-1].sensitivity == 1.0


def test_the_brier_score_is_the_one_worked_out_by_hand() -> None:
    """Cramps said 0.9, 0.4; others 0.6, 0.2, 0.9: (0.01 + 0.36 + 0.36 + 0.04 + 0.81) / 5."""
    held = calibration(NIGHTS, TOLERANCE)
    assert held is not None
    assert (held.n_episodes, held.n_cramps) == (5, 2)
    assert held.brier == pytest.approx(1.58 / 5)
    assert held.brier_of_base_rate == pytest.approx(0.24)


@pytest.mark.parametrize(("probability", "low"), [(0.0, 0.0), (0.099, 0.0), (0.1, 0.1), (0.999, 0.9), (1.0, 0.9)])
def test_a_probability_falls_into_the_bin_that_begins_at_or_below_it(probability: float, low: float) -> None:
    held = calibration([night([], [predicted(100, 60, probability)])], TOLERANCE)
    assert held is not None
    (only,) = held.bins
    assert (only.low, only.mean_probability, only.observed.n) == (low, probability, 1)


def test_a_movement_beside_a_found_cramp_is_not_a_cramp_to_the_calibration() -> None:
    held = calibration([night([true(1000, 60)], [predicted(1000, 60, 0.9), predicted(1065, 3, 0.0)])], TOLERANCE)
    assert held is not None
    assert (held.n_cramps, held.brier) == (1, pytest.approx(0.005))


def test_calibration_without_episodes_is_undefined() -> None:
    assert calibration([night(TRUTH)], TOLERANCE) is None
