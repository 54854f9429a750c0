"""Many made-up trials at once, as the rows of their analysis: the same people as `trial.simulated`, without a log.

Every draw has the distribution that it has in `trial.simulated.trial`, night by night; times of single cramps are
not kept, since what is seen of them depends on the usable share of the night only. A test holds the two together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.nightly.legs import DAYS_PER_WEEK
from trial.nightly.results import SECONDS_PER_HOUR
from trial.simulated import TrialPlan
from trial.simulated.trial import GAP_S, NIGHT_OF_8_H

Floats = NDArray[np.float64]
SHORTEST_NIGHT_H, LARGEST_MISSED_SHARE, LEAST_PARTIAL = 3.0, 0.9, 0.02  # limits within `trial.simulated.trial`
GAP_H = GAP_S / SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True)
class Seen:
    """What one endpoint has of every person: run-in (shape (people,)) and weeks of treatment (people, weeks).

    Exposure is in weeks of seven nights, of eight hours for the sensor; 0 where nothing is known.
    """

    run_in: Floats
    run_in_weeks: Floats
    count: Floats
    weeks: Floats


@dataclass(frozen=True, slots=True)
class People:
    """The people of `trials` trials, one trial after the other; arrays of shape (people,)."""

    trials: int
    treated: NDArray[np.bool_]
    site: NDArray[np.int64]
    objective: Seen
    diary: Seen

    @property
    def per_trial(self) -> int:
        """Number of people in each trial."""
        return len(self.treated) // self.trials


def made_up(plan: TrialPlan, trials: int, rng: np.random.Generator) -> People:
    """Make up the people of so many trials of a plan."""
    of_one = np.arange(plan.n_treated + plan.n_control) < plan.n_treated
    treated = np.tile(of_one, trials)
    n, nights = len(treated), plan.run_in_nights + plan.treatment_nights
    frailty, change = _frailty(rng, plan.dispersion, n), _frailty(rng, plan.change_dispersion, n)
    there = _there(plan, rng, n)
    bed_h = np.maximum(SHORTEST_NIGHT_H, rng.normal(plan.night_h, plan.night_sd_h, (n, nights)))
    per_week = (change * np.where(treated, plan.treated_per_week, plan.control_per_week))[:, None]
    per_week = np.where(np.arange(nights) < plan.run_in_nights, plan.run_in_per_week, per_week) * frailty[:, None]
    true = rng.poisson(per_week * _frailty(rng, plan.night_dispersion, (n, nights)) * bed_h / WEEK_OF_NIGHTS_H)
    return People(
        trials,
        treated,
        rng.integers(0, len(plan.sites), n),
        _sensor(plan, rng, true, bed_h, there),
        _diary(plan, rng, true, frailty, there & (rng.random((n, nights)) >= plan.diary_left_out), treated),
    )


def _frailty(rng: np.random.Generator, dispersion: float, shape: int | tuple[int, int]) -> Floats:
    """Draw gamma factors of mean 1 and this variance; without dispersion all are 1."""
    return rng.gamma(1 / dispersion, dispersion, shape) if dispersion > 0 else np.ones(shape)


def _there(plan: TrialPlan, rng: np.random.Generator, n: int) -> NDArray[np.bool_]:
    """Tell the nights (n, nights) before a person drops out."""
    nights = plan.run_in_nights + plan.treatment_nights
    last = rng.integers(0, plan.treatment_nights, n) + plan.run_in_nights
    last = np.where(rng.random(n) < plan.dropout_share, last, nights)
    return np.arange(nights) < last[:, None]


def _sensor(
    plan: TrialPlan, rng: np.random.Generator, true: NDArray[np.int64], bed_h: Floats, there: NDArray[np.bool_]
) -> Seen:
    missed = np.minimum(LARGEST_MISSED_SHARE, plan.missed_share * _frailty(rng, plan.missed_dispersion, len(true)))
    worn = there & (rng.random(true.shape) >= missed[:, None])
    partial = rng.random(true.shape) < plan.partial_share
    recorded_h = bed_h * np.where(partial, rng.uniform(LEAST_PARTIAL, 1.0, true.shape), 1.0)
    usable_h = np.where(worn, np.maximum(0.0, recorded_h - _lost_h(plan, rng, recorded_h)), 0.0)
    found = rng.binomial(true, plan.sensitivity * usable_h / bed_h)
    false = rng.poisson(plan.false_per_night * usable_h / NIGHT_OF_8_H)
    return _seen(plan, found + false, usable_h / WEEK_OF_NIGHTS_H)


def _lost_h(plan: TrialPlan, rng: np.random.Generator, recorded_h: Floats) -> Floats:
    """Return the hours that gaps of one length cover, where they overlap counted once."""
    n_gaps = rng.poisson(plan.lost_share * recorded_h.ravel() / GAP_H)
    night: NDArray[np.int64] = np.repeat(np.arange(n_gaps.size, dtype=np.int64), n_gaps)
    place = np.sort(night + rng.random(night.size))  # in order within each night, since nights are 1 apart
    end = recorded_h.ravel()[night]
    begin = (place - night) * end
    is_last = np.diff(night, append=-1) != 0
    until = np.where(is_last, end, np.append(begin[1:], 0.0))
    covered = np.bincount(night, np.minimum(until - begin, GAP_H), n_gaps.size)
    return np.asarray(covered, np.float64).reshape(recorded_h.shape)


def _diary(
    plan: TrialPlan,
    rng: np.random.Generator,
    true: NDArray[np.int64],
    frailty: Floats,
    entered: NDArray[np.bool_],
    treated: NDArray[np.bool_],
) -> Seen:
    week: NDArray[np.int64] = np.arange(true.shape[1], dtype=np.int64) // DAYS_PER_WEEK
    noticed = np.where(treated, plan.diary_expectation, 1.0)[:, None] * plan.diary_noticed
    noticed = np.minimum(1.0, noticed * plan.diary_fatigue_per_week**week)
    other = rng.poisson(frailty[:, None] * plan.diary_other_per_week / DAYS_PER_WEEK, true.shape)
    usual = np.rint(frailty * plan.run_in_per_week / DAYS_PER_WEEK)[:, None]
    made_up_later = rng.random(true.shape) < plan.diary_made_up
    written = np.where(made_up_later, usual, rng.binomial(true, noticed) + other)
    return _seen(plan, np.where(entered, written, 0), entered / DAYS_PER_WEEK)


def _seen(plan: TrialPlan, count: NDArray[np.generic], weeks: Floats) -> Seen:
    """Add nights (people, nights) up to the run-in and to weeks of treatment; the last week may be short."""
    run_in = slice(None, plan.run_in_nights)
    starts: NDArray[np.int64] = np.arange(plan.run_in_nights, count.shape[1], DAYS_PER_WEEK, dtype=np.int64)
    counts = count.astype(np.float64)
    return Seen(
        counts[:, run_in].sum(axis=1),
        weeks[:, run_in].sum(axis=1),
        np.add.reduceat(counts, starts, axis=1),
        np.add.reduceat(weeks, starts, axis=1),
    )
