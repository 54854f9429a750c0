"""A wearer and a wearer's night: what is drawn once per person, and once per night (how the sensor sits)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from signals import Leg
from simulation.carriers import NoiseCarrier, noise_carrier
from simulation.motor_units import MotorUnitPool, motor_unit_pool
from simulation.profiles import Profile, Rates
from simulation.randomness import (
    Component,
    Floats,
    between,
    chance,
    generator,
    log_between,
    lognormal,
    overdispersed,
)

ALL_MUSCLES = ("GM", "GL", "TA")
PHI_FREE = ("cramps", "phi", "relapse_chance", "plm_chance", "motion_chance", "dropout_on_contraction")
NIGHT_SIGMA = 0.25  # spread of a person's floor and MVC EMG between nights; assumption


@dataclass(frozen=True, slots=True)
class Wearer:
    """What a person brings to every night; rates are the person's own."""

    number: int
    leg: Leg
    rates: Rates
    floor_uv: float
    mvc_uv: float
    rail_uv: float
    stride_hz: float
    unseen_movement: float
    voluntary_cov: float
    acc_noise_g: float
    mains_hz: float


@dataclass(frozen=True, slots=True, eq=False)
class Limb:
    """The leg as the electrodes of one night see it.

    `floor_uv` (n_channels,) RMS at rest; `mix` (n_channels, 3) what each channel sees of `ALL_MUSCLES`; `carrier`
    the noise that stands for motor units, where it does.
    """

    pools: Mapping[str, MotorUnitPool]
    floor_uv: Floats
    mix: Floats
    hum_uv: float
    heart_uv: float
    settling: float
    sweat_loss: float
    baseline_uv: float
    carrier: NoiseCarrier | None


def wearer(seed: int, number: int, profile: Profile) -> Wearer:
    """Draw wearer `number`, who does not depend on how many there are."""
    rng = generator(seed, number, Component.PERSON)
    body, electronics = profile.body, profile.electronics
    return Wearer(
        number=number,
        leg="L" if chance(rng, 0.5) else "R",
        rates=_own_rates(rng, profile.rates),
        floor_uv=lognormal(rng, electronics.floor_uv, electronics.floor_sigma, electronics.floor_span_uv),
        mvc_uv=log_between(rng, body.mvc_uv),
        rail_uv=float(rng.choice(electronics.rails_uv)),
        stride_hz=between(rng, body.stride_hz),
        unseen_movement=between(rng, body.unseen_movement),
        voluntary_cov=between(rng, body.voluntary_cov),
        acc_noise_g=between(rng, electronics.acc_noise_g),
        mains_hz=float(rng.choice((50.0, 60.0))),
    )


def limb(seed: int, person: Wearer, night: int, profile: Profile) -> Limb:
    """Put the electrodes on for one night: muscles, crosstalk, noise."""
    rng = generator(seed, person.number, night, Component.BODY)
    electronics = profile.electronics
    pools = {
        muscle: motor_unit_pool(
            rng,
            profile.pool,
            profile.conductor,
            person.mvc_uv * np.exp(NIGHT_SIGMA * rng.standard_normal()),
            electronics.fs_hz,
        )
        for muscle in ALL_MUSCLES
    }
    channels = electronics.muscles
    mix = np.array([[between(rng, profile.body.crosstalk) for _ in ALL_MUSCLES] for _ in channels])
    for i, muscle in enumerate(channels):
        mix[i, ALL_MUSCLES.index(muscle)] = 1.0
    floors = [person.floor_uv * np.exp(NIGHT_SIGMA * rng.standard_normal()) for _ in channels]
    return Limb(
        pools=pools,
        floor_uv=np.clip(floors, *electronics.floor_span_uv),
        mix=mix,
        hum_uv=log_between(rng, electronics.hum_uv) if chance(rng, electronics.hum_chance) else 0.0,
        heart_uv=log_between(rng, electronics.heart_uv) if chance(rng, electronics.heart_chance) else 0.0,
        settling=between(rng, electronics.settling),
        sweat_loss=between(rng, electronics.sweat_loss) if chance(rng, electronics.sweat_chance) else 0.0,
        baseline_uv=log_between(rng, electronics.baseline_uv),
        carrier=noise_carrier(rng, profile.carrier),
    )


def _own_rates(rng: np.random.Generator, mean: Rates) -> Rates:
    """Draw a person's own rates about the means, with the over-dispersion of the profile."""
    phi = log_between(rng, mean.phi)
    counted = (name for name in Rates.__slots__ if name not in PHI_FREE)
    own = {name: overdispersed(rng, getattr(mean, name), 0.5 * phi) for name in counted}
    own["cramps"] = overdispersed(rng, mean.cramps, phi)
    if not chance(rng, mean.plm_chance):
        own["plm_per_h"] = 0.0
    return replace(mean, **own)
