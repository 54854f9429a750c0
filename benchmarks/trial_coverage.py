"""How often the interval of a trial's primary model holds the true rate ratio, and how often it cries wolf.

Run: python benchmarks/trial_coverage.py [--trials 300] [--per-arm 10]

Data sets like the vitamin K2 trial: 103 and 96 participants, or as many an arm as asked for, run-in of two weeks,
eight weeks of treatment, 3.63 cramps a week without treatment; gamma frailty of people with a dispersion drawn from
0.3 to 1.6 for each trial, of weeks with 0.2; 85 % of nights, each seen for 70 to 100 %. Only the model is tried,
not the detector.
"""

import argparse

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trial.analysis.models import Counts, estimating_equations, negative_binomial, poisson

N_TREATED, N_CONTROL, WEEKS = 103, 96, 8
RUN_IN_PER_WEEK, CONTROL_PER_WEEK, K2_RATIO = 2.7, 3.63, 0.264
WEEK_DISPERSION, FIRST_SEED, ALPHA = 0.2, 1000, 0.05
MODELS = (negative_binomial, estimating_equations, poisson)

Floats = NDArray[np.float64]


def made_up(rng: np.random.Generator, ratio: float, n_treated: int, n_control: int) -> Counts:
    """Return the participant-weeks of one trial."""
    n = n_treated + n_control
    treated = np.r_[np.ones(n_treated), np.zeros(n_control)]
    dispersion = rng.uniform(0.3, 1.6)
    frailty = rng.gamma(1 / dispersion, dispersion, n)
    run_in = 2 * rng.uniform(0.6, 1, n)
    before = rng.poisson(RUN_IN_PER_WEEK * frailty * run_in)
    mean = (before.sum() + 0.5) / run_in.sum()
    baseline = np.log((before + 0.5) / (run_in + 0.5 / mean))
    counts: list[Floats] = []
    exposures: list[Floats] = []
    people: list[NDArray[np.int64]] = []
    for _ in range(WEEKS):
        exposure = rng.binomial(7, 0.85, n) / 7 * rng.uniform(0.7, 1, n)
        bad_week = rng.gamma(1 / WEEK_DISPERSION, WEEK_DISPERSION, n)
        rate = CONTROL_PER_WEEK * np.where(treated > 0, ratio, 1) * frailty * bad_week
        seen = exposure > 0
        counts.append(rng.poisson(rate * exposure)[seen].astype(float))
        exposures.append(exposure[seen])
        people.append(np.arange(n)[seen])
    who = np.concatenate(people)
    covariates = {"intercept": 1.0, "treated": treated[who], "baseline": baseline[who], "site B": who % 2.0}
    return Counts(np.concatenate(counts), np.concatenate(exposures), pd.DataFrame(covariates), who)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--per-arm", type=int, help="participants of each arm, to see what few of them do")
    options = parser.parse_args()
    n, sizes = options.trials, (options.per_arm or N_TREATED, options.per_arm or N_CONTROL)
    for ratio in (K2_RATIO, 1.0):
        trials = [made_up(np.random.default_rng(FIRST_SEED + k), ratio, *sizes) for k in range(n)]
        for model in MODELS:
            found = [model(trial).ratio("treated") for trial in trials]
            held = sum(one.low <= ratio <= one.high for one in found) / n
            rejected = sum(one.p < ALPHA for one in found) / n
            mean = float(np.exp(np.mean([np.log(one.value) for one in found])))
            print(f"{model.__name__}: true {ratio}, mean {mean:.3f}, held {held:.1%}, rejected {rejected:.1%}")


if __name__ == "__main__":
    main()
