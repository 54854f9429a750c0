"""The sensor's clock against planted drift, jitter, delays and steps."""

import numpy as np
import pytest

from firmware_bridge.device_clock import DeviceClock

FRAME_S = 0.1


def arrivals(seconds: float, drift_ppm: float, seed: int, began_s: float = 5000.0) -> tuple[np.ndarray, np.ndarray]:
    """Frames every 0.1 s: 5 ms fixed delay, exponential jitter of 15 ms, one in 200 delayed by up to 4 s."""
    rng = np.random.default_rng(seed)
    device = np.arange(1, round(seconds / FRAME_S)) * FRAME_S
    delay = 0.005 + rng.exponential(0.015, len(device))
    delay[rng.random(len(device)) < 0.005] += rng.uniform(0.5, 4.0)
    return device, began_s + device * (1 + drift_ppm * 1e-6) + delay


def feed(clock: DeviceClock, device: np.ndarray, host: np.ndarray) -> None:
    for d, h in zip(device.tolist(), host.tolist(), strict=True):
        clock.update(d, h)


@pytest.mark.parametrize("drift_ppm", [-50.0, -20.0, 0.0, 20.0, 50.0])
def test_a_planted_drift_is_found_within_what_the_fit_claims(drift_ppm: float) -> None:
    for seed in range(4):
        clock = DeviceClock()
        feed(clock, *arrivals(1800, drift_ppm, seed))
        assert abs(clock.drift.ppm - drift_ppm) <= clock.drift.uncertainty_ppm <= 15.0
        # what leaves the sensor at 1000 s is there 5 ms later; the fit is good to 3 ms
        assert clock.host_at(1000.0) == pytest.approx(6000.005 + drift_ppm * 1e-3, abs=0.003)
        assert clock.device_at(clock.host_at(1234.5)) == pytest.approx(1234.5, abs=1e-9)


def test_the_claimed_uncertainty_covers_the_error_at_every_length() -> None:
    held = total = 0
    for seed in range(40):
        clock = DeviceClock()
        device, host = arrivals(600, 35.0, seed)
        feed(clock, device, host)
        total += 1
        held += abs(clock.drift.ppm - 35.0) <= clock.drift.uncertainty_ppm
    assert held >= 0.95 * total


def test_a_rate_that_is_badly_named_is_still_followed() -> None:
    clock = DeviceClock()
    device, host = arrivals(1800, 30_000.0, 1)  # 1116 Hz that call themselves 1150
    feed(clock, device, host)
    assert clock.drift.ppm == pytest.approx(30_000.0, abs=20.0)
    assert clock.host_at(1800.0) == pytest.approx(5000.005 + 1800 * 1.03, abs=0.01)


def test_ten_minutes_of_nothing_are_no_step() -> None:
    clock = DeviceClock()
    device, host = arrivals(2400, 40.0, 2)
    there = (device < 900) | (device > 1500)
    feed(clock, device[there], host[there])
    assert clock.steps == 0
    assert clock.drift.ppm == pytest.approx(40.0, abs=clock.drift.uncertainty_ppm)


@pytest.mark.parametrize("step_s", [-3600.0, -1.0, 1.0, 3600.0])
def test_a_step_begins_a_new_line_and_keeps_the_slope(step_s: float) -> None:
    clock = DeviceClock()
    device, host = arrivals(2400, 40.0, 3)
    host = host + np.where(device > 1200, step_s, 0.0)
    feed(clock, device, host)
    assert clock.steps == 1
    assert clock.host_at(2000.0) == pytest.approx(7000.005 + 0.08 + step_s, abs=0.005)
    assert clock.drift.ppm == pytest.approx(40.0, abs=15.0)


@pytest.mark.parametrize("restarts", [False, True])
def test_samples_that_piled_up_and_come_all_at_once_are_no_racing_clock(*, restarts: bool) -> None:
    clock = DeviceClock()
    device, host = arrivals(3600, 30.0, 5)
    piled = (device > 1800) & (device < 2000)
    host[piled] = 7000.0 + 0.001 * (device[piled] - 1800)  # 200 s in a fifth of a second
    feed(clock, device[device <= 1800], host[device <= 1800])
    if restarts:
        clock.restart()
    feed(clock, device[device > 1800], host[device > 1800])
    assert clock.drift.ppm == pytest.approx(30.0, abs=15.0)
    assert clock.host_at(3600.0) == pytest.approx(8600.005 + 0.108, abs=0.02)


def test_a_restart_keeps_the_drift_and_forgets_the_origin() -> None:
    clock = DeviceClock()
    feed(clock, *arrivals(1800, 45.0, 4))
    known = clock.drift
    clock.restart()
    assert not clock.is_set
    clock.update(0.0, 9000.0)
    assert clock.drift == known
    # an hour on, still without a fit of the new run: off by the uncertainty of the drift
    assert clock.host_at(3600.0) == pytest.approx(12600 + 45e-6 * 3600, abs=3600e-6 * known.uncertainty_ppm)


def test_before_any_sample_the_time_is_refused() -> None:
    with pytest.raises(RuntimeError, match="unknown"):
        DeviceClock().host_at(0.0)
    with pytest.raises(RuntimeError, match="unknown"):
        DeviceClock().device_at(0.0)
