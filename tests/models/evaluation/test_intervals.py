"""Intervals of shares and rates, against published tables and independent implementations."""

import pytest
from scipy import stats

from models.evaluation.intervals import garwood, wilson


def test_wilson_gives_the_published_example_of_newcombe() -> None:
    """Newcombe 1998, Stat Med 17:857, table I, method 3: 81 of 263."""
    share = wilson(81, 263)
    assert share.value == pytest.approx(0.3080, abs=5e-5)
    assert (share.low, share.high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))


@pytest.mark.parametrize(("successes", "n"), [(0, 20), (1, 10), (19, 20), (20, 20), (150, 300)])
def test_wilson_agrees_with_scipy(successes: int, n: int) -> None:
    share, expected = wilson(successes, n), stats.binomtest(successes, n).proportion_ci(method="wilson")
    assert (share.low, share.high) == (pytest.approx(expected.low, abs=1e-12), pytest.approx(expected.high))


def test_a_share_of_nothing_is_undefined() -> None:
    share = wilson(0, 0)
    assert (share.value, share.low, share.high) == (None, None, None)


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3)])
def test_an_impossible_share_is_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{successes} of {n}"):
        wilson(successes, n)


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)]
)
def test_garwood_gives_the_published_table(events: int, low: float, high: float) -> None:
    rate = garwood(events, 1.0)
    assert (rate.low, rate.high) == (pytest.approx(low, abs=6e-4), pytest.approx(high, abs=6e-4))


@pytest.mark.parametrize("events", [1, 3, 40])
def test_each_garwood_limit_leaves_two_and_a_half_percent_in_its_poisson_tail(events: int) -> None:
    rate = garwood(events, 300.0)
    assert rate.low is not None
    assert rate.high is not None
    assert stats.poisson.sf(events - 1, rate.low * 300) == pytest.approx(0.025)
    assert stats.poisson.cdf(events, rate.high * 300) == pytest.approx(0.025)


def test_a_rate_without_exposure_is_undefined() -> None:
    assert garwood(0, 0.0).value is None


def test_a_negative_exposure_is_refused() -> None:
    with pytest.raises(ValueError, match="-2"):
        garwood(1, -2.0)
