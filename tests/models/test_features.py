"""Features against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from detection import Episode, Movement
from models.features import Features, MovementLimits, features_of
from tests.made_up import acc_stream, detect, emg_stream, lying, muscle

LIMITS = MovementLimits(moving_g=0.1, gait_g=0.1)


def described(episode: Episode) -> Features:
    return features_of(episode, LIMITS, None)


def one(*args: object, **kwargs: object) -> Episode:
    (episode,) = detect(*args, **kwargs)[1]  # pyright: ignore[reportArgumentType] - passed on as they come
    return episode


@pytest.fixture(scope="module")
def still_contraction() -> Episode:
    return one([emg_stream(1000.0, "GM", "TA"), acc_stream()], both(muscle(200, (100, 130, 60))), lying(200))


def both(scored: np.ndarray, other_uv: float = 3.0) -> np.ndarray:
    return np.asfortranarray(np.hstack([scored, muscle(len(scored) / 1000, rest_uv=other_uv, seed=9)]))


def test_levels_are_root_mean_squares(still_contraction: Episode) -> None:
    features = described(still_contraction)
    in_band = np.sqrt(430 / 500)  # of white noise, 20-450 Hz out of 0-500
    assert features.median_uv == pytest.approx(60 * in_band, rel=0.02)
    assert features.median_ratio == pytest.approx(20, rel=0.05)
    assert features.duty == 1.0


def test_the_frequency_of_a_sine_is_its_own() -> None:
    values = muscle(100)
    t = np.arange(30_000) / 1000
    values[60_000:90_000, 0] += 80 * np.sin(2 * np.pi * 130 * t)
    assert described(one([emg_stream()], values)).frequency_hz == pytest.approx(130, rel=0.02)


def test_a_rising_frequency_is_a_shift() -> None:
    values = muscle(100)
    t = np.arange(30_000) / 1000
    values[60_000:90_000, 0] += 80 * np.sin(2 * np.pi * (80 * t + 2 * t**2))  # 80 Hz rising by 4 Hz a second to 200
    # median of the last third (160-200 Hz) less that of the first (80-120 Hz)
    assert described(one([emg_stream()], values)).frequency_shift_hz == pytest.approx(80, abs=6)


@pytest.mark.parametrize("depth", [0.0, 0.3, 0.6, 0.9])
def test_the_depth_of_a_modulation_is_measured(depth: float) -> None:
    values = muscle(100, (60, 90, 60))
    t = np.arange(len(values)) / 1000
    values *= (1 + depth * np.sin(2 * np.pi * 1.4 * t) * ((t > 60) & (t < 90)))[:, None]
    features = described(one([emg_stream()], values))
    # the noise of 50-ms RMS values (50 samples: 10 %) adds its own share below 4 Hz: sqrt(2) * 0.1 * sqrt(4 / 10)
    # and the course over 3.3 s, by which the envelope is divided, keeps up to 1 / (1.4 Hz * 3.3 s * pi) = 7 % of it
    assert features.modulation_depth == pytest.approx(np.hypot(depth, 0.09), abs=0.03, rel=0.07)
    if depth > 0.1:
        assert features.modulation_hz == pytest.approx(1.4, abs=0.05)


def test_below_two_periods_there_is_no_modulation() -> None:
    assert np.isnan(described(one([emg_stream()], muscle(100, (60, 66, 60)))).modulation_depth)


@pytest.mark.parametrize(("ta_uv", "expected"), [(3.0, 0.05), (30.0, 0.5), (60.0, 1.0)])
def test_coactivation_is_a_ratio_of_ratios(ta_uv: float, expected: float) -> None:
    values = np.hstack([muscle(200, (100, 130, 60)), muscle(200, (100, 130, ta_uv), seed=9)])
    episode = one([emg_stream(1000.0, "GM", "TA")], np.asfortranarray(values))
    assert described(episode).coactivation == pytest.approx(expected, rel=0.1)


def test_without_a_second_muscle_there_is_no_coactivation() -> None:
    assert np.isnan(described(one([emg_stream()], muscle(100, (60, 90, 60)))).coactivation)


def test_typical_movement_is_that_of_half_the_seconds(still_contraction: Episode) -> None:
    movement = still_contraction.movement
    assert movement is not None
    dynamic = movement.dynamic_g.copy()
    dynamic[:] = 0.01
    dynamic[10:20] = 0.5  # ten of the thirty seconds, after ten of context
    features = described(replace(still_contraction, movement=replace(movement, dynamic_g=dynamic)))
    assert features.typical_g == pytest.approx(0.01)
    assert features.dynamic_g == pytest.approx(0.5)


def test_strides_count_as_walking_before_only_before_the_onset(still_contraction: Episode) -> None:
    movement = still_contraction.movement
    assert movement is not None
    gait = np.zeros_like(movement.gait_g)
    gait[2:6] = gait[15:25] = 0.3  # four of the ten seconds before, ten within
    features = described(replace(still_contraction, movement=replace(movement, gait_g=gait)))
    assert features.walked_before_s == pytest.approx(4.0)


def test_without_acceleration_movement_is_undefined() -> None:
    features = described(one([emg_stream()], muscle(100, (60, 90, 60))))
    undefined = (features.still_s, features.lead_s, features.dynamic_g, features.gait_share, features.turn_deg)
    assert np.isnan(undefined).all()


def test_a_still_leg_is_still_from_onset_to_end(still_contraction: Episode) -> None:
    features = described(still_contraction)
    assert (features.still_s, features.lead_s) == (30.0, pytest.approx(30.0, abs=0.1))
    assert features.turn_deg == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize("turn_deg", [10.0, 90.0, 170.0])
def test_a_turn_is_the_angle_between_the_gravities(still_contraction: Episode, turn_deg: float) -> None:
    assert still_contraction.movement is not None
    gravity = still_contraction.movement.gravity_g.copy()
    first = gravity[0] / np.linalg.norm(gravity[0])
    across = np.cross(first, (0.0, 0.0, 1.0))
    across /= np.linalg.norm(across)
    after = slice(len(gravity) - 10, None)
    gravity[after] = first * np.cos(np.radians(turn_deg)) + across * np.sin(np.radians(turn_deg))
    moved = replace(still_contraction, movement=replace(still_contraction.movement, gravity_g=gravity))
    assert described(moved).turn_deg == pytest.approx(turn_deg, abs=0.5)


def with_dynamic(episode: Episode, dynamic_g: np.ndarray) -> Episode:
    assert episode.movement is not None
    movement: Movement = replace(episode.movement, dynamic_g=dynamic_g)
    return replace(episode, movement=movement)


@pytest.mark.parametrize(("dynamic_g", "still"), [(0.0999, 30.0), (0.1, 20.0), (0.1001, 20.0)])
def test_a_second_moves_from_the_limit_on(still_contraction: Episode, dynamic_g: float, still: float) -> None:
    dynamic = np.full(50, 0.002)
    dynamic[30:40] = dynamic_g  # ten seconds before the episode come first, so these are its seconds 20-30
    features = described(with_dynamic(still_contraction, dynamic))
    assert features.still_s == still
    assert features.lead_s == pytest.approx(20.0 if still < 30 else 30.0, abs=0.1)


def test_a_cramp_that_ends_in_walking_is_judged_by_what_came_before() -> None:
    values, acc = muscle(300, (100, 150, 60)), lying(300)
    t = np.arange(len(values)) / 1000
    walking = (t >= 150) & (t < 180)
    values[walking] *= 20 * (np.sin(2 * np.pi * t[walking]) > 0)[:, None] + 0.3
    seconds = np.arange(len(acc)) / 52
    strides = (seconds >= 150) & (seconds < 180)
    acc[strides] += 0.4 * np.sin(2 * np.pi * seconds[strides])[:, None]
    features = described(one([emg_stream(), acc_stream()], values, acc))
    assert features.duration_s > 75
    assert features.duty == 1.0
    assert features.modulation_depth < 0.2
    assert features.still_s == pytest.approx(50, abs=2)
