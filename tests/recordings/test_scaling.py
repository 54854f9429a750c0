"""Units, ranges and rates: taken from the file, or refused."""

import numpy as np
import pytest

from recordings import open_recording
from recordings.errors import ScalingError
from signals import SampleBlock
from tests.recordings.conftest import Put
from tests.recordings.handmade import File, Signal, acceleration

ONE = np.ones(2000, dtype=np.int32)


@pytest.mark.parametrize(
    ("unit", "expected_uv"),
    [
        ("uV", 0.1),
        ("mV", 100.0),
        ("V", 100_000.0),
        (b"\xb5V", 0.1),  # micro sign, Latin-1
        (b"\xc2\xb5V", 0.1),  # micro sign, UTF-8
        (b"\xce\xbcV", 0.1),  # Greek mu, UTF-8
    ],
)
def test_emg_becomes_microvolts_by_the_unit_of_the_file(put: Put, unit: str | bytes, expected_uv: float) -> None:
    night = open_recording(put(File((Signal(unit=unit, digital=ONE),))))
    block = next(iter(night))
    assert isinstance(block, SampleBlock)
    np.testing.assert_allclose(block.values, expected_uv, rtol=1e-6)
    rails = night.streams[0].channels[0].rails
    assert rails is not None
    np.testing.assert_allclose(rails, (-32768 * expected_uv, 32767 * expected_uv), rtol=1e-12)


@pytest.mark.parametrize(
    ("unit", "expected_g"),
    [
        ("g", 1e-4),
        ("mg", 1e-7),
        ("m/s2", 1e-4 / 9.80665),
        ("m/s^2", 1e-4 / 9.80665),
        ("m/s/s", 1e-4 / 9.80665),
        (b"m/s\xb2", 1e-4 / 9.80665),
        (b"m/s\xc2\xb2", 1e-4 / 9.80665),
    ],
)
def test_acceleration_becomes_g_by_the_unit_of_the_file(put: Put, unit: str | bytes, expected_g: float) -> None:
    axes = [
        Signal(f"ACC L-{axis}", unit, ("-3.2768", "3.2767"), digital=np.full(104, 1, dtype=np.int32))
        for axis in "XYZ"
    ]
    block = list(open_recording(put(File((Signal(), *axes)))))[1]
    assert isinstance(block, SampleBlock)
    np.testing.assert_allclose(block.values, expected_g, rtol=1e-9)


@pytest.mark.parametrize("unit", ["", "uv", "MV", "nV", "g", "%"])
def test_another_unit_of_emg_is_refused_with_the_accepted_ones(put: Put, unit: str) -> None:
    with pytest.raises(ScalingError, match=rf"channel 'EMG L-GM' has the unit '{unit}'; EMG needs one of uV, µV"):
        open_recording(put(File((Signal(unit=unit),))))


@pytest.mark.parametrize("unit", ["", "m", "uV", "G"])
def test_another_unit_of_acceleration_is_refused_with_the_accepted_ones(put: Put, unit: str) -> None:
    axes = [Signal(f"ACC L-{axis}", unit, digital=np.ones(104, dtype=np.int32)) for axis in "XYZ"]
    with pytest.raises(ScalingError, match=rf"'ACC L-X' has the unit '{unit}'; ACC needs one of g, mg, m/s2"):
        open_recording(put(File((Signal(), *axes))))


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        (Signal(physical=("5", "5")), "has an empty or boundless physical range, 5 to 5 uV"),
        (Signal(physical=("-1e308", "1e308")), r"boundless physical range, -1e\+308 to 1e\+308 uV"),
        (Signal(physical=("nan", "1000")), "is NaN-scaled: its physical range is nan to 1000"),
        (Signal(physical=("-1000", "inf")), "is NaN-scaled: its physical range is -1000 to inf"),
        (Signal(physical=("low", "1000")), "physical range of 'low' to '1000', not two numbers"),
        (Signal(digital_range=("7", "7")), "has an empty digital range, 7 to 7; the lower must come first"),
        (Signal(digital_range=("9", "-9")), "has an empty digital range, 9 to -9"),
        (Signal(digital_range=("", "9")), "digital range of '' to '9', not two numbers"),
    ],
)
def test_a_range_that_gives_no_scale_is_refused(put: Put, signal: Signal, message: str) -> None:
    with pytest.raises(ScalingError, match=message):
        open_recording(put(File((signal,))))


def test_a_broken_range_of_a_channel_that_is_not_used_does_not_matter(put: Put) -> None:
    assert len(list(open_recording(put(File((Signal(), Signal("SpO2", "%", ("nan", "nan")))))))) == 1


@pytest.mark.parametrize("fs_hz", [199, 2049])
def test_emg_rates_outside_the_limits_are_refused(put: Put, fs_hz: int) -> None:
    with pytest.raises(ScalingError, match=f"has {fs_hz} Hz; EMG needs 200 to 2048 Hz"):
        open_recording(put(File((Signal(digital=np.ones(2 * fs_hz, dtype=np.int32)),))))


@pytest.mark.parametrize("fs_hz", [23, 2049])
def test_acceleration_rates_outside_the_limits_are_refused(put: Put, fs_hz: int) -> None:
    with pytest.raises(ScalingError, match=f"has {fs_hz} Hz; ACC needs 24 to 2048 Hz"):
        open_recording(put(File((Signal(), *acceleration(2 * fs_hz)))))


@pytest.mark.parametrize(
    ("emg_hz", "acc_hz", "n_remarks"),
    [(200, 24, 2), (499, 25, 1), (500, 25, 0), (2000, 104, 0), (2001, 105, 2), (2048, 2048, 2)],
)
def test_rates_within_the_limits_are_accepted_and_odd_ones_remarked_on(
    put: Put, emg_hz: int, acc_hz: int, n_remarks: int
) -> None:
    night = open_recording(
        put(File((Signal(digital=np.ones(2 * emg_hz, dtype=np.int32)), *acceleration(2 * acc_hz))))
    )
    assert [stream.fs_hz for stream in night.streams] == [emg_hz, acc_hz]
    assert sum("the scoring profiles were made for" in remark for remark in night.remarks) == n_remarks
