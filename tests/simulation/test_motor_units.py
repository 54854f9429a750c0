"""Motor units against Fuglevand 1993, textbook figures of surface EMG, and closed forms."""

import numpy as np
import pytest
from scipy.signal import welch

from simulation.action_potentials import Conductor, Fibres, action_potentials
from simulation.discharges import DRIVE_HZ, Discharges, emg_of, one_unit, voluntary
from simulation.motor_units import MotorUnitPool, PoolSettings, motor_unit_pool
from simulation.randomness import generator

FS_HZ = 1000.0
MVC_UV = 150.0
POOLS = range(6)


def pool_of(number: int) -> MotorUnitPool:
    """Return one of some muscles."""
    return motor_unit_pool(generator(4, number), PoolSettings(), Conductor(), MVC_UV, FS_HZ)


@pytest.mark.parametrize("number", POOLS)
def test_small_units_are_recruited_first_and_all_fire_at_full_excitation(number: int) -> None:
    pool = pool_of(number)
    assert 60 <= len(pool.threshold) <= 200
    assert (np.diff(pool.threshold) > 0).all()
    assert 20 <= pool.threshold[-1] / pool.threshold[0] <= 50  # Fuglevand: a range of 30
    rates = pool.rates_hz(np.array([0.02, 0.2, 1.0]), np.arange(len(pool.threshold)))
    n_active = (rates > 0).sum(axis=0)
    assert n_active[0] < n_active[1] < n_active[2] == len(pool.threshold)
    energy = (pool.potential_uv**2).sum(axis=1)
    assert np.median(energy[-10:]) > 10 * np.median(energy[:10])
    assert rates[rates > 0].min() >= 6.5
    assert rates.max() <= 40


@pytest.mark.parametrize("number", POOLS)
def test_potentials_last_and_measure_what_surface_potentials_do(number: int) -> None:
    pool = pool_of(number)
    size = np.abs(pool.potential_uv)
    long = size >= 0.05 * size.max(axis=1, keepdims=True)
    duration_s = (long.shape[1] - long[:, ::-1].argmax(axis=1) - long.argmax(axis=1)) / FS_HZ
    assert 0.006 < np.median(duration_s) < 0.030  # surface potentials of 20 mm bipolar electrodes: 10-25 ms
    assert 50 < np.ptp(pool.potential_uv, axis=1).max() < 2000  # tens of uV to some mV
    assert np.abs(pool.potential_uv.mean(axis=1)).max() < 0.2 * size.max()  # no net deflection


@pytest.mark.parametrize("number", POOLS)
def test_the_spectrum_is_that_of_surface_emg_of_the_leg(number: int) -> None:
    pool = pool_of(number)
    rng = generator(5, number)
    emg = emg_of(pool, voluntary(rng, pool, np.full(int(20 * DRIVE_HZ), 0.5), 0.15), int(20 * FS_HZ))
    f_hz, power = welch(emg, FS_HZ, nperseg=512)
    median_hz = f_hz[np.searchsorted(np.cumsum(power), power.sum() / 2)]
    assert 55 < median_hz < 160  # the sample recordings: 74-150 Hz


def test_full_excitation_gives_the_emg_that_was_asked_for() -> None:
    pool = pool_of(0)
    emg = emg_of(pool, voluntary(generator(6), pool, np.ones(int(30 * DRIVE_HZ)), 0.15), int(30 * FS_HZ))
    assert np.std(emg[500:]) == pytest.approx(MVC_UV, rel=0.08)


def test_a_single_discharge_gives_the_unit_s_potential() -> None:
    pool = pool_of(1)
    emg = emg_of(pool, Discharges(np.array([0.05]), np.array([3])), 200)
    length = pool.potential_uv.shape[1]
    np.testing.assert_allclose(emg[50 : 50 + length], pool.potential_uv[3], rtol=1e-5, atol=1e-4)
    assert not emg[:50].any()
    assert not emg[50 + length :].any()


def test_a_potential_reaches_the_second_electrode_after_spacing_over_velocity() -> None:
    fibres = Fibres(*(np.full((1, 1), value) for value in (0.004, -0.05, 0.03, 0.12, 4.0)))
    fs_hz = 8000.0
    potential = action_potentials(fibres, Conductor(length_s=0.032), fs_hz)[0]
    lag_s = abs(int(potential.argmax()) - int(potential.argmin())) / fs_hz
    assert lag_s == pytest.approx(0.020 / 4.0, abs=0.0015)  # 20 mm at 4 m/s: 5 ms


@pytest.mark.parametrize(("rate_hz", "cov"), [(10.0, 0.15), (25.0, 0.4)])
def test_intervals_have_the_mean_and_the_variability_asked_for(rate_hz: float, cov: float) -> None:
    times = one_unit(generator(8), np.full(int(400 * DRIVE_HZ), rate_hz), cov, 0.0)
    intervals = np.diff(times)
    assert intervals.mean() == pytest.approx(1 / rate_hz, rel=0.03)
    assert intervals.std() / intervals.mean() == pytest.approx(cov, rel=0.05)


def test_a_unit_without_drive_is_silent() -> None:
    assert len(one_unit(generator(9), np.zeros(100), 0.2, 0.0)) == 0
    pool = pool_of(2)
    assert len(voluntary(generator(9), pool, np.zeros(100), 0.2).at_s) == 0
