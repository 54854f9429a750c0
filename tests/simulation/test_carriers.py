"""Noise in the place of motor units: as loud as they are, in the band that was drawn, for whom it was asked."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import welch

from simulation import Cohort, Kind, Profile
from simulation.action_potentials import Conductor
from simulation.carriers import CarrierSettings, NoiseCarrier, noise_carrier, voluntary_uv
from simulation.discharges import DRIVE_HZ, emg_of, voluntary
from simulation.motor_units import PoolSettings, motor_unit_pool
from simulation.randomness import generator
from tests.simulation.short_nights import short

FS_HZ = 1000.0


@pytest.mark.parametrize("excitation", [0.1, 0.4, 1.0])
def test_noise_is_as_loud_as_the_motor_units_that_it_stands_for(excitation: float) -> None:
    pool = motor_unit_pool(generator(4, 1), PoolSettings(), Conductor(), 150.0, FS_HZ)
    course = np.full(int(20 * DRIVE_HZ), excitation)
    units = emg_of(pool, voluntary(generator(1), pool, course, 0.15), 20_000)[1000:]
    assert voluntary_uv(pool, course) == pytest.approx(np.sqrt((units**2).mean()), rel=0.1)


@pytest.mark.parametrize("own", [False, True])
def test_every_channel_hears_its_share_in_the_band(*, own: bool) -> None:
    carrier = NoiseCarrier(40.0, 200.0, 4, own)
    gains = np.array([1.0, 0.1])
    emg = carrier.carry(generator(2), np.full(500, 60.0), gains, FS_HZ, 10_000)
    assert np.sqrt((emg**2).mean(axis=1)) == pytest.approx(60.0 * gains, rel=0.05)
    power = np.asarray(welch(emg[0], FS_HZ, nperseg=1000)[1], np.float64)  # of whole Hz
    assert power[40:201].sum() > 0.9 * power.sum()
    shared = emg[0] @ emg[1] / np.sqrt((emg[0] @ emg[0]) * (emg[1] @ emg[1]))
    assert shared == pytest.approx(0.0 if own else 1.0, abs=0.05)


def test_the_shipped_profiles_have_motor_units_and_draw_nothing_for_noise() -> None:
    rng, same = generator(3), generator(3)
    assert noise_carrier(rng, CarrierSettings()) is None
    assert rng.random() == same.random()


def noise_night() -> Profile:
    profile = short("clean", hours=1.5, cramps=6.0)
    return replace(profile, carrier=CarrierSettings(noise_chance=1.0))


def test_a_cramp_of_noise_is_one_by_the_definition_and_keeps_its_share_of_the_mvc() -> None:
    night = Cohort(5, 1, 1, noise_night()).night(0, 0)
    cramps = [h for h in night.plan.happenings if h.kind is Kind.CRAMP and h.head == "GM"]
    assert cramps
    for cramp in cramps:
        muscle = night.rendered(cramp).muscle_uv
        assert muscle is not None
        seconds = np.sqrt((muscle[0][: len(muscle[0]) // 1000 * 1000].reshape(-1, 1000) ** 2).mean(axis=1))
        assert seconds.max() == pytest.approx(cramp.strength * night.limb.pools["GM"].mvc_uv, rel=0.35)
    assert sum(event.trial_type == "cramp" for event in night.truth) >= len(cramps)
