"""uMyo through its USB base, over a pseudo-terminal."""

import asyncio
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers import umyo_base as driver
from firmware_bridge.drivers import umyo_signals
from firmware_bridge.drivers.umyo_base import Assembler, BaseDecoder
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Defect, Defects, Reading, Setup, Status
from firmware_bridge.sensor import Address, LinkLostError, SensorError, sensor_at
from tests.firmware_bridge.drivers.peers import umyo
from tests.firmware_bridge.drivers.peers.port import Port
from tests.firmware_bridge.drivers.readings import defects_of, has, in_pieces, receive_until, samples_of

UNIT, OTHER = 0x1A2B3C4D, 0x00000001


def emg(block: int) -> list[int]:
    return [16_000 + (block * 8 + i) * 13 % 900 for i in range(8)]


def packets(first: int, end: int, unit: int = UNIT) -> list[bytes]:
    return [umyo.base_packet(unit, block, emg(block), (block % 100, -5, 16_393)) for block in range(first, end)]


def decoded(pieces: list[bytes], unit: int = UNIT) -> list[Reading]:
    decoder, assembler = BaseDecoder(), Assembler(unit, 1150.0)
    readings: list[Reading] = []
    for i, piece in enumerate(pieces):
        readings += assembler.take(decoder.feed(piece), i * 8 / 1150, decoder.defects)
    return [*readings, Defects(dict(decoder.defects))] if decoder.defects else readings


@pytest.mark.parametrize("magnetometer", [True, False])
def test_a_packet_is_read_as_the_firmware_writes_it(*, magnetometer: bool) -> None:
    data = umyo.base_packet(UNIT, 7, [0, 1, 32_766, 16_384, 5, 6, 7, 8], (1, -2, 3), magnetometer=magnetometer)
    assert len(data) == 3 + (62 if magnetometer else 56)
    (packet,) = BaseDecoder().feed(data)
    assert (packet.unit, packet.block, packet.battery_v) == (UNIT, 7, 3.9)
    assert packet.emg[:, 0].tolist() == [0, 1, 32_766, 16_384, 5, 6, 7, 8]
    assert packet.acc.tolist() == [[1, -2, 3]]


def test_emg_and_acceleration_lie_where_the_blocks_are_counted_past_the_wrap() -> None:
    readings = decoded(packets(0, 600))
    samples = samples_of(readings, "emg")
    assert sorted(samples) == [(0, i) for i in range(4800)]
    assert [samples[0, 8 * 300 + i][0] for i in range(8)] == [value - 2**14 for value in emg(300)]
    assert samples_of(readings, "acc")[0, 599] == (599 % 100, -5, 16_393)


def test_units_that_share_a_base_do_not_mix() -> None:
    mixed = [piece for pair in zip(packets(0, 50), packets(200, 250, OTHER), strict=True) for piece in pair]
    assert samples_of(decoded(mixed), "emg") == samples_of(decoded(packets(0, 50)), "emg")
    assert len(samples_of(decoded(mixed, OTHER), "emg")) == 400


def test_lost_packets_are_a_hole_and_a_long_loss_a_new_epoch() -> None:
    assert sorted({c // 8 for _, c in samples_of(decoded(packets(0, 3) + packets(5, 7)), "emg")}) == [0, 1, 2, 5, 6]
    decoder, assembler = BaseDecoder(), Assembler(UNIT, 1150.0)
    readings = assembler.take(decoder.feed(packets(0, 1)[0]), 0.0, decoder.defects)
    readings += assembler.take(decoder.feed(packets(70, 71)[0]), 60.0, decoder.defects)
    assert sorted({(epoch, c // 8) for epoch, c in samples_of(readings, "emg")}) == [(0, 0), (1, 0)]


def test_the_battery_is_said_when_it_changes() -> None:
    pieces = [
        umyo.base_packet(UNIT, block, emg(block), (0, 0, 0), battery_mv=3900 if block < 5 else 3890)
        for block in range(9)
    ]
    assert [r.battery_v for r in decoded(pieces) if isinstance(r, Status)] == [3.9, 3.89]


def test_the_sum_of_two_samples_is_scaled_to_a_peak_gain_of_one() -> None:
    # uMyo: 2.7466 uV per count; the comb x[n] + x[n - 11] doubles a constant
    assert driver.EMG.gain * 2 == pytest.approx(3.6 / 16_384 / 80 * 1e6)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10_000), max_size=30), st.binary(max_size=40), st.integers(0, 19))
def test_any_cut_of_the_bytes_gives_the_same(cuts: list[int], garbage: bytes, at: int) -> None:
    pieces = packets(0, 20)
    data = b"".join([*pieces[:at], garbage, *pieces[at:]])
    found, whole = BaseDecoder(), BaseDecoder()
    parts = [packet for piece in in_pieces(data, cuts) for packet in found.feed(piece)]
    expected = whole.feed(data)
    assert [(p.unit, p.block, p.emg.tolist()) for p in parts] == [
        (p.unit, p.block, p.emg.tolist()) for p in expected
    ]
    assert found.defects == whole.defects


@settings(deadline=None)
@given(st.data())
def test_damaged_bytes_cost_only_the_packets_they_are_in(data: st.DataObject) -> None:
    pieces = packets(0, 20)
    hit = data.draw(st.integers(0, 19))
    byte = data.draw(st.sampled_from([0, 1, 4, 9]))  # sync, length, kind
    damaged = bytearray(pieces[hit])
    damaged[byte] ^= data.draw(st.integers(1, 255))
    blocks = {
        packet.block for packet in BaseDecoder().feed(b"".join([*pieces[:hit], bytes(damaged), *pieces[hit + 1 :]]))
    }
    assert blocks >= set(range(20)) - {hit, hit + 1}


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_no_bytes_are_fatal(data: bytes) -> None:
    decoder = BaseDecoder()
    decoder.feed(data)
    decoder.restart()


def test_a_damaged_packet_is_counted_once() -> None:
    pieces = packets(0, 5)
    pieces[2] = b"\0" + pieces[2][1:]
    assert defects_of(decoded(pieces)) == {Defect.DAMAGED: 1}


def test_a_count_that_jumps_and_comes_back_is_contradictory() -> None:
    pieces = [*packets(0, 3), umyo.base_packet(UNIT, 100, emg(0), (0, 0, 0)), *packets(4, 6)]
    readings = decoded(pieces)
    assert sorted({c // 8 for _, c in samples_of(readings, "emg")}) == [0, 1, 2, 4, 5]
    assert defects_of(readings) == {Defect.CONTRADICTORY: 1}


def test_over_a_port_unplugged_and_plugged_in_again(tmp_path: Path) -> None:
    async def run() -> list[Reading]:
        port = Port(tmp_path / "port")
        port.plug_in()
        sensor = sensor_at(f"umyo+serial:{port.path}?unit={UNIT:08X}&rate=1116&leg=L", HostClock())
        setup = await sensor.open()
        assert [stream.fs_hz for stream in setup.streams] == [1116.0, 139.5]
        port.say(b"".join(packets(0, 30)) + packets(30, 31)[0][:20])
        readings = await receive_until(sensor, has("emg", 240))
        port.unplug()
        with pytest.raises(LinkLostError):
            await receive_until(sensor, lambda _: False)
        await sensor.close()
        with pytest.raises(LinkLostError):
            await sensor.open()
        port.plug_in()
        await sensor.open()
        port.say(b"".join(packets(90, 100)))
        readings += await receive_until(sensor, has("emg", 80))
        await sensor.close()
        port.unplug()
        return readings

    readings = asyncio.run(run())
    keys = sorted(samples_of(readings, "emg"))
    assert keys == [(0, i) for i in range(240)] + [(1, i) for i in range(80)]
    assert defects_of(readings) == {Defect.TRUNCATED: 1}


def test_without_a_unit_those_that_are_heard_are_named(tmp_path: Path) -> None:
    async def run() -> str:
        port = Port(tmp_path / "port")
        port.plug_in()
        sensor = sensor_at(f"umyo+serial:{port.path}", HostClock(20.0))
        opening = asyncio.create_task(sensor.open())
        while not opening.done():
            port.say(b"".join(packets(0, 2) + packets(0, 2, OTHER)))
            await asyncio.sleep(0.01)
        port.unplug()
        with pytest.raises(SensorError) as caught:
            opening.result()
        return str(caught.value)

    assert asyncio.run(run()).endswith("heard in 3 s: 00000001, 1A2B3C4D")


def test_the_rate_is_measured_where_it_is_not_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(umyo_signals, "MEASURED_S", 2.0)

    async def speak(port: Port, clock: HostClock) -> None:
        began_s, sent = clock.monotonic(), 0
        while True:
            due = int((clock.monotonic() - began_s) * 1130 / 8)
            port.say(b"".join(packets(sent, due)))
            sent = due
            await asyncio.sleep(0.005)

    async def run() -> Setup:
        port, clock = Port(tmp_path / "port"), HostClock()
        port.plug_in()
        sensor = sensor_at(f"umyo+serial:{port.path}?unit={UNIT:08X}", clock)
        speaking = asyncio.create_task(speak(port, clock))
        while True:  # a busy computer may hear it unsteadily; the bridge tries again as well
            with suppress(LinkLostError):
                setup = await sensor.open()
                break
        speaking.cancel()
        await sensor.close()
        port.unplug()
        return setup

    setup = asyncio.run(run())
    assert "was measured" in setup.remarks[0]
    assert setup.streams[0].fs_hz == pytest.approx(1130, rel=0.05)  # how exactly: test_counting


@pytest.mark.parametrize("query", ["unit=xyz", "rate=1", "channel=2"])
def test_a_bad_option_is_refused(query: str) -> None:
    with pytest.raises(SensorError):
        driver.over_serial(Address.parse(f"umyo+serial:/dev/null?{query}"), HostClock())


def test_a_sum_far_below_0_cannot_be() -> None:
    decoder = BaseDecoder()
    data = umyo.base_packet(UNIT, 0, [-257, *emg(0)[1:]], (0, 0, 0))
    defects: Counter[Defect] = Counter()
    assert Assembler(UNIT, 1150.0).take(decoder.feed(data), 0.0, defects) == []
    assert defects == {Defect.DAMAGED: 1}
