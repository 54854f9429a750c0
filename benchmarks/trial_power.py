"""How near the simulated power of a trial is to the closed form where that applies, and its type-I error.

Run: python benchmarks/trial_power.py [--trials 1000]

The closed form (Zhu and Lakkis 2014) knows equal exposure, one dispersion, no baseline and no errors of detector or
diary: the first table simulates just that, at the sizes that the closed form gives for 90 %. The second has
everything that a trial like that of vitamin K2 has, but no effect.
"""

import argparse
from dataclasses import replace
from math import ceil

from trial.power import Comparison, Design, Simulator, VarianceMethod, run
from trial.simulated import K2

PLAIN = replace(
    K2,
    sites=("A",),
    run_in_nights=1,
    control_per_week=3.0,
    change_dispersion=0.0,
    night_dispersion=0.0,
    night_h=8.0,
    night_sd_h=0.0,
    lost_share=0.0,
    missed_share=0.0,
    dropout_share=0.0,
    partial_share=0.0,
    sensitivity=1.0,
    false_per_night=0.0,
)
CASES = ((0.5, 0.8, 1.0), (0.7, 0.8, 1.0), (0.8, 0.8, 1.0), (0.5, 1.5, 1.0), (0.75, 0.3, 1.0), (0.6, 0.8, 2.0))
SIZES = (8, 12, 25, 50, 100)
WANTED, ALPHA, SEED = 0.9, 0.05, 20261123


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1000)
    trials = parser.parse_args().trials
    simulator = Simulator(lambda blocks: map(run, blocks), SEED)
    print("| ratio | dispersion | treated per control | controls | closed form 2 | 3 | simulated | coverage |")
    print("|---|---|---|---|---|---|---|---|")
    for ratio, dispersion, allocation in CASES:
        plan = replace(PLAIN, dispersion=dispersion)
        design = Design(plan=plan, alpha=ALPHA, baseline=False, allocation=allocation).with_ratio(ratio)
        arms = Comparison(control=3, treated=3 * ratio, exposure=8, dispersion=dispersion, allocation=allocation)
        n = ceil(arms.controls(WANTED, ALPHA, VarianceMethod.MAXIMUM_LIKELIHOOD))
        point = simulator.points(design, n, trials)["objective"]
        closed = [arms.power(n, ALPHA, m) for m in (VarianceMethod.TRUE_RATES, VarianceMethod.MAXIMUM_LIKELIHOOD)]
        print(
            f"| {ratio} | {dispersion} | {allocation:g} | {n} | {closed[0]:.1%} | {closed[1]:.1%} "
            f"| {point.power:.1%} ({point.power_low:.1%} to {point.power_high:.1%}) | {point.coverage:.1%} |",
            flush=True,
        )
    print("\n| controls | endpoint | significant without an effect | without an answer |\n|---|---|---|---|")
    for n in SIZES:
        for point in simulator.points(Design().with_ratio(1.0), n, trials).values():
            print(
                f"| {n} | {point.endpoint} | {point.power:.1%} ({point.power_low:.1%} to {point.power_high:.1%}) "
                f"| {point.no_answer} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
