"""The parts of the sensor that can be checked against something outside: crystal, ring, converter, battery."""

from math import ceil

import numpy as np
import pytest
from scipy.integrate import quad

from firmware_bridge.virtual.converter import Converter, rates_mhz, scale_of
from firmware_bridge.virtual.crystal import Crystal
from firmware_bridge.virtual.hardware import Hardware
from firmware_bridge.virtual.ring import Ring
from firmware_bridge.wire.frames import SampleFrame
from signals import Channel, Stream


@pytest.mark.parametrize("true_s", [1.0, 600.0, 8 * 3600.0])
def test_the_crystal_counts_the_integral_of_its_rate(true_s: float) -> None:
    crystal = Crystal(ppm=-35, cool_c=18, warm_c=34, warming_s=1200)
    off, _ = quad(lambda t: 1e-6 * (-35 - 0.034 * (crystal.temperature_c(t) - 25) ** 2), 0, true_s, epsabs=1e-12)
    assert crystal.seconds(true_s) - true_s == pytest.approx(off, rel=1e-6)
    assert crystal.true_s(crystal.seconds(true_s)) == pytest.approx(true_s, abs=1e-9)


def test_the_sensor_warms_up_from_cool_to_warm() -> None:
    crystal = Crystal(cool_c=20, warm_c=33, warming_s=1000)
    assert crystal.temperature_c(0) == 20
    assert crystal.temperature_c(1000) == pytest.approx(33 - 13 / np.e)
    assert crystal.temperature_c(1e5) == pytest.approx(33)


def frame(sequence: int, rows: int = 10) -> SampleFrame:
    return SampleFrame("emg", 1, sequence, sequence * 10, 0, np.zeros((rows, 1), np.int32))


@pytest.mark.parametrize(("appended", "held"), [(9, 9), (10, 10), (11, 10)])
def test_a_ring_of_100_samples_holds_10_frames_of_10(appended: int, held: int) -> None:
    ring = Ring(100)
    for sequence in range(appended):
        ring.append(frame(sequence))
    assert len(ring) == held
    assert list(ring.sequences) == list(range(appended - held, appended))
    assert ring[appended - 1].counter == 10 * (appended - 1)
    with pytest.raises(KeyError):
        ring[appended - held - 1]


@pytest.mark.parametrize(("wanted", "held"), [(91, 10), (90, 9), (89, 9)])
def test_a_ring_never_holds_less_than_it_must(wanted: int, held: int) -> None:
    ring = Ring(wanted)
    for sequence in range(50):
        ring.append(frame(sequence))
    assert len(ring) == held == ceil(wanted / 10)


@pytest.mark.parametrize(
    ("first", "last", "sequences"),
    [
        (0, 399, []),
        (0, 400, [40]),
        (409, 409, [40]),
        (409, 410, [40, 41]),
        (410, 410, [41]),
        (499, 10_000, [49]),
        (500, 10_000, []),
    ],
)
def test_a_range_finds_the_frames_that_have_a_sample_in_it(first: int, last: int, sequences: list[int]) -> None:
    ring = Ring(100)
    for sequence in range(50):
        ring.append(frame(sequence))
    assert list(ring.with_samples(first, last)) == sequences


def test_a_ring_refuses_frames_out_of_order_and_no_room() -> None:
    with pytest.raises(ValueError, match="frame 1 comes after frame -1"):
        Ring(10).append(frame(1))
    with pytest.raises(ValueError, match="ring of 0 samples"):
        Ring(0)


@pytest.mark.parametrize(
    ("value_uv", "count", "saturated"),
    [
        (0.0, 0, False),
        (1499.9, 32766, False),
        (1500.0, 32767, True),
        (-1499.9, -32766, False),
        (-1600.0, -32768, True),
    ],
)
def test_the_converter_has_rails(value_uv: float, count: int, *, saturated: bool) -> None:
    stream = Stream("emg", 1000, (Channel("EMG L-GM", "EMG", "L", "GM", (-1500.0, 1500.0)),))
    converter = Converter(stream, (scale_of(stream.channels[0], 16),), 1, 16)
    made = converter.convert(np.array([[value_uv]]), np.array([True]))
    assert (int(made.counts[0, 0]), bool(made.saturated[0])) == (count, saturated)


def test_a_channel_without_rails_gets_a_usual_range_and_a_gain_of_32_bits() -> None:
    scale = scale_of(Channel("EMG", "EMG"), 24)
    assert scale.rails[1] == pytest.approx(1500, rel=1e-6)
    assert float(np.float32(scale.gain)) == scale.gain


def test_rates_are_whole_parts_in_whole_millihertz() -> None:
    rates = rates_mhz(Stream("acc", 52, (Channel("ACC", "ACC"),)))
    assert rates[52_000] == 1
    assert rates[26_000] == 2
    assert all(52_000 % rate == 0 and rate * divider == 52_000 for rate, divider in rates.items())


@pytest.mark.parametrize(
    "wrong",
    [{"keeps_s": 0}, {"keeps_s": 65_536}, {"battery_h": 0}, {"battery_percent": 101}, {"bits": 12}],
)
def test_impossible_hardware_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"keeps_s|battery|bits"):
        Hardware(**wrong)  # pyright: ignore[reportArgumentType] - one number of each kind


def test_a_battery_empties_in_a_straight_line() -> None:
    hardware = Hardware(battery_h=10, battery_percent=50)
    assert hardware.battery(0) == (50, 3750)
    assert hardware.battery(2.5 * 3600) == (25, 3525)
    assert hardware.battery(6 * 3600) == (0, 3300)
    assert hardware.empty_s == 5 * 3600
