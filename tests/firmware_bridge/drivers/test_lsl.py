"""Lab Streaming Layer, from real outlets over this machine's loopback only."""

import asyncio
import uuid
from typing import Any

import numpy as np
import pylsl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers import floats
from firmware_bridge.drivers.lsl_timeline import Session, Timeline
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Defect, Reading
from firmware_bridge.sensor import Address, LinkLostError, SensorError, sensor_at
from tests.firmware_bridge.drivers.readings import defects_of, has, in_pieces, receive_until, samples_of

pylsl.set_config_content(  # before anything else of LSL: no multicast, no other stream of this network
    f"[ports]\nIPv6 = disable\n[multicast]\nResolveScope = machine\n"
    f"[lab]\nKnownPeers = {{127.0.0.1}}\nSessionID = {uuid.uuid4().hex}\n"
)
FS_HZ = 1000.0


def describe(name: str, labels: dict[str, tuple[str, str]], fs_hz: float = FS_HZ, **more: Any) -> pylsl.StreamInfo:
    """Return a stream's description: unit and kind by label."""
    info = pylsl.StreamInfo(
        name,
        more.get("type", "EMG"),
        len(labels),
        fs_hz,
        more.get("format", "float32"),
        more.get("source_id", name),
    )
    channels = info.desc().append_child("channels")
    for label, (unit, kind) in labels.items():
        channel = channels.append_child("channel")
        for key, value in (("label", label), ("unit", unit), ("type", kind)):
            channel.append_child_value(key, value)
    return info


EMG = {"trigger": ("", ""), "GM": ("millivolts", "EMG"), "TA": ("millivolts", "EMG")}
ACC = {"acc_y": ("m/s^2", "ACC"), "acc_x": ("m/s^2", "ACC"), "acc_z": ("m/s^2", "ACC")}


def push(outlet: pylsl.StreamOutlet, first: int, end: int, began_s: float, fs_hz: float = FS_HZ) -> None:
    """Send samples `[first, end)`: channel c of sample i is i + c / 8; stamps on the grid of the rate."""
    values = np.arange(first, end)[:, np.newaxis] + np.arange(outlet.channel_count) / 8
    outlet.push_chunk(values.astype(np.float32), began_s + (end - 1) / fs_hz)


def test_emg_and_acceleration_in_their_units_with_a_hole_where_the_stamps_have_one() -> None:
    async def run() -> list[Reading]:
        emg = pylsl.StreamOutlet(describe("calf", EMG))
        acc = pylsl.StreamOutlet(describe("move", ACC, 100.0, type="ACC"))
        sensor = sensor_at("lsl:calf?acc=move&leg=L&muscle=GM&channel=TA", HostClock())
        setup = await sensor.open()
        assert [stream.fs_hz for stream in setup.streams] == [1000.0, 100.0]
        assert setup.streams[0].channels[0].name == "EMG L-GM"
        assert setup.device.address == "calf"
        for outlet in (emg, acc):
            assert outlet.wait_for_consumers(5)
        push(emg, 0, 500, 100.0)
        push(acc, 0, 50, 100.0, 100.0)
        readings = await receive_until(sensor, lambda r: has("emg", 500)(r) and has("acc", 50)(r))
        push(emg, 1500, 1600, 100.0)
        readings += await receive_until(sensor, has("emg", 100))
        await sensor.close()
        return readings

    readings = asyncio.run(run())
    emg, acc = samples_of(readings, "emg"), samples_of(readings, "acc")
    assert sorted(emg) == [(0, i) for i in [*range(500), *range(1500, 1600)]]
    assert emg[0, 3][0] * floats.EMG.gain == pytest.approx(3250)  # channel 2 of sample 3, in mV
    assert np.array(acc[0, 16]) * floats.ACC[0].gain == pytest.approx(
        np.array([16.125, 16.0, 16.25]) / 9.80665, abs=1e-6
    )  # by their labels: X is the second channel
    assert defects_of(readings) == {}


def test_a_stream_that_was_lost_is_found_again_by_its_source_id() -> None:
    async def run() -> list[Reading]:
        outlet = pylsl.StreamOutlet(describe("again", {"GM": ("uV", "EMG")}))
        sensor = sensor_at("lsl:again?by=source_id", HostClock())
        await sensor.open()
        assert outlet.wait_for_consumers(5)
        push(outlet, 0, 200, 50.0)
        readings = await receive_until(sensor, has("emg", 200))
        del outlet
        outlet = pylsl.StreamOutlet(describe("again", {"GM": ("uV", "EMG")}))

        async def send() -> None:
            sent = 5000
            while True:
                push(outlet, sent, sent + 10, 50.0)
                sent += 10
                await asyncio.sleep(0.01)

        sending = asyncio.create_task(send())
        readings += await receive_until(sensor, has("emg", 100))
        sending.cancel()
        await sensor.close()
        return readings

    keys = sorted(samples_of(asyncio.run(run()), "emg"))
    assert keys[:200] == [(0, i) for i in range(200)]
    assert keys[200] >= (0, 5000)
    assert keys[200:] == [(0, keys[200][1] + i) for i in range(len(keys) - 200)]


def test_a_stream_without_a_source_id_that_ends_is_a_lost_link() -> None:
    async def run() -> None:
        outlet = pylsl.StreamOutlet(describe("gone", {"GM": ("uV", "EMG")}, source_id=""))
        sensor = sensor_at("lsl:gone", HostClock())
        await sensor.open()
        assert outlet.wait_for_consumers(5)
        push(outlet, 0, 10, 50.0)
        await receive_until(sensor, has("emg", 10))
        del outlet
        with pytest.raises(LinkLostError, match="'gone' is gone"):
            await receive_until(sensor, lambda _: False)
        await sensor.close()
        with pytest.raises(LinkLostError, match="not open"):
            await sensor.receive()

    asyncio.run(run())


def test_what_is_not_a_number_is_left_out_and_counted() -> None:
    async def run() -> list[Reading]:
        outlet = pylsl.StreamOutlet(describe("nan", {"GM": ("uV", "EMG")}))
        sensor = sensor_at("lsl:nan", HostClock())
        await sensor.open()
        assert outlet.wait_for_consumers(5)
        values = np.ones((100, 1), np.float32)
        values[[10, 11, 99]] = np.nan
        outlet.push_chunk(values, 60.0)
        readings = await receive_until(sensor, has("emg", 97))
        await sensor.close()
        return readings

    readings = asyncio.run(run())
    assert sorted(samples_of(readings, "emg")) == [(0, i) for i in range(100) if i not in {10, 11, 99}]
    assert defects_of(readings) == {Defect.DAMAGED: 3}


@pytest.mark.parametrize(
    ("labels", "fs_hz", "more", "query", "message"),
    [
        ({"GM": ("counts", "EMG")}, 1000.0, {}, "", "the unit 'counts', which is not known"),
        ({"GM": ("", "EMG")}, 1000.0, {}, "", "the unit '', which is not known"),
        ({"GM": ("uV", "EMG")}, 0.0, {}, "", "no steady rate"),
        ({"GM": ("uV", "EMG")}, 100.0, {}, "", "EMG at 100 Hz is too slow"),
        ({"GM": ("uV", "EMG")}, 1000.0, {"format": "string"}, "", "carries no numbers"),
        (
            {"A": ("uV", ""), "B": ("uV", "")},
            1000.0,
            {},
            "",
            "say which channel is the EMG, channel=LABEL, of A, B",
        ),
        ({"A": ("uV", "EMG")}, 1000.0, {}, "?channel=B", "say which channel"),
        ({"A": ("uV", "EMG")}, 1000.0, {}, "?acc=refused", "no three channels of acceleration"),
    ],
)
def test_what_the_description_does_not_say_is_refused(
    labels: dict[str, tuple[str, str]], fs_hz: float, more: dict[str, str], query: str, message: str
) -> None:
    async def run() -> None:
        outlet = pylsl.StreamOutlet(describe("refused", labels, fs_hz, **more))
        with pytest.raises(SensorError, match=message):
            await sensor_at(f"lsl:refused{query}", HostClock()).open()
        del outlet

    asyncio.run(run())


def test_a_name_of_two_streams_is_refused_and_one_of_none_may_come_yet() -> None:
    async def run() -> None:
        sensor = sensor_at("lsl:twin", HostClock())
        with pytest.raises(LinkLostError, match="no LSL stream has the name 'twin'"):
            await sensor.open()
        outlets = [
            pylsl.StreamOutlet(describe("twin", {"GM": ("uV", "EMG")}, source_id=f"twin{i}")) for i in (1, 2)
        ]
        with pytest.raises(
            SensorError, match=r"2 LSL streams have the name 'twin': twin \(twin1\), twin \(twin2\)"
        ):
            await sensor.open()
        del outlets

    asyncio.run(run())


def test_a_bad_option_is_refused() -> None:
    with pytest.raises(SensorError, match="by=hostname: write one of name, type, source_id"):
        sensor_at("lsl:calf?by=hostname", HostClock())
    assert Address.parse("lsl:My stream").place == "My stream"


def placed(timeline: Timeline, pieces: list[np.ndarray]) -> list[int]:
    return [
        counter + i
        for piece in pieces
        for part, counter in timeline.place(piece)
        for i in range(part.stop - part.start)
    ]


def test_jitter_and_drift_move_no_sample() -> None:
    rng = np.random.default_rng(3)
    stamps_s = np.arange(600_000) / 999.9 + 0.02 * rng.random(600_000)  # ten minutes, 100 ppm slow, 20 ms of jitter
    assert placed(Timeline(1000.0, Session()), np.array_split(stamps_s, 9000)) == list(range(600_000))


@pytest.mark.parametrize(("jump_s", "expected"), [(0.09, 100), (0.11, 210), (3600.0, 3_600_100)])
def test_a_jump_of_the_stamps_ahead_is_a_loss(jump_s: float, expected: int) -> None:
    stamps_s = np.arange(200) / 1000.0
    stamps_s[100:] += jump_s
    assert placed(Timeline(1000.0, Session()), [stamps_s])[100] == expected


def test_stamps_that_run_back_end_the_session() -> None:
    stamps_s = np.arange(200) / 1000.0
    stamps_s[100:] -= 0.11
    with pytest.raises(LinkLostError, match=r"ran back by 0\.110 s"):
        Timeline(1000.0, Session()).place(stamps_s)


def test_all_streams_count_from_one_instant_and_what_is_older_is_left_out() -> None:
    session = Session()
    emg, acc = Timeline(1000.0, session), Timeline(100.0, session)
    assert placed(emg, [7.0 + np.arange(100) / 1000]) == list(range(100))
    assert placed(acc, [6.95 + np.arange(4) / 100]) == []
    assert placed(acc, [6.99 + np.arange(5) / 100]) == [0, 1, 2, 3]
    late = Timeline(100.0, session)
    assert placed(late, [37.0 + np.arange(2) / 100]) == [3000, 3001]


def test_streams_of_different_clocks_are_refused() -> None:
    session = Session()
    placed(Timeline(1000.0, session), [7.0 + np.arange(100) / 1000])
    with pytest.raises(SensorError, match="993 s apart: they are of different clocks"):
        Timeline(100.0, session).place(np.array([1000.0]))


@given(st.lists(st.integers(0, 1000), max_size=20))
@settings(deadline=None)
def test_any_cut_of_the_stamps_gives_the_same(cuts: list[int]) -> None:
    stamps_s = np.arange(1000) / 1000.0
    stamps_s[400:] += 5.0
    numbers = np.arange(1000, dtype=np.uint16).tobytes()
    pieces = [np.frombuffer(piece, np.uint16) for piece in in_pieces(numbers, [2 * cut for cut in cuts])]
    expected = [*range(400), *range(5400, 6000)]
    assert placed(Timeline(1000.0, Session()), [stamps_s[piece] for piece in pieces]) == expected
