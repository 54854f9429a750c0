"""Blocks of made-up trials, each analysed as planned: the same numbers for the same seed, whoever runs them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trial.analysis.dataset import HALF_A_CRAMP
from trial.analysis.errors import AnalysisError
from trial.power.assumptions import Design
from trial.power.fitting import Estimate, log_ratio_of
from trial.power.people import People, Seen, made_up

Floats = NDArray[np.float64]
NIGHTS_OF_A_BLOCK, TRIALS_OF_A_BLOCK = 100_000, 50  # what fits the cache, and what shows progress
TREATED = 1  # place of the arm among the covariates
ENDPOINTS = ("objective", "diary")


@dataclass(frozen=True, slots=True)
class Block:
    """Trials to be simulated: a design, a number of controls, and which block of the seed's trials of that size."""

    design: Design
    n_control: int
    number: int
    trials: int
    seed: int


@dataclass(frozen=True, slots=True)
class Answers:
    """What the analyses of some trials found for one endpoint, arrays of shape (trials,), NaN where no answer.

    `log_ratio` with the limits of its 1 - alpha interval.
    """

    log_ratio: Floats
    low: Floats
    high: Floats


def blocks(design: Design, n_control: int, trials: int, seed: int) -> list[Block]:
    """Divide trials of one size into blocks; more trials are more blocks after the same ones."""
    plan = design.sized(n_control)
    nights = (plan.n_control + plan.n_treated) * (plan.run_in_nights + plan.treatment_nights)
    each = max(1, min(TRIALS_OF_A_BLOCK, NIGHTS_OF_A_BLOCK // nights))
    count = -(-trials // each)
    return [Block(design, n_control, number, each, seed) for number in range(count)]


def run(block: Block) -> dict[str, Answers]:
    """Simulate and analyse the trials of a block; answers by endpoint."""
    rng = np.random.default_rng(np.random.SeedSequence([block.seed, block.n_control, block.number]))
    people = made_up(block.design.sized(block.n_control), block.trials, rng)
    return {
        "objective": _answers(block.design, people, people.objective),
        "diary": _answers(block.design, people, people.diary),
    }


def joined(answers: list[Answers]) -> Answers:
    """Return the answers of several blocks as one."""
    return Answers(
        np.concatenate([one.log_ratio for one in answers]),
        np.concatenate([one.low for one in answers]),
        np.concatenate([one.high for one in answers]),
    )


def rows_of(
    design: Design, people: People, seen: Seen, trial: int
) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """Return counts, exposures in weeks, covariates and participants of one trial, as in the planned analysis.

    Covariates are intercept, arm, the log rate of the run-in drawn to the mean (where the design has it), and the
    sites but the first. As in `trial.analysis.dataset`, sites without a cramp are left out, unless all are.
    """
    of = slice(trial * people.per_trial, (trial + 1) * people.per_trial)
    site, count, weeks = people.site[of], seen.count[of], seen.weeks[of]
    cramps = np.bincount(site, count.sum(axis=1))
    counted = (cramps[site] > 0) | (cramps == 0).all()
    known = (weeks > 0) & counted[:, None]
    who = np.nonzero(known)[0]
    columns = [np.ones(people.per_trial), people.treated[of].astype(np.float64)]
    baseline = _baseline(seen.run_in[of], seen.run_in_weeks[of])
    if design.baseline and np.ptp(baseline[who]) > 0:
        columns.append(baseline)
    columns += [(site == other).astype(np.float64) for other in np.unique(site[who])[1:]]
    return count[known], weeks[known], np.column_stack(columns)[who], who


def _baseline(count: Floats, weeks: Floats) -> Floats:
    exposure = weeks.sum()
    mean = (count.sum() + HALF_A_CRAMP) / exposure if exposure else 1.0
    return np.log((count + HALF_A_CRAMP) / (weeks + HALF_A_CRAMP / mean))


def _answers(design: Design, people: People, seen: Seen) -> Answers:
    found = np.array([_answer(design, people, seen, trial) for trial in range(people.trials)]).reshape(-1, 3)
    return Answers(*found.T)


def _answer(design: Design, people: People, seen: Seen, trial: int) -> tuple[float, float, float]:
    try:
        estimate: Estimate = log_ratio_of(*rows_of(design, people, seen, trial), TREATED)
    except AnalysisError:  # counted by whoever adds up, as a trial without an answer
        return np.nan, np.nan, np.nan
    return estimate.log_ratio, *estimate.interval(design.alpha)
