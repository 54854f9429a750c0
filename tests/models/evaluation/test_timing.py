"""Errors of onset, end and duration, and flag latency."""

import pytest

from models.evaluation import RaisedFlag, Tolerance
from models.evaluation.outcome import outcome_of
from models.evaluation.timing import flag_latency, spread, timing_errors
from tests.models.evaluation.nights import night, predicted, true

TOLERANCE = Tolerance()


def test_quantiles_interpolate_between_order_statistics() -> None:
    """Type 7 of Hyndman and Fan on 0 to 4: position 4 p."""
    of = spread([4.0, 0.0, 3.0, 1.0, 2.0])
    assert (of.n, of.median_s, of.q25_s, of.q75_s) == (5, 2.0, 1.0, 3.0)
    assert (of.p05_s, of.p95_s) == (pytest.approx(0.2), pytest.approx(3.8))


def test_the_spread_of_nothing_is_undefined() -> None:
    assert (spread([]).n, spread([]).median_s) == (0, None)


def test_late_onset_and_early_end_of_a_matched_cramp_have_their_signs() -> None:
    truth, episodes = [true(1000, 60), true(5000, 30)], [predicted(1002, 55), predicted(20000, 60)]
    errors = timing_errors([outcome_of(night(truth, episodes), TOLERANCE)])
    assert errors.onset_errors_s == (2.0,)
    assert (errors.onset.median_s, errors.end.median_s, errors.duration.median_s) == (2.0, -3.0, -5.0)


def test_latency_is_from_true_onset_to_the_first_flag() -> None:
    flags = [RaisedFlag(1001.0, 1011.0), RaisedFlag(1001.0, 1030.0), RaisedFlag(9000.0, 9010.0)]
    of = flag_latency([night([true(1000, 60), true(5000, 60)], flags=flags)], TOLERANCE)
    assert of is not None
    assert of.latencies_s == (11.0,)
    assert (of.flagged.successes, of.flagged.n, of.unflagged) == (1, 2, 1)
    assert (of.false_per_night.events, of.n_nights) == (1, 1)


@pytest.mark.parametrize(("raised_s", "flagged"), [(989.9, 0), (990.0, 1), (1090.0, 1), (1090.1, 0)])
def test_a_flag_belongs_to_a_cramp_within_its_tolerance(raised_s: float, flagged: int) -> None:
    of = flag_latency([night([true(1000, 60)], flags=[RaisedFlag(raised_s, raised_s)])], TOLERANCE)
    assert of is not None
    assert (of.flagged.successes, of.false_per_night.events) == (flagged, 1 - flagged)


def test_nights_that_were_not_replayed_have_no_latency() -> None:
    assert flag_latency([night([true(1000, 60)])], TOLERANCE) is None


def test_a_replay_without_a_flag_is_a_missed_flag_and_no_missing_one() -> None:
    of = flag_latency([night([true(1000, 60)], flags=[])], TOLERANCE)
    assert of is not None
    assert (of.latency.median_s, of.unflagged) == (None, 1)
