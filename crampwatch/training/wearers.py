"""The simulated people that the shipped model learns from: shipped profiles, and variations of what is uncertain.

The variations are ours. None of them is likely; together they are to leave a classifier nothing to rely on but what
makes a cramp one: that it is sustained, that the leg lies still, that the other muscles keep out of it.
"""

from dataclasses import replace

from simulation import PROFILES
from simulation.carriers import CarrierSettings
from simulation.cramps import CrampSettings
from simulation.habits import Habits
from simulation.profiles import Profile

CRAMPS_PER_NIGHT = 3.0
"""Ours; of the profiles that have cramps: several times what people have, to learn from few nights."""

HOURS = (4.0, 5.0)
"""Ours; short nights hold as many of the rare events, whose number is per night, and cost half."""

MARGIN_S = 3.0
"""Ours; other events come as near to a cramp as that, so that solitude betrays none."""

LEAST = {"tonic": 2.5, "standing": 1.0, "stretching": 4.0, "bathroom": 2.0, "rubbing": 1.0}
"""Ours; a night, at least, of what is hardest to tell from a cramp: mostly two to three times what people do."""

ANY_CRAMP = CrampSettings(
    duration_s=(15.0, 720.0),
    duration_median_s=60.0,
    mvc_share=(0.03, 0.8),
    cov=(0.05, 0.5),
    doublet_share=(0.0, 0.08),
    oscillation_depth=(0.0, 0.6),
    oscillating_units=(0.0, 0.8),
    rise_share=(0.005, 0.4),
    rise_min_s=0.2,
    decay_share=(0.005, 0.45),
    decay_min_s=0.2,
    waver_depth=(0.0, 0.3),
    largest_unit=(0.01, 0.4),
    drift_per_min=(0.0, 0.6),
)
"""Cramps of any texture: also with regular discharges, without rhythm, with abrupt edges and a level plateau."""

ANY_HABITS = Habits(
    tonic_s=(10.0, 600.0),
    tonic_strength=(0.05, 0.5),
    still_chance=0.3,
    ramp_s=(0.1, 10.0),
    unsteadiness=0.08,
    waver=(0.0, 0.5),
    shin=(0.6, 2.0),
)
"""Also strong and long voluntary contractions, held like a cramp but always with the shin: where the texture of a
cramp can be any, a voluntary contraction of the calf alone could not be told from one."""

FLAT_CRAMP = replace(
    ANY_CRAMP,
    mvc_share=(0.1, 0.8),
    rise_share=(0.001, 0.06),
    decay_share=(0.001, 0.06),
    waver_depth=(0.0, 0.1),
    oscillation_depth=(0.0, 0.15),
    fading=(0.0, 0.05),
)
"""Cramps that begin and end at once and do nothing in between."""

OLDER, HARD = PROFILES["older"], PROFILES["hard"]
MANY = replace(
    OLDER.body,
    mvc_uv=(30.0, 800.0),
    voluntary_cov=(0.05, 0.3),
    crosstalk=(0.0, 0.12),
    reaction_delay_s=(1.0, 150.0),
)
"""Weak and strong muscles, steady and unsteady ones, quick and slow people."""


PLAIN = replace(OLDER, name="plain", body=MANY, cramp=ANY_CRAMP, habits=ANY_HABITS)
"""Motor units, and cramps of any texture."""

NOISE = replace(PLAIN, name="noise", carrier=CarrierSettings(noise_chance=1.0))
"""No motor units at all."""

FLAT = replace(PLAIN, name="flat", cramp=FLAT_CRAMP, carrier=CarrierSettings(noise_chance=0.5))
"""Cramps as level as a voluntary contraction."""

TENSE = replace(
    OLDER,
    name="tense",
    rates=replace(OLDER.rates, cramps=0.0, tonic=6.0),
    body=MANY,
    habits=ANY_HABITS,
    carrier=CarrierSettings(noise_chance=0.4),
)
"""Tense legs without cramps."""

SENSOR = replace(
    PLAIN,
    name="sensor",
    rates=replace(OLDER.rates, motion_chance=0.6, pops_per_h=3.0, dropouts_per_h=0.5, dropout_on_contraction=0.1),
    electronics=replace(
        HARD.electronics, fs_hz=500.0, acc_fs_hz=26.0, acc_noise_g=(0.0005, 0.01), floor_waver=0.2, floor_sigma=0.6
    ),
    carrier=CarrierSettings(noise_chance=0.5),
)
"""Another sensor: half the rate, a wavering floor, coarser acceleration."""

SHIPPED = (OLDER, HARD, PROFILES["young"], PROFILES["no-cramps"])


def _for_training(profile: Profile) -> Profile:
    """Return a profile whose short nights hold much of what is rare."""
    least = {name: max(getattr(profile.rates, name), number) for name, number in LEAST.items()}
    rates = replace(profile.rates, **least, cramps=CRAMPS_PER_NIGHT if profile.rates.cramps else 0.0)
    return replace(profile, rates=rates, body=replace(profile.body, sleep_h=HOURS, cramp_margin_s=MARGIN_S))


TRAINING_PROFILES = {
    profile.name: _for_training(profile) for profile in (*SHIPPED, PLAIN, NOISE, FLAT, SENSOR, TENSE)
}
"""What a wearer in training can be, by name."""

PROFILE_CYCLE = (
    *("older", "plain", "no-cramps", "noise", "hard", "older", "tense", "flat", "sensor", "young") * 10,
    *("flat",) * 30,
)
"""Profiles of the simulated wearers, in turn: the last are those that would otherwise be too few to learn from."""


def worth_of(profile: Profile) -> float:
    """Return how many usual nights hold as much of what is taken for a cramp, nearly all of which is tonic."""
    return profile.rates.tonic / OLDER.rates.tonic
