"""What each endpoint sees of the true rates on average, worked out rather than simulated, for the closed form."""

from dataclasses import dataclass
from math import exp

import numpy as np
from scipy.stats import gamma, norm

from trial.nightly.legs import DAYS_PER_WEEK
from trial.power.assumptions import Design
from trial.power.closed_form import Comparison
from trial.power.people import LARGEST_MISSED_SHARE, LEAST_PARTIAL, SHORTEST_NIGHT_H
from trial.simulated import TrialPlan
from trial.simulated.trial import NIGHT_OF_8_H

MOST_USUAL = 1000  # cramps a night that nobody has


def expected(design: Design) -> dict[str, Comparison]:
    """Return by endpoint the rates a week that it sees, its mean exposure in weeks, and its dispersion.

    False alarms add to both arms' rates and do not vary between people, and what a diary has beside the cramps that
    were felt does not change from the run-in on; the dispersion is the mean of both arms' thus diluted ones. Left
    out, as no closed form has them: the dispersion of nights, unequal exposure, the baseline as a covariate.
    """
    plan = design.plan
    return {"objective": _objective(design, plan), "diary": _diary(design, plan)}


def _objective(design: Design, plan: TrialPlan) -> Comparison:
    false = plan.false_per_night * DAYS_PER_WEEK
    of_all = (1 + plan.dispersion) * (1 + plan.change_dispersion) - 1

    def arm(per_week: float) -> _Arm:
        found = plan.sensitivity * per_week
        return _Arm(found + false, of_all * (found / (found + false)) ** 2)

    recorded = 1 - plan.partial_share * (1 - (1 + LEAST_PARTIAL) / 2)
    night = _mean_night_h(plan) / NIGHT_OF_8_H * recorded * exp(-plan.lost_share)
    weeks = _nights_there(plan).sum() / DAYS_PER_WEEK
    return _compared(
        design, arm(plan.control_per_week), arm(plan.treated_per_week), float(weeks * (1 - _missed(plan)) * night)
    )


def _diary(design: Design, plan: TrialPlan) -> Comparison:
    there = _nights_there(plan)
    week = (plan.run_in_nights + np.arange(plan.treatment_nights)) // DAYS_PER_WEEK
    usual = DAYS_PER_WEEK * _usual_per_night(plan)

    def arm(per_week: float, expectation: float) -> _Arm:
        noticed = np.minimum(1.0, plan.diary_noticed * plan.diary_fatigue_per_week**week * expectation)
        felt = per_week * _mean_night_h(plan) / NIGHT_OF_8_H * float(noticed @ there / there.sum())
        felt *= 1 - plan.diary_made_up
        rate = felt + (1 - plan.diary_made_up) * plan.diary_other_per_week + plan.diary_made_up * usual
        return _Arm(rate, (1 + plan.dispersion) * (1 + plan.change_dispersion * (felt / rate) ** 2) - 1)

    weeks = float(there.sum()) / DAYS_PER_WEEK * (1 - plan.diary_left_out)
    return _compared(
        design, arm(plan.control_per_week, 1.0), arm(plan.treated_per_week, plan.diary_expectation), weeks
    )


@dataclass(frozen=True, slots=True)
class _Arm:
    per_week: float
    dispersion: float


def _compared(design: Design, control: _Arm, treated: _Arm, weeks: float) -> Comparison:
    theta = design.allocation
    dispersion = (theta * control.dispersion + treated.dispersion) / (1 + theta)
    return Comparison(
        control=control.per_week,
        treated=treated.per_week,
        exposure=weeks,
        dispersion=dispersion,
        allocation=theta,
    )


def _nights_there(plan: TrialPlan) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return for every night of treatment the share of people who have not dropped out."""
    return 1 - plan.dropout_share * (1 + np.arange(plan.treatment_nights)) / plan.treatment_nights


def _mean_night_h(plan: TrialPlan) -> float:
    """Return the mean of a normal length that is never below the shortest."""
    if plan.night_sd_h == 0:
        return max(SHORTEST_NIGHT_H, plan.night_h)
    z = (plan.night_h - SHORTEST_NIGHT_H) / plan.night_sd_h
    above = (plan.night_h - SHORTEST_NIGHT_H) * norm.cdf(z) + plan.night_sd_h * norm.pdf(z)
    return SHORTEST_NIGHT_H + float(above)


def _missed(plan: TrialPlan) -> float:
    """Return the mean of a gamma share that is never above the largest."""
    mean, spread = plan.missed_share, plan.missed_dispersion
    if mean == 0 or spread == 0:
        return min(LARGEST_MISSED_SHARE, mean)
    shape, scale = 1 / spread, mean * spread
    below = mean * gamma.cdf(LARGEST_MISSED_SHARE, shape + 1, scale=scale)
    return float(below + LARGEST_MISSED_SHARE * gamma.sf(LARGEST_MISSED_SHARE, shape, scale=scale))


def _usual_per_night(plan: TrialPlan) -> float:
    """Return the mean of a person's usual number of cramps a night, which is a whole one."""
    mean = plan.run_in_per_week / DAYS_PER_WEEK
    if plan.dispersion == 0:
        return float(round(mean))
    halves = np.arange(MOST_USUAL) + 0.5
    return float(gamma.sf(halves, 1 / plan.dispersion, scale=mean * plan.dispersion).sum())
