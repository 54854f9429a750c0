"""What errors do to a trial: the table of docs/evaluation.md, worked out by hand."""

import pytest

from models.evaluation import TrialRates
from models.evaluation.intervals import garwood, wilson
from models.evaluation.trial import observed_ratio, trial_consequence, weekly_precision

K2 = TrialRates()
TABLE = [
    (0.0, 0.264, 1.0, 1.0),
    (0.05, 0.34, 0.90, 0.71),
    (0.10, 0.39, 0.82, 0.55),
    (0.20, 0.49, 0.70, 0.38),
    (0.67, 0.70, 0.41, 0.16),
]


@pytest.mark.parametrize(("false_per_night", "ratio", "untreated", "treated"), TABLE)
def test_a_sensitivity_of_ninety_percent_gives_the_table(
    false_per_night: float, ratio: float, untreated: float, treated: float
) -> None:
    assert observed_ratio(K2, 0.9, false_per_night) == pytest.approx(ratio, abs=0.005)
    assert weekly_precision(K2.untreated_per_week, 0.9, false_per_night) == pytest.approx(untreated, abs=0.005)
    assert weekly_precision(K2.treated_per_week, 0.9, false_per_night) == pytest.approx(treated, abs=0.005)


@pytest.mark.parametrize("sensitivity", [0.1, 0.5, 1.0])
def test_sensitivity_cancels_where_nothing_is_false(sensitivity: float) -> None:
    assert observed_ratio(K2, sensitivity, 0.0) == pytest.approx(0.96 / 3.63)


def test_the_envelope_is_made_of_the_ends_of_both_intervals() -> None:
    sensitivity, false = wilson(90, 100), garwood(5, 100)
    of = trial_consequence(K2, sensitivity, false)
    assert sensitivity.low is not None
    assert sensitivity.high is not None
    assert false.low is not None
    assert false.high is not None
    highest = (sensitivity.low * 0.96 + 7 * false.high) / (sensitivity.low * 3.63 + 7 * false.high)
    lowest = (sensitivity.high * 0.96 + 7 * false.low) / (sensitivity.high * 3.63 + 7 * false.low)
    assert (of.low, of.high) == (pytest.approx(lowest), pytest.approx(highest))
    assert of.observed_ratio == pytest.approx((0.9 * 0.96 + 0.35) / (0.9 * 3.63 + 0.35))


def test_without_true_cramps_there_is_no_ratio() -> None:
    of = trial_consequence(K2, wilson(0, 0), garwood(1, 10))
    assert (of.observed_ratio, of.low, of.high, of.precision_treated) == (None, None, None, None)


def test_a_detector_that_counts_nothing_has_no_ratio() -> None:
    assert trial_consequence(K2, wilson(0, 10), garwood(0, 10)).observed_ratio is None


def test_a_trial_without_cramps_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        TrialRates(treated_per_week=0.0)
