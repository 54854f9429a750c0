"""The correction for the detector's errors, against the algebra of counted = sensitivity x true + false."""

import numpy as np
import pytest

from trial.analysis.detector import correct
from trial.analysis.marginal import Difference
from trial.study.parts import DetectorFigures

NEVER_WRONG = DetectorFigures(source="made up", true_cramps=10**7, found=10**7, false_cramps=0, hours=1e9)


def counted(treated: float, control: float, error: float = 0.1) -> Difference:
    covariance = np.diag([error**2, error**2])
    return Difference(treated, control, treated - control, 0.0, 0.0, covariance)


def test_a_detector_without_errors_changes_nothing() -> None:
    found = correct(counted(0.96, 3.63), NEVER_WRONG, seed=1)
    assert found.ratio == pytest.approx(0.96 / 3.63, rel=1e-6)
    # log ratio with error sqrt(2) / 10
    assert found.ratio_low == pytest.approx(0.96 / 3.63 * np.exp(-1.96 * np.sqrt(0.02)), rel=0.02)
    assert found.ratio_high == pytest.approx(0.96 / 3.63 * np.exp(1.96 * np.sqrt(0.02)), rel=0.02)
    assert found.undefined_share == 0


def test_planted_errors_are_taken_out_again() -> None:
    # sensitivity 0.8 and 0.03 false cramps a night of 8 h: 0.21 a week
    figures = DetectorFigures(source="made up", true_cramps=100_000, found=80_000, false_cramps=30_000, hours=8e6)
    found = correct(counted(0.8 * 0.96 + 0.21, 0.8 * 3.63 + 0.21), figures, seed=1)
    assert found.ratio == pytest.approx(0.96 / 3.63)
    assert found.difference == pytest.approx(0.96 - 3.63)


def test_uncertain_figures_widen_the_interval() -> None:
    sure = DetectorFigures(source="made up", true_cramps=10_000, found=9_700, false_cramps=900, hours=248_000)
    unsure = DetectorFigures(source="made up", true_cramps=100, found=97, false_cramps=9, hours=2_480)
    widths = [
        found.ratio_high - found.ratio_low
        for figures in (sure, unsure)
        if (found := correct(counted(1.0, 3.7, 0.02), figures, seed=1)).ratio_high and found.ratio_low
    ]
    assert widths[0] < widths[1]


def test_counts_that_false_alarms_explain_have_no_corrected_ratio() -> None:
    figures = DetectorFigures(source="made up", true_cramps=100, found=97, false_cramps=500, hours=8_000)
    found = correct(counted(3.0, 3.6), figures, seed=1)  # 3.5 a week are false
    assert found.ratio is None
    assert found.undefined_share > 0.9
