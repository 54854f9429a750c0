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
    stretching_s=(1.0, 60.0),
)
"""Also strong and long voluntary contractions, held like a cramp but always with the shin: where the texture of a
cramp can be any, a voluntary contraction of the calf alone could not be told from one."""

OLDER, HARD = PROFILES["older"], PROFILES["hard"]
MORE = replace(OLDER.rates, tonic=2.5, stretching=4.0, standing=1.0, rubbing=1.5, alma=1.0, foot_tremor=1.0)
MANY = replace(
    OLDER.body, mvc_uv=(30.0, 800.0), voluntary_cov=(0.05, 0.3), reaction_delay_s=(1.0, 150.0), cramp_margin_s=5.0
)


def _with_cramps(profile: Profile) -> Profile:
    return replace(profile, rates=replace(profile.rates, cramps=CRAMPS_PER_NIGHT))


PLAIN = replace(OLDER, name="plain", rates=MORE, body=MANY, cramp=ANY_CRAMP, habits=ANY_HABITS)
"""Motor units, and cramps of any texture."""

NOISE = replace(PLAIN, name="noise", carrier=CarrierSettings(noise_chance=1.0))
"""No motor units at all."""

TENSE = replace(
    OLDER,
    name="tense",
    rates=replace(MORE, cramps=0.0, tonic=6.0),
    body=MANY,
    habits=ANY_HABITS,
    carrier=CarrierSettings(noise_chance=0.4),
)
"""Tense legs without cramps."""

SENSOR = replace(
    PLAIN,
    name="sensor",
    rates=replace(MORE, motion_chance=0.6, pops_per_h=3.0, dropouts_per_h=0.5, dropout_on_contraction=0.1),
    electronics=replace(
        HARD.electronics, fs_hz=500.0, acc_fs_hz=26.0, acc_noise_g=(0.0005, 0.01), floor_waver=0.2, floor_sigma=0.6
    ),
    carrier=CarrierSettings(noise_chance=0.5),
)
"""Another sensor: half the rate, a wavering floor, coarser acceleration."""

TRAINING_PROFILES: dict[str, Profile] = {
    **{name: _with_cramps(PROFILES[name]) for name in ("older", "hard", "young")},
    "no-cramps": PROFILES["no-cramps"],
    **{profile.name: _with_cramps(profile) for profile in (PLAIN, NOISE, SENSOR)},
    "tense": TENSE,
}
"""What a wearer in training can be, by name."""

PROFILE_CYCLE = ("older", "plain", "no-cramps", "noise", "hard", "older", "tense", "noise", "sensor", "young")
"""Profiles of the simulated wearers, in turn."""
