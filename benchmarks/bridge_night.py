"""Stream a whole simulated night through the virtual sensor, a serial port and the bridge, with faults all night.

Run: python -m benchmarks.bridge_night [--faults 240] [--speed 60] [--seed 1]

A simulated night of 8 hours or more runs `speed` times as fast as it would, sensor and bridge in one event loop,
with a crystal that drifts, and with `faults` faults of every kind that a cable can have. Every sample that the
sensor took is looked for; the live result is held against that of a replay of the stored night.
"""

import argparse
import resource
import tempfile
import time
from functools import partial
from itertools import count
from pathlib import Path

from firmware_bridge.readings import Setup
from firmware_bridge.virtual.faults import SERIAL_KINDS, FaultScript
from models import DEFAULT_PROFILE, Profile
from nights import NightScorer
from simulation import Cohort, SimulatedNight
from tests.firmware_bridge.judging import Findings, judge
from tests.firmware_bridge.streaming import Plan, Streamed, as_bytes, recording, store, stream

NIGHT_S = 8 * 3600
QUIET_S = 180.0  # at the end, for the last holes


def night(seed: int) -> SimulatedNight:
    """Return the first night of 8 hours or more."""
    cohort = Cohort(seed, 1000, 1)
    return next(found for found in (cohort.night(k, 0) for k in count()) if found.duration_s >= NIGHT_S)


def scorer(setup: Setup) -> NightScorer:
    """Return the scorer that runs while the night does."""
    return NightScorer([counted.stream for counted in setup.streams], Profile.load(DEFAULT_PROFILE))


def tell(plan: Plan, streamed: Streamed, found: Findings) -> None:
    """Print what became of the night."""
    print(f"night {plan.duration_s / 3600:.2f} h at {plan.speed:g} x, {len(plan.script.faults)} faults")
    print(f"links lost {streamed.link_losses}, tries to open that failed {streamed.tries - streamed.link_losses}")
    print(f"defects {dict(sorted(streamed.defects.items()))}; drift {streamed.drift}")
    print(f"samples taken {found.sampled:,}, arrived {found.arrived:,}, with a wrong count {found.misnumbered:,}")
    print(f"forgotten by the sensor before a link was back {found.forgotten:,}")
    print(f"arrived twice {found.twice}, with wrong bits {found.wrong}, not although it could {found.unexplained}")
    print(f"in a gap of the wrong cause {found.wrong_cause or 0}")
    for name, seconds in sorted(found.gaps_s.items()):
        print(f"  {name} {seconds:.1f} s")
    print(f"restarts placed wrongly by {[round(error_s, 2) for error_s in found.restart_errors_s]} s")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=240)
    parser.add_argument("--speed", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    duration_s = float(night(arguments.seed).duration_s)
    script = FaultScript.random(arguments.seed, duration_s - QUIET_S, arguments.faults, SERIAL_KINDS)
    plan = Plan(source=partial(night, arguments.seed), duration_s=duration_s, speed=arguments.speed, script=script)
    with tempfile.TemporaryDirectory() as folder:
        began_s, busy_s = time.monotonic(), time.process_time()
        streamed, runs = stream(plan, Path(folder), scorer)
        print(f"took {time.monotonic() - began_s:.0f} s, {time.process_time() - busy_s:.0f} s of one core")
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory {peak_mb:.0f} MB, with all that came kept for the comparison")
        tell(plan, streamed, judge(plan, streamed, runs))
        stored = store(streamed, Path(folder) / "night.night")
        again = NightScorer(stored.streams, Profile.load(DEFAULT_PROFILE))
        said = [one for item in stored for one in again.update(item)]
        if streamed.scorer is None:
            raise SystemExit("the sensor was never open")
        live, replayed = streamed.scorer.finish(recording()), again.finish(recording())
        same = list(as_bytes([live, streamed.scored])) == list(as_bytes([replayed, said]))
        print(f"{len(live.episodes)} episodes, {live.cramp_count} cramps; live equal to replay: {same}")


if __name__ == "__main__":
    main()
