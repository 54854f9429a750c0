"""Agreement of counts: published tables and other programs' values."""

import numpy as np
import pytest
from scipy import stats

from models.evaluation.agreement import bland_altman, count_agreement, icc_2_1

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=np.float64
)
TRUE, PREDICTED = [0, 0, 1, 2, 3, 0, 1, 4], [0, 1, 1, 2, 2, 0, 0, 4]


def test_icc_of_the_table_of_shrout_and_fleiss_is_the_published_one() -> None:
    """Shrout & Fleiss 1979, table 4: ICC(2,1) = .29; the interval is that of psych::ICC in R."""
    icc = icc_2_1(SHROUT_FLEISS)
    assert icc.value == pytest.approx(0.28976378, abs=1e-8)
    assert (icc.low, icc.high) == (pytest.approx(0.019, abs=5e-4), pytest.approx(0.76, abs=0.005))


def test_icc_of_counts_agrees_with_pingouin() -> None:
    """Values of pingouin 0.7.0, intraclass_corr, ICC(A,1); mean squares checked with statsmodels 0.15.0."""
    icc = count_agreement(TRUE, PREDICTED).icc
    assert icc.value == pytest.approx(0.90987124, abs=1e-8)
    assert (icc.low, icc.high) == (pytest.approx(0.63, abs=0.005), pytest.approx(0.98, abs=0.005))


def test_icc_of_the_mean_squares_of_statsmodels_is_the_formula_of_shrout_and_fleiss() -> None:
    between, raters, residual, n, k = 3.9910714285714284, 0.0625, 0.20535714285714285, 8, 2
    expected = (between - residual) / (between + (k - 1) * residual + k * (raters - residual) / n)
    assert count_agreement(TRUE, PREDICTED).icc.value == pytest.approx(expected)


def test_counts_that_never_differ_have_no_icc() -> None:
    icc = count_agreement([0, 0, 0], [0, 0, 0]).icc
    assert (icc.n, icc.value, icc.low, icc.high) == (3, None, None, None)


def test_perfect_agreement_is_one_with_no_interval() -> None:
    icc = count_agreement([0, 1, 3], [0, 1, 3]).icc
    assert (icc.value, icc.low, icc.high) == (1.0, None, None)


def test_a_constant_difference_of_constant_counts_says_nothing_of_nights() -> None:
    icc = count_agreement([0, 0, 0], [1, 1, 1]).icc
    assert (icc.value, icc.low, icc.high) == (0.0, None, None)


def test_one_night_has_a_bias_and_nothing_else() -> None:
    agreement = count_agreement([2], [3])
    assert agreement.icc.value is None
    assert (agreement.bland_altman.bias, agreement.bland_altman.sd, agreement.bland_altman.upper_limit) == (
        1,
        None,
        None,
    )


def test_no_night_has_no_bias() -> None:
    assert bland_altman([]).bias is None


def test_bias_and_limits_are_those_of_a_hand_computed_table() -> None:
    """Differences 0 1 0 0 -1 0 -1 0: mean -1/8, sum of squares 3 - 8/64 = 2.875, variance 2.875 / 7."""
    of = count_agreement(TRUE, PREDICTED).bland_altman
    sd = (2.875 / 7) ** 0.5
    assert of.bias == -0.125
    assert of.sd == pytest.approx(sd)
    assert (of.lower_limit, of.upper_limit) == (
        pytest.approx(-0.125 - 1.96 * sd),
        pytest.approx(-0.125 + 1.96 * sd),
    )


def test_the_interval_of_the_bias_is_that_of_a_t_test() -> None:
    of = count_agreement(TRUE, PREDICTED).bland_altman
    expected = stats.ttest_rel(PREDICTED, TRUE).confidence_interval()
    assert (of.bias_low, of.bias_high) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_exact_agreement_counts_nights_of_the_same_number() -> None:
    exact = count_agreement(TRUE, PREDICTED).exact
    assert (exact.successes, exact.n) == (5, 8)
