"""What the objective and the diary endpoint conclude over many made-up trials, against the planted truth.

Run: python benchmarks/trial_repeated.py [--trials 500] [--workers 2]

Every trial is made up person by person and night by night (`trial.simulated`), goes through nights, tables and the
primary model as a real one does, and through the same model by its diary. The validation that the correction for
the detector's errors rests on is drawn anew for each trial, of the size of the real one. Nothing of it is measured
on a human being: rates are published, errors of the sensor are those on simulated nights, those of the diary are
assumed (`trial/simulated/plan.py` says which is which).
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy: one trial, one core

import numpy as np

from trial.analysis.dataset import dataset_of
from trial.analysis.detector import correct
from trial.analysis.estimand import under_the_estimand
from trial.analysis.marginal import marginal_difference
from trial.analysis.models import Ratio, negative_binomial
from trial.concordance import diary_counts
from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.nightly import leg_nights, participant_nights
from trial.simulated import K2, TrialPlan, simulate_trial
from trial.simulated.trial import NIGHT_OF_8_H

FIRST_SEED = 40_000
BIASED = 0.8  # share of what they felt that the treated write down when they know that they are
MODERATE = 0.72  # quinine in the Cochrane review of 2015: 28 % fewer cramps
SCENARIOS: dict[str, TrialPlan] = {
    "as in the K2 trial": K2,
    "moderate effect": replace(K2, treated_per_week=MODERATE * K2.control_per_week),
    "no effect": replace(K2, treated_per_week=K2.control_per_week),
    "no effect, not blind": replace(K2, treated_per_week=K2.control_per_week, diary_expectation=BIASED),
}


@dataclass(frozen=True, slots=True)
class Concluded:
    """What one trial concludes: by the sensor, by the sensor without its errors, by the diary."""

    sensor: Ratio
    corrected: Ratio
    diary: Ratio


def concluded(plan: TrialPlan, seed: int) -> Concluded:
    """Make up a trial and analyse it; the corrected ratio has no p value, its interval decides."""
    trial = simulate_trial(plan, seed)
    study = trial.study
    nights = list(participant_nights(study, leg_nights(study, trial.results)))
    data = dataset_of(study, list(under_the_estimand(study, nights)), trial.allocation)
    fit = negative_binomial(data.counts())
    difference = marginal_difference(fit, data.covariates(list(data.participants.index)))
    if study.detector is None:
        raise ValueError("a made-up study says how good its detector is")
    found = correct(difference, study.detector, study.seed)
    ratio, low, high = (np.nan if x is None else x for x in (found.ratio, found.ratio_low, found.ratio_high))
    diary = negative_binomial(diary_counts(study, trial.diary, trial.allocation))
    return Concluded(fit.ratio("treated"), Ratio(ratio, low, high, np.nan), diary.ratio("treated"))


def seen_ratio(plan: TrialPlan) -> float:
    """Return the ratio that misses and false cramps make of the true one."""
    false_per_week = plan.false_per_night * WEEK_OF_NIGHTS_H / NIGHT_OF_8_H
    treated, control = (
        plan.sensitivity * r + false_per_week for r in (plan.treated_per_week, plan.control_per_week)
    )
    return treated / control


def line(name: str, found: list[Ratio], truth: float, what: str) -> str:
    """Return a row of the table: mean ratio, bias, coverage and rejections with their Monte Carlo errors."""
    n = len(found)
    logs = np.log([one.value for one in found])
    held = np.mean([one.low <= truth <= one.high for one in found])
    rejected = np.mean([not one.low <= 1 <= one.high for one in found])
    return (
        f"| {name} | {what} | {truth:.3f} | {np.exp(logs.mean()):.3f} | {np.exp(logs.mean()) / truth - 1:+.1%} "
        f"| {held:.1%} ± {np.sqrt(held * (1 - held) / n):.1%} "
        f"| {rejected:.1%} ± {np.sqrt(rejected * (1 - rejected) / n):.1%} |"
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    print("| trials | endpoint | truth to hold | mean ratio | bias | interval holds it | says there is an effect |")
    print("|---|---|---|---|---|---|---|")
    with ProcessPoolExecutor(asked.workers, mp_context=get_context("spawn")) as pool:
        for k, (name, plan) in enumerate(SCENARIOS.items()):
            seeds = [FIRST_SEED + 10_000 * k + i for i in range(asked.trials)]
            found = list(pool.map(concluded, [plan] * len(seeds), seeds, chunksize=5))
            sensor = [one.sensor for one in found]
            print(line(name, sensor, plan.true_ratio, "sensor"))
            print(line(name, sensor, seen_ratio(plan), "sensor, against what its errors leave"))
            print(line(name, [one.corrected for one in found], plan.true_ratio, "sensor, corrected"))
            print(line(name, [one.diary for one in found], plan.true_ratio, "diary"), flush=True)


if __name__ == "__main__":
    main()
