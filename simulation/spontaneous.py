"""Everything in a night that is not a cramp, placed in the schedule at the wearer's own rates.

Sources stand beside the numbers; a number without one is an assumption. Weights are those of waking, light, deep
and REM sleep.
"""

import numpy as np

from simulation.accelerations import Posture, lying, upright
from simulation.habits import Habits
from simulation.happenings import Happening
from simulation.kinds import GAPS, MUSCULAR, Kind
from simulation.randomness import Span, between, chance, log_between, lognormal
from simulation.schedule import Group, Schedule
from simulation.wearers import Wearer

MOVING = (3.0, 1.5, 0.5, 1.0)
QUIET = (1.0, 1.0, 1.0, 1.0)
AWAKE = (1.0, 0.1, 0.0, 0.0)
PERIODIC = (0.3, 1.0, 0.7, 0.1)

TURN_S = (12.4, 0.7, (3.0, 45.0))  # mean 12.4 s, Ibrahim 2023; 3-45 s, IRLSSG
PLM_S = (3.0, 0.35, (0.5, 10.0))  # mean 3.2 s, PMC4434558
INTERVAL_S = (26.0, 0.3, (10.0, 90.0))  # mode 20-40 s, 10-90 s WASM 2016
LINK_S: Span = (0.5, 90.0)
LONG_S = 8.0  # a contraction during which the link may break
EFFORT: Span = (0.01, 0.4)


def add_bathroom(rng: np.random.Generator, schedule: Schedule, person: Wearer) -> None:
    """Add trips: get up, walk, stand, walk back, lie down; and standing beside the bed."""
    for at_s in schedule.times(rng, int(rng.poisson(person.rates.bathroom)), QUIET):
        _add_if_free(schedule, _trip(rng, walk=True), at_s)
    for at_s in schedule.times(rng, int(rng.poisson(person.rates.standing)), AWAKE):
        _add_if_free(schedule, _trip(rng, walk=False), at_s)


def add_tonic(rng: np.random.Generator, schedule: Schedule, person: Wearer, habits: Habits) -> None:
    """Add tense legs in wakefulness."""
    for at_s in schedule.times(rng, int(rng.poisson(person.rates.tonic)), AWAKE):
        size = 0.0 if chance(rng, habits.still_chance) else 1.0
        duration_s, strength = log_between(rng, habits.tonic_s), log_between(rng, habits.tonic_strength)
        schedule.add(Happening(Kind.TONIC, at_s, duration_s, 0, strength, size))


def add_turns(rng: np.random.Generator, schedule: Schedule, person: Wearer) -> None:
    """Add large body movements, most of them with a new posture, some with motion artefact."""
    n = int(rng.poisson(person.rates.turns_per_h * schedule.hours))
    for at_s in schedule.times(rng, n, MOVING):
        event = Happening(Kind.TURNING, at_s, lognormal(rng, *_median(TURN_S)), 0, log_between(rng, EFFORT))
        if not schedule.add(event):
            continue
        if chance(rng, 0.7):
            gravity = lying(rng, between(rng, (-np.pi, np.pi)))
            schedule.take_posture(Posture(at_s, max(1.0, 0.7 * event.duration_s), gravity))
        if chance(rng, person.rates.motion_chance):
            schedule.add_beside(Happening(Kind.MOTION, at_s, event.duration_s, 0))


def add_minor_movements(rng: np.random.Generator, schedule: Schedule, person: Wearer, habits: Habits) -> None:
    """Add isolated leg movements, stretches, jerks of sleep onset, and rhythmic trains."""
    rates, hours = person.rates, schedule.hours
    kinds = (
        (Kind.STRETCHING, rates.stretching, AWAKE, habits.stretching_s, (0.05, 0.6)),
        (Kind.RUBBING, rates.rubbing, AWAKE, (3.0, 60.0), (0.05, 0.5)),
        (Kind.FASCICULATION, rates.fasciculation, QUIET, (20.0, 600.0), (0.5, 1.0)),
        (Kind.HYPNIC_JERK, rates.hypnic, AWAKE, (0.075, 0.25), (0.3, 0.9)),
        (Kind.ALMA, rates.alma, (1.0, 1.0, 0.2, 0.3), (3.0, 25.0), (0.04, 0.4)),  # seconds to 20 s, Chervin 2003
        (Kind.FOOT_TREMOR, rates.foot_tremor, (1.0, 0.4, 0.0, 0.0), (5.0, 40.0), (0.03, 0.3)),  # 10-15 s
        (Kind.FRAGMENTARY_MYOCLONUS, rates.myoclonus_per_h * hours, QUIET, (10.0, 600.0), (0.03, 0.2)),
        (Kind.LEG_MOVEMENT, rates.leg_movements_per_h * hours, MOVING, (0.5, 9.0), (0.03, 0.4)),
    )
    for kind, mean, weights, duration_s, strength in kinds:
        for at_s in schedule.times(rng, int(rng.poisson(mean)), weights):
            size = 0.0 if chance(rng, person.unseen_movement) else 1.0
            schedule.add(
                Happening(kind, at_s, log_between(rng, duration_s), 0, log_between(rng, strength), size),
                taken=kind not in (Kind.FRAGMENTARY_MYOCLONUS, Kind.FASCICULATION),
            )


def add_periodic_movements(rng: np.random.Generator, schedule: Schedule, person: Wearer) -> None:
    """Add series of four and more leg movements, 10-90 s apart."""
    left = int(rng.poisson(person.rates.plm_per_h * schedule.hours))
    while left > 0:
        n = int(min(left, 4 + rng.geometric(0.06)))
        left -= n
        times = schedule.times(rng, 1, PERIODIC)
        strength, pace = log_between(rng, (0.03, 0.4)), between(rng, (0.7, 1.4))
        at_s = times[0] if times else float(schedule.duration_s)
        for _ in range(n):
            size = 0.0 if chance(rng, person.unseen_movement) else 1.0
            event = Happening(
                Kind.PLM, at_s, lognormal(rng, *PLM_S), 0, min(0.9, strength * log_between(rng, (0.6, 1.6))), size
            )
            schedule.add(event)
            at_s += float(np.clip(pace * lognormal(rng, *INTERVAL_S), *INTERVAL_S[2]))


def add_artefacts(rng: np.random.Generator, schedule: Schedule, person: Wearer, *, lead_only: bool) -> None:
    """Add lost electrodes, which keep their time for themselves; or else pops, motion and saturation anywhere."""
    rates = person.rates
    if lead_only:
        for at_s in schedule.times(rng, int(rng.poisson(rates.lead_off)), QUIET):
            schedule.add(Happening(Kind.LEAD_OFF, at_s, log_between(rng, (3.0, 1800.0)), 0))
        return
    for at_s in schedule.times(rng, int(rng.poisson(rates.pops_per_h * schedule.hours)), MOVING):
        schedule.add_beside(Happening(Kind.POP, at_s, 1.2, 0))
    for at_s in schedule.times(rng, int(rng.poisson(rates.saturation)), MOVING):
        schedule.add_beside(Happening(Kind.SATURATION, at_s, log_between(rng, (0.5, 30.0)), 0))


def add_gaps(rng: np.random.Generator, schedule: Schedule, person: Wearer) -> None:
    """Add lost links, at random and in contractions (flexing shadows the antenna), and restarts of the sensor."""
    rates = person.rates
    for at_s in schedule.times(rng, int(rng.poisson(rates.dropouts_per_h * schedule.hours)), QUIET):
        schedule.add_beside(Happening(Kind.DROPOUT, at_s, log_between(rng, LINK_S), 0))
    for event in schedule.planned():
        long = event.kind in MUSCULAR and event.kind not in GAPS and event.duration_s >= LONG_S
        if long and chance(rng, rates.dropout_on_contraction):
            at_s = event.onset_s + between(rng, (0.5, event.duration_s))
            schedule.add_beside(Happening(Kind.DROPOUT, at_s, log_between(rng, LINK_S), 0))
    for at_s in schedule.times(rng, int(rng.poisson(rates.restart)), QUIET):
        schedule.add_beside(Happening(Kind.RESTART, at_s, log_between(rng, (1.0, 30.0)), 0))


def _trip(rng: np.random.Generator, *, walk: bool) -> Group:
    rise = Happening(Kind.TURNING, 0.0, between(rng, (2.0, 10.0)), 0, between(rng, (0.05, 0.4)))
    events = [rise]
    stages = (Kind.WALKING, Kind.STANDING, Kind.WALKING) if walk else (Kind.STANDING,)
    for kind in stages:
        strength = between(rng, (0.15, 0.6)) if kind is Kind.WALKING else log_between(rng, (0.02, 0.15))
        events.append(Happening(kind, events[-1].end_s, log_between(rng, (8.0, 90.0)), 0, strength))
    down = Happening(Kind.TURNING, events[-1].end_s, between(rng, (2.0, 10.0)), 0, between(rng, (0.03, 0.3)))
    postures = [
        Posture(0.0, rise.duration_s, upright(rng)),
        Posture(down.onset_s, down.duration_s, lying(rng, between(rng, (-np.pi, np.pi)))),
    ]
    return Group([*events, down], postures)


def _add_if_free(schedule: Schedule, group: Group, at_s: float) -> None:
    if schedule.free(at_s, at_s + group.length_s):
        schedule.add_group(group, at_s)


def _median(mean: tuple[float, float, Span]) -> tuple[float, float, Span]:
    """Turn the mean of a lognormal distribution into its median: exp(-sigma²/2) of it."""
    return mean[0] * float(np.exp(-(mean[1] ** 2) / 2)), mean[1], mean[2]
