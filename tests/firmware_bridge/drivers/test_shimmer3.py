"""Shimmer3: its packets, whatever happens to them, its calibration, and a sensor on a pseudo-terminal."""

import asyncio
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers import shimmer3 as driver
from firmware_bridge.drivers import shimmer3_packets as wire
from firmware_bridge.drivers.shimmer3 import Assembler, Wish
from firmware_bridge.drivers.shimmer3_calibration import AccCalibration, exg_registers, exg_scale
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk, Defect, Reading
from firmware_bridge.sensor import Address, LinkLostError, SensorError, sensor_at
from tests.firmware_bridge.drivers.peers import shimmer3 as peer
from tests.firmware_bridge.drivers.peers.port import Port
from tests.firmware_bridge.drivers.readings import defects_of, has, in_pieces, receive_until, samples_of

CHANNELS = (*peer.ACC, *peer.EXG_24)
DIVIDER = 32


def sensor(ticks: int = 0, bits: int = 24) -> peer.Sensor:
    made = peer.Sensor(ticks=ticks)
    made.divider, made.mask = DIVIDER, 0x80 | (0x10 if bits == 24 else 0x100000)
    return made


def pieces_of(n: int, ticks: int = 0) -> list[bytes]:
    made = sensor(ticks)
    return [made.packets(1) for _ in range(n)]


def ticks_in(pieces: list[bytes], defects: Counter[Defect] | None = None) -> list[int]:
    decoder = wire.PacketDecoder(CHANNELS, Counter() if defects is None else defects)
    return [tick for piece in pieces for packets in decoder.feed(piece) for tick in packets.ticks.tolist()]


@pytest.mark.parametrize(
    ("n", "sent"), [(8, "aa48"), (9, "5d2a"), (10, "178b"), (11, "4e79")]
)  # testCrcDriver in CRC/shimmer_crc.c: the bytes 1, 2, 3 ...
def test_the_crc_is_that_of_the_firmware(n: int, sent: str) -> None:
    value = int(wire.crc(np.arange(1, n + 1, dtype=np.uint8)[np.newaxis])[0])
    assert value.to_bytes(2, "little").hex() == sent


@pytest.mark.parametrize("bits", [24, 16])
def test_packets_are_read_in_the_order_of_the_inquiry(bits: int) -> None:
    channels = (*peer.ACC, *(peer.EXG_24 if bits == 24 else peer.EXG_16))
    made = sensor(500, bits)
    (packets,) = wire.PacketDecoder(channels, Counter()).feed(made.packets(200))
    assert packets.ticks.tolist() == [500 + DIVIDER * i for i in range(200)]
    for number, channel in enumerate(channels[4:]):
        expected = [made.exg(i)[number] for i in range(200)]
        assert wire.column(packets.body, channels, channel).tolist() == expected
    for axis, channel in enumerate(peer.ACC):
        assert wire.column(packets.body, channels, channel).tolist() == [made.acc(i)[axis] for i in range(200)]


def test_the_emg_scale_is_that_of_the_ads1292r() -> None:
    # the maker's registers 00 A0 10 69 60 ..: gain 12, reference 2.42 V (Shimmer-C-API, ShimmerBluetooth.cs)
    registers = exg_registers(1024.0)
    assert registers.hex() == "04a01069602000000203"  # 2000 Hz is the converter's next rate above 1024 Hz
    assert exg_scale(registers, 1, 24).gain == pytest.approx(2.42e6 / 12 / (2**23 - 1))
    assert exg_scale(registers, 1, 16).gain == pytest.approx(2.42e6 / 24 / (2**15 - 1))
    assert exg_scale(bytes.fromhex("04b01009602000000203"), 1, 24).gain == pytest.approx(4.033e6 / 6 / (2**23 - 1))
    with pytest.raises(ValueError, match="gain setting 7 does not exist"):
        exg_scale(bytes.fromhex("04a01079602000000203"), 1, 24)


@pytest.mark.parametrize(
    ("rate_hz", "setting"), [(125.0, 0), (256.0, 2), (500.0, 2), (512.0, 3), (1024.0, 4), (2048.0, 5)]
)
def test_the_converter_runs_no_slower_than_it_is_read(rate_hz: float, setting: int) -> None:
    assert exg_registers(rate_hz)[0] == setting


@pytest.mark.parametrize(("stored", "remarks"), [(peer.CALIBRATION, 0), (b"\xff" * 21, 1), (bytes(21), 1)])
def test_one_g_reads_one_g_on_each_axis(stored: bytes, remarks: int) -> None:
    # offset 2253, 92 per m/s2, alignment [0 -1 0; -1 0 0; 0 0 -1]: X is minus the chip's Y and the other way round
    calibration = AccCalibration.read(stored)
    chip = np.array([2253.0, 2253.0, 2253.0])
    chip[1] -= 92 * 9.80665  # gravity along the sensor's X
    counts = chip[list(calibration.channels)] - 2048
    g = [scale.offset + scale.gain * count for scale, count in zip(calibration.scales, counts, strict=True)]
    assert g == pytest.approx([1, 0, 0], abs=1e-9)
    assert len(calibration.remarks) == remarks


def test_an_accelerometer_that_is_mounted_askew_is_said() -> None:
    askew = peer.CALIBRATION[:12] + bytes([30, 0x9C, 0, 0x9C, 0, 0, 0, 0, 0x9C])
    assert "askew" in AccCalibration.read(askew).remarks[0]


@settings(deadline=None)
@given(st.lists(st.integers(0, 10_000), max_size=40), st.binary(max_size=50), st.integers(0, 40), st.booleans())
def test_any_cut_of_the_bytes_gives_the_same(cuts: list[int], garbage: bytes, at: int, status: bool) -> None:  # noqa: FBT001 - hypothesis
    pieces = pieces_of(40)
    data = b"".join([*pieces[:at], peer.status() if status else garbage, *pieces[at:]])
    cut, whole = Counter[Defect](), Counter[Defect]()
    assert ticks_in(in_pieces(data, cuts), cut) == ticks_in([data], whole) == [DIVIDER * i for i in range(40)]
    assert cut == whole


@pytest.mark.parametrize(
    "between", [peer.status(), b"\xff" + peer.crc16(b"\xff"), b"\xff\x8a\x71\x01" + peer.crc16(b"\xff\x8a\x71\x01")]
)
def test_what_the_sensor_says_between_packets_is_no_defect(between: bytes) -> None:
    pieces = pieces_of(20)
    defects = Counter[Defect]()
    assert len(ticks_in([b"".join([*pieces[:10], between, *pieces[10:]])], defects)) == 20
    assert not defects


@settings(deadline=None)
@given(st.integers(1, 38), st.integers(0, 18), st.integers(1, 255))
def test_a_damaged_packet_is_lost_alone_and_counted(hit: int, byte: int, change: int) -> None:
    pieces = pieces_of(40)
    damaged = bytearray(pieces[hit])
    damaged[byte] ^= change
    pieces[hit] = bytes(damaged)
    defects = Counter[Defect]()
    assert ticks_in([b"".join(pieces)], defects) == [DIVIDER * i for i in range(40) if i != hit]
    assert defects == {Defect.DAMAGED: 1}


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_no_bytes_are_fatal(data: bytes) -> None:
    decoder = wire.PacketDecoder(CHANNELS, Counter())
    decoder.feed(data)
    decoder.end()


def counted(assembler: Assembler, ticks: list[int], received_s: float, defects: Counter[Defect]) -> list[Reading]:
    n = len(ticks)
    return assembler.take(
        np.array(ticks) % 2**24, np.zeros((n, 1), np.int32), np.zeros((n, 3), np.int32), received_s, defects
    )


def test_ticks_become_counts_over_their_wrap_and_lost_packets_a_hole() -> None:
    start = 2**24 - 10 * DIVIDER - 5
    assembler, defects = Assembler(DIVIDER), Counter[Defect]()
    readings = counted(assembler, [start + DIVIDER * i for i in range(8)], 0.0, defects)
    readings += counted(assembler, [start + DIVIDER * i + i % 3 - 1 for i in range(12, 30)], 0.1, defects)  # jitter
    assert sorted(samples_of(readings, "emg")) == [(0, i) for i in range(30) if not 8 <= i < 12]
    first = readings[0]
    assert isinstance(first, Chunk)
    assert first.ticks == start
    assert not defects


def test_a_packet_twice_is_contradictory_and_ticks_that_run_back_are_a_new_epoch() -> None:
    assembler, defects = Assembler(DIVIDER), Counter[Defect]()
    readings = counted(assembler, [0, 32, 32, 64], 0.0, defects)
    assert sorted(samples_of(readings, "acc")) == [(0, 0), (0, 1), (0, 2)]
    assert defects == {Defect.CONTRADICTORY: 1}
    again = counted(assembler, [96, 128, 10, 42], 0.1, defects)
    assert sorted(samples_of(again, "acc")) == [(0, 3), (0, 4), (1, 0), (1, 1)]
    assert sorted(samples_of(counted(assembler, [5], 0.2, defects), "acc")) == [(2, 0)]


@pytest.mark.parametrize(("silent_s", "epoch"), [(256.0, 0), (256.1, 1)])
def test_a_silence_in_which_the_ticks_may_have_wrapped_begins_an_epoch(silent_s: float, epoch: int) -> None:
    assembler, defects = Assembler(DIVIDER), Counter[Defect]()
    counted(assembler, [0], 0.0, defects)
    (emg, _) = counted(assembler, [3200], silent_s, defects)
    assert isinstance(emg, Chunk)
    assert emg.epoch == epoch


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("rate=100", "EMG at 99.902"),
        ("rate=4096", "up to 2048 Hz"),
        ("rate=fast", "up to 2048 Hz"),
        ("bits=20", "bits is 16 or 24"),
        ("emg=3", "emg the channel, 1 or 2"),
    ],
)
def test_what_a_shimmer3_cannot_do_is_refused(query: str, message: str) -> None:
    with pytest.raises(SensorError, match=message):
        driver.over_serial(Address.parse(f"shimmer3+serial:/dev/rfcomm0?{query}"), HostClock())


@pytest.mark.parametrize(("bits", "channel"), [(24, 1), (16, 2)])
def test_over_a_port_with_damage_unplugged_and_plugged_in_again(tmp_path: Path, bits: int, channel: int) -> None:
    made = peer.Sensor()

    async def run() -> list[Reading]:
        port = Port(tmp_path / "port", made.answer)
        port.plug_in()
        opened = sensor_at(
            f"shimmer3+serial:{port.path}?rate=512&bits={bits}&emg={channel}&leg=L&muscle=GM", HostClock()
        )
        setup = await opened.open()
        await asyncio.sleep(0.05)  # START is on its way
        assert (made.streaming, made.crc, made.divider) == (True, True, 64)
        assert [stream.fs_hz for stream in setup.streams] == [512.0, 512.0]
        assert setup.device.firmware == "LogAndStream 0.16.2"
        assert setup.tick_hz == 32_768
        port.say(made.packets(50) + peer.status() + made.packets(10))
        port.say(bytes(len(made.packets(1))) + made.packets(40))
        readings = await receive_until(opened, has("acc", 100))
        port.say(made.packets(1)[:7])
        await asyncio.sleep(0.05)
        port.unplug()
        with pytest.raises(LinkLostError):
            await receive_until(opened, lambda _: False)
        await opened.close()
        made.crc, made.streaming, made.sample = False, False, 0  # as the firmware does when the link goes
        port.plug_in()
        await opened.open()
        port.say(made.packets(30))
        readings += await receive_until(opened, has("acc", 30))
        await opened.close()
        await asyncio.sleep(0.05)
        assert not made.streaming
        port.unplug()
        return readings

    readings = asyncio.run(run())
    emg = samples_of(readings, "emg")
    expected = {(0, i): (made.exg(i)[channel - 1],) for i in range(101) if i != 60}
    expected |= {(1, i): (made.exg(i)[channel - 1],) for i in range(30)}
    assert emg == expected
    x, y, z = made.acc(7)
    assert samples_of(readings, "acc")[0, 7] == (y - 2048, x - 2048, z - 2048)
    assert defects_of(readings) == {Defect.DAMAGED: 1, Defect.TRUNCATED: 1}


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (peer.Sensor(hardware=10), "the Shimmer3R is not supported"),
        (peer.Sensor(kind=1), "load LogAndStream"),
    ],
)
def test_another_sensor_is_refused(tmp_path: Path, made: peer.Sensor, message: str) -> None:
    async def run() -> None:
        port = Port(tmp_path / "port", made.answer)
        port.plug_in()
        with pytest.raises(SensorError, match=message):
            await sensor_at(f"shimmer3+serial:{port.path}", HostClock()).open()
        port.unplug()

    asyncio.run(run())


def test_the_rate_is_the_clock_divided() -> None:
    assert Wish.read(Address.parse("shimmer3+serial:/dev/x?rate=1000")).fs_hz == pytest.approx(32_768 / 33)
