"""What happens in one night, and when: a schedule of sleep, everything that can happen, and the postures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from simulation.accelerations import Posture, lying
from simulation.happenings import Happening
from simulation.profiles import Profile
from simulation.randomness import Component, Floats, between, generator, overdispersed
from simulation.reactions import cramp_with_reaction
from simulation.schedule import Schedule, sleep_minutes
from simulation.spontaneous import (
    add_artefacts,
    add_bathroom,
    add_gaps,
    add_minor_movements,
    add_periodic_movements,
    add_tonic,
    add_turns,
)
from simulation.wearers import Wearer

EVENING = datetime.fromisoformat("2026-01-05T21:30:00")  # arbitrary; a night later per night
BEDTIME_SPREAD_S = 10800  # 21:30 to 0:30; assumption
FIRST_CRAMP_S = 300.0
NIGHT_PHI = 0.3  # spread of one person's counts from night to night beyond chance; assumption
TRIES = 40
RELAPSE_S = (14.0, 120.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one night: local start, length in whole seconds, events by onset, postures by time."""

    start: datetime
    duration_s: int
    happenings: tuple[Happening, ...]
    postures: tuple[Posture, ...]


def plan_of(seed: int, person: Wearer, night: int, profile: Profile) -> Plan:
    """Plan night `night` of a person; it depends on neither the number of wearers nor that of nights."""
    rng = generator(seed, person.number, night, Component.PLAN)
    duration_s = int(between(rng, profile.body.sleep_h) * 3600)
    start = EVENING + timedelta(days=night, seconds=int(rng.integers(BEDTIME_SPREAD_S)))
    schedule = Schedule(duration_s, sleep_minutes(rng, duration_s), lying(rng, between(rng, (-np.pi, np.pi))))
    _add_cramps(rng, schedule, person, profile)
    add_artefacts(rng, schedule, person, lead_only=True)
    add_bathroom(rng, schedule, person)
    add_tonic(rng, schedule, person, profile.habits)
    add_turns(rng, schedule, person)
    add_minor_movements(rng, schedule, person, profile.habits)
    add_periodic_movements(rng, schedule, person)
    add_artefacts(rng, schedule, person, lead_only=False)
    add_gaps(rng, schedule, person)
    return Plan(start, duration_s, schedule.happenings(), schedule.postures())


def _add_cramps(rng: np.random.Generator, schedule: Schedule, person: Wearer, profile: Profile) -> None:
    """Place the cramps uniformly over the night: nothing is published on their time (assumption)."""
    margin_s = profile.body.cramp_margin_s
    for _ in range(rng.poisson(overdispersed(rng, person.rates.cramps, NIGHT_PHI))):
        _place_cramp(rng, schedule, profile, margin_s)


def _place_cramp(rng: np.random.Generator, schedule: Schedule, profile: Profile, margin_s: float) -> None:
    events = cramp_with_reaction(rng, profile)
    if rng.random() < profile.rates.relapse_chance:
        events.append_after(cramp_with_reaction(rng, profile), between(rng, RELAPSE_S))
    room_s = schedule.duration_s - events.length_s - margin_s
    if room_s <= FIRST_CRAMP_S:
        return
    starts: Floats = rng.uniform(FIRST_CRAMP_S, room_s, TRIES)
    for start_s in starts.tolist():
        if schedule.free(start_s, start_s + events.length_s, margin_s):
            schedule.add_group(events, start_s, margin_s)
            return
