"""Imputation and tipping point on made-up trials whose truth is known."""

import numpy as np
import pytest

from tests.trial.analysis.made import totals
from trial.analysis.missing import Totals, impute
from trial.analysis.models import Counts, negative_binomial


def complete(of: Totals) -> float:
    return (
        negative_binomial(Counts(of.count, of.seen, of.covariates, np.arange(len(of.count)))).ratio("treated").value
    )


def test_without_missed_nights_it_is_the_complete_analysis() -> None:
    of = totals(1)
    found = impute(of, 1.0, 3, seed=5)
    assert found.ratio.value == pytest.approx(complete(of), rel=1e-9)
    assert found.missing_information == pytest.approx(0, abs=1e-12)


def test_nights_missing_at_random_leave_the_ratio_where_it_was() -> None:
    of = totals(2, missed_share=0.3)
    found = impute(of, 1.0, 20, seed=5)
    assert np.log(found.ratio.value) == pytest.approx(np.log(complete(of)), abs=0.06)
    assert 0 < found.missing_information < 0.3


def test_the_same_seed_gives_the_same_imputation() -> None:
    of = totals(3, missed_share=0.2)
    assert impute(of, 1.0, 3, seed=5) == impute(of, 1.0, 3, seed=5)
    assert impute(of, 1.0, 3, seed=5) != impute(of, 1.0, 3, seed=6)


def test_a_delta_raises_the_treated_arm_by_its_share_of_missed_nights() -> None:
    # with half of the nights missed and doubled, the treated rate becomes (1 + 2) / 2 of what it was
    of = totals(4, n=400, missed_share=0.5)
    ratio = impute(of, 2.0, 20, seed=5).ratio.value / impute(of, 1.0, 20, seed=5).ratio.value
    assert ratio == pytest.approx(1.5, abs=0.08)


def test_a_participant_without_any_night_is_imputed_from_the_others() -> None:
    of = totals(5, missed_share=0.2)
    none = Totals(
        np.append(of.count, 0.0),
        np.append(of.seen, 0.0),
        np.append(of.missed, 8.0),
        of.covariates.iloc[[*range(len(of.count)), 0]].reset_index(drop=True),
        of.nights + 56,
    )
    assert impute(none, 1.0, 5, seed=5).ratio.value == pytest.approx(
        impute(of, 1.0, 5, seed=5).ratio.value, rel=0.1
    )


def test_a_participant_of_whom_nothing_was_expected_is_refused() -> None:
    of = totals(6)
    with pytest.raises(ValueError, match="expected exposure"):
        Totals(of.count, of.seen * 0, of.missed * 0, of.covariates, 0)
