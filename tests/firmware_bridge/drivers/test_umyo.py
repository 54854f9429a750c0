"""uMyo over Bluetooth LE: what it notifies, after its firmware. The link itself is tested in tests/bluetooth."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.carriers.ble import Notification
from firmware_bridge.drivers import umyo as driver
from firmware_bridge.drivers import umyo_signals as signals
from firmware_bridge.drivers.umyo import Assembler, Auxiliary, Telemetry, decode
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk, Defect
from firmware_bridge.sensor import Address, SensorError, sensor_at
from signals import GapReason
from tests.firmware_bridge.drivers.peers import umyo
from tests.firmware_bridge.drivers.readings import defects_of, samples_of

RAW = [8000 + i for i in range(24)]


def notifications(*values: bytes, every_s: float = 0.021) -> list[Notification]:
    return [Notification(driver.TELEMETRY, value, i * every_s) for i, value in enumerate(values)]


@pytest.mark.parametrize("quaternion", [(), (32000, 0, -1, 5)])
def test_both_lengths_of_telemetry_are_read(quaternion: tuple[int, ...]) -> None:
    packet = decode(umyo.telemetry(0xFFFFFFF0, RAW, quaternion))
    assert isinstance(packet, Telemetry)
    assert packet.count == 0xFFFFFFF0
    assert packet.raw[:, 0].tolist() == RAW


def test_the_auxiliary_packet_gives_acceleration() -> None:
    packet = decode(umyo.auxiliary((16_393, -16_393, 0)))
    assert isinstance(packet, Auxiliary)
    assert packet.acc.tolist() == [[16_393, -16_393, 0]]


@pytest.mark.parametrize(
    ("value", "defect"),
    [
        (umyo.telemetry(0, RAW)[:20], Defect.TRUNCATED),  # what an MTU of 23 would leave
        (b"", Defect.TRUNCATED),
        (bytes(61), Defect.UNKNOWN_TYPE),
        (umyo.telemetry(0, [*RAW[:23], -257]), Defect.DAMAGED),
        (umyo.telemetry(0, [*RAW[:23], 2**14]), Defect.DAMAGED),
    ],
)
def test_what_is_no_packet_is_counted(value: bytes, defect: Defect) -> None:
    readings = Assembler(1150.0).take(notifications(value))
    assert defects_of(readings) == {defect: 1}
    assert samples_of(readings, "emg") == {}


def test_one_count_is_2_75_uv_and_one_g_is_16393_counts() -> None:
    # AD8293G80: gain 80. SAADC: 0.6 V x 6 over 2^14. LSM6DS3 at 2 g: 0.061 mg.
    assert signals.EMG.gain == pytest.approx(3.6 / 16_384 / 80 * 1e6)
    assert signals.EMG.rails == pytest.approx((-22_500, 22_500), rel=1e-3)
    assert signals.ACC[0].gain * 16_393 == pytest.approx(1.0, rel=1e-3)


def test_emg_lies_where_the_sensor_counted_it_and_a_lost_packet_is_a_hole() -> None:
    packets = [umyo.telemetry(24 * i, RAW) for i in range(5)]
    del packets[2]
    emg = samples_of(Assembler(1150.0).take(notifications(*packets)), "emg")
    assert sorted(emg) == [(0, i) for i in range(120) if not 48 <= i < 72]
    assert [emg[0, i][0] for i in range(24)] == [raw - 8192 for raw in RAW]


def test_the_count_wraps_and_a_restart_begins_an_epoch() -> None:
    assembler = Assembler(1150.0)
    emg = samples_of(assembler.take(notifications(umyo.telemetry(2**32 - 24, RAW), umyo.telemetry(0, RAW))), "emg")
    assert sorted(emg) == [(0, i) for i in range(2**32 - 24, 2**32 + 24)]
    chunk = assembler.take(notifications(umyo.telemetry(2**32 - 24, RAW)))[0]  # back by 24
    assert isinstance(chunk, Chunk)
    assert (chunk.epoch, chunk.counter, chunk.began) == (1, 2**32 - 24, GapReason.SENSOR_RESTART)


def test_a_count_that_stands_still_is_contradictory() -> None:
    readings = Assembler(1150.0).take(notifications(umyo.telemetry(240, RAW), umyo.telemetry(240, RAW)))
    assert len(samples_of(readings, "emg")) == 24
    assert defects_of(readings) == {Defect.CONTRADICTORY: 1}


def test_a_converter_that_reads_a_little_below_0_v_gives_0() -> None:
    packet = decode(umyo.telemetry(0, [*RAW[:23], -256]))
    assert isinstance(packet, Telemetry)
    assert packet.raw[-1, 0] == 0


@pytest.mark.parametrize(
    ("raw", "saturated"), [(-5, True), (455, True), (456, False), (14_562, False), (14_563, True)]
)
def test_the_amplifier_at_its_limit_is_said(raw: int, *, saturated: bool) -> None:
    chunk = Assembler(1150.0).take(notifications(umyo.telemetry(0, [*RAW[:23], raw])))[0]
    assert isinstance(chunk, Chunk)
    assert chunk.saturated is saturated


def test_acceleration_is_placed_by_the_emg_that_came_before() -> None:
    # 46 samples of EMG per place; half a packet after the one that ends at 48 place 1 is nearest, after 96 place 2
    readings = Assembler(1150.0).take(
        notifications(
            umyo.auxiliary((9, 9, 9)),  # nothing to place it by
            umyo.telemetry(0, RAW),
            umyo.telemetry(24, RAW),
            umyo.auxiliary((1, 0, 0)),
            umyo.telemetry(48, RAW),
            umyo.telemetry(72, RAW),
            umyo.auxiliary((2, 0, 0)),
        )
    )
    assert samples_of(readings, "acc") == {(0, 1): (1, 0, 0), (0, 2): (2, 0, 0)}


@pytest.mark.parametrize(("end", "place"), [(56, 1), (57, 2)])  # 57 + 12 = 69 = 1.5 x 46
def test_acceleration_is_put_on_the_nearest_place(end: int, place: int) -> None:
    values = (umyo.telemetry(end - 24, RAW), umyo.auxiliary((1, 0, 0)))
    assert list(samples_of(Assembler(1150.0).take(notifications(*values)), "acc")) == [(0, place)]


def places(*ends: int) -> list[int]:
    """Return the places of acceleration that came after EMG up to these samples, with value = place of arrival."""
    values = [value for end in ends for value in (umyo.telemetry(end - 24, RAW), umyo.auxiliary((end // 46, 0, 0)))]
    return [counter for _, counter in samples_of(Assembler(1150.0).take(notifications(*values)), "acc")]


def test_up_to_three_missing_places_repeat_the_value_before_and_more_stay_missing() -> None:
    assert places(46, 46 * 5) == [1, 2, 3, 4, 5]
    assert places(46, 46 * 6) == [1, 6]


def test_a_second_value_for_a_place_takes_effect_from_the_next() -> None:
    readings = Assembler(1150.0).take(
        notifications(
            umyo.telemetry(24, RAW),
            umyo.auxiliary((1, 0, 0)),
            umyo.auxiliary((7, 0, 0)),
            umyo.telemetry(24 + 92, RAW),
            umyo.auxiliary((3, 0, 0)),
        )
    )
    assert samples_of(readings, "acc") == {(0, 1): (1, 0, 0), (0, 2): (7, 0, 0), (0, 3): (3, 0, 0)}


def test_acceleration_that_comes_before_the_first_emg_of_a_link_is_not_placed_by_an_older_run() -> None:
    assembler = Assembler(1150.0)
    assembler.take(notifications(umyo.telemetry(2400, RAW), umyo.auxiliary((1, 0, 0))))
    assembler.reopen()
    values = (umyo.auxiliary((2, 0, 0)), umyo.telemetry(24, RAW), umyo.auxiliary((3, 0, 0)))
    assert samples_of(assembler.take(notifications(*values)), "acc") == {(1, 1): (3, 0, 0)}


@settings(deadline=None)
@given(st.lists(st.integers(0, 100), max_size=20))
def test_any_grouping_of_the_notifications_gives_the_same(cuts: list[int]) -> None:
    values = notifications(
        *(v for i in range(40) for v in (umyo.telemetry(24 * i, RAW), umyo.auxiliary((i, 0, 0)) if i % 2 else b"?"))
    )
    whole = Assembler(1150.0).take(values)
    edges = sorted({0, len(values), *(cut % len(values) for cut in cuts)})
    assembler = Assembler(1150.0)
    parts = [reading for a, b in pairwise(edges) for reading in assembler.take(values[a:b])]
    for stream in ("emg", "acc"):
        assert samples_of(parts, stream) == samples_of(whole, stream)
    assert defects_of(parts) == defects_of(whole) == {Defect.TRUNCATED: 20}


@settings(deadline=None)
@given(st.lists(st.binary(max_size=70), max_size=30))
def test_no_bytes_are_fatal(values: list[bytes]) -> None:
    for reading in Assembler(1150.0).take(notifications(*values)):
        if isinstance(reading, Chunk):
            assert np.isfinite(reading.counts).all()


@pytest.mark.parametrize("rate", ["0", "abc", "1049", "1251"])
def test_a_rate_that_no_umyo_has_is_refused(rate: str) -> None:
    with pytest.raises(SensorError, match="a uMyo samples at 1050 to 1250 Hz"):
        driver.over_bluetooth(Address.parse(f"umyo+ble:D4:1A:2B:3C:4D:D7?rate={rate}"), HostClock())


def test_the_uri_names_the_driver() -> None:
    assert isinstance(sensor_at("umyo+ble:d4:1a:2b:3c:4d:d7?leg=R", HostClock()), driver.Umyo)
