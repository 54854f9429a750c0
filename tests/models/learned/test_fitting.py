"""Fitting: what can be told apart is, the same every time, and too few people are refused."""

from dataclasses import replace

import numpy as np
import pytest

from crampwatch.training.training import Trained
from models.learned.fitting import FittingError, fit
from models.learned.storage import probe_error
from tests.models.learned.made_examples import night


def test_cramps_that_differ_mostly_are_mostly_found_on_unseen_wearers(small: Trained) -> None:
    measured = small.card.metrics
    assert measured.sensitivity.n == 40
    assert measured.sensitivity.successes >= 20
    assert measured.precision.successes > 0.8 * measured.precision.n


def test_the_same_nights_give_the_same_model(small: Trained) -> None:
    again = fit([night(i) for i in range(20)])
    assert again.operating_point == small.card.operating_point
    assert probe_error(again.estimator, small.card.probes) == 0.0


def test_probabilities_sum_to_one(small: Trained) -> None:
    sums = [sum(probe.expected) for probe in small.card.probes]
    np.testing.assert_allclose(sums, 1.0, atol=1e-12)


def test_a_label_of_fewer_than_eight_people_is_refused() -> None:
    with pytest.raises(FittingError, match="7 wearers have an episode that is cramp, 8 are needed"):
        fit([night(i) for i in range(7)])


def test_nights_without_cramps_are_refused() -> None:
    nights = [replace(n, examples=n.examples[2:], cramps=()) for n in map(night, range(10))]
    with pytest.raises(FittingError, match="no episode is a cramp"):
        fit(nights)
