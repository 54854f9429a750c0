"""How often the intervals of the comparison of diary and sensor hold what was planted.

Run: python benchmarks/concordance_coverage.py [--trials 200]

Made-up trials of 120 people over four weeks, like the vitamin K2 trial but without effect, errors of the sensor,
and numbers from memory. The share of cramps that is written down is planted and exact; the truth of the other
figures is taken as their mean over the trials, which shows the width of their intervals and not their bias.
"""

import argparse
from dataclasses import replace

import numpy as np

from trial.concordance import Concordance, concordance_of
from trial.concordance.resampling import Estimate
from trial.nightly import leg_nights, participant_nights
from trial.simulated import K2, simulate_trial

FIRST_SEED, WEEKS = 1000, 4
RATE = K2.run_in_per_week
PLAN = replace(
    K2, n_treated=60, n_control=60, treatment_nights=14, control_per_week=RATE, treated_per_week=RATE,
    sensitivity=1.0, false_per_night=0.0, lost_share=0.0, partial_share=0.0, diary_made_up=0.0,
    diary_other_per_week=0.0,
)  # fmt: skip
PLANTED = K2.diary_noticed * float(np.mean(K2.diary_fatigue_per_week ** np.arange(WEEKS)))


def figures(seed: int) -> tuple[Estimate, ...]:
    """Return the figures of one trial that are looked at."""
    trial = simulate_trial(PLAN, seed)
    nights = list(participant_nights(trial.study, leg_nights(trial.study, trial.results)))
    found: Concordance = concordance_of(trial.study, nights, trial.diary, 30.0)
    week = found.by_week
    return found.by_cramp.seen_written, found.by_night.kappa, week.bland_altman.bias, week.icc_weeks


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    n = parser.parse_args().trials
    trials = [figures(FIRST_SEED + k) for k in range(n)]
    names = ("share of the seen that was written down", "kappa", "bias a week", "ICC of weeks")
    for place, name in enumerate(names):
        found = [trial[place] for trial in trials]
        mean = float(np.mean([one.value or 0.0 for one in found]))
        truth = mean if place else PLANTED
        held = sum((one.low or 0.0) <= truth <= (one.high or 0.0) for one in found)
        print(f"{name}: mean {mean:.3f}, truth {truth:.3f}, in {held} of {n} intervals ({100 * held / n:.0f} %)")


if __name__ == "__main__":
    main()
