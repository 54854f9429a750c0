"""BITalino: its frames, whatever happens to them, and a board on a pseudo-terminal."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.drivers import bitalino as driver
from firmware_bridge.drivers.bitalino import Assembler, Wiring
from firmware_bridge.drivers.bitalino_frames import LENGTHS, FrameDecoder, Run, check
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Chunk, Defect, Device, Reading
from firmware_bridge.sensor import Address, LinkLostError, SensorError, sensor_at
from tests.firmware_bridge.drivers.peers.bitalino import Board, frame
from tests.firmware_bridge.drivers.peers.port import Port
from tests.firmware_bridge.drivers.readings import defects_of, has, in_pieces, receive_until, samples_of


def board(*ports: int) -> Board:
    made = Board()
    made.answer(bytes([sum(4 << port for port in ports) | 1]))
    return made


def stream(n: int, channels: int = 4) -> list[bytes]:
    made = board(*range(channels))
    return [made.frames(1) for _ in range(n)]


def values_at(samples: Sequence[int], channels: int = 4) -> list[list[int]]:
    made = board(*range(channels))
    return [made.values(sample) for sample in samples]


def placed(runs: Sequence[Run]) -> dict[int, list[int]]:
    """Return the values by sample, as counted from the first; fails where a step is not known."""
    at, values = 0, dict[int, list[int]]()
    for i, run in enumerate(runs):
        assert run.step is not None or not i
        at += (run.step or 1) - 1 if i else 0
        for row in run.counts.tolist():
            values[at] = row
            at += 1
    return values


@pytest.mark.parametrize(("channels", "length"), [(1, 3), (2, 4), (3, 6), (4, 7), (5, 8), (6, 8)])
def test_frames_of_one_to_six_channels_are_read(channels: int, length: int) -> None:
    # lengths: ceil((12 + 10 n) / 8) up to four channels, ceil((52 + 6 (n - 4)) / 8) beyond
    pieces = stream(100, channels)
    assert LENGTHS[channels - 1] == length == len(pieces[0])
    (run,) = FrameDecoder(channels).feed(b"".join(pieces))
    assert run.counts.tolist() == values_at(range(100), channels)


def test_the_extremes_keep_to_their_bits() -> None:
    data = b"".join(frame(i, [1023, 0, 1023, 0, 63, 0]) for i in range(4)) + frame(4, [0, 1023, 0, 1023, 0, 63])
    (run,) = FrameDecoder(6).feed(data)
    assert run.counts[3].tolist() == [1023, 0, 1023, 0, 63, 0]
    assert run.counts[4].tolist() == [0, 1023, 0, 1023, 0, 63]


def test_the_crc_finds_every_change_of_up_to_four_neighbouring_bits() -> None:
    # a CRC of degree 4 finds all bursts of up to 4 bits
    good = frame(5, [505, 300, 1, 1023])
    for width in (1, 2, 3, 4):
        for at in range(8 * len(good) - width + 1):
            burst = int.from_bytes(good, "big") ^ ((1 << width) - 1) << at
            rows = np.frombuffer(burst.to_bytes(len(good), "big"), np.uint8)[np.newaxis]
            assert not check(rows)[0]


def test_emg_is_scaled_as_in_the_data_sheet() -> None:
    # SampleEMG.py of BITalinoWorld/revolution-sample-data: (x / 2^10 - 0.5) * 3.3 / 1009 V; its rest reads 505
    assert driver.EMG.gain * (505 - 512) == pytest.approx((505 / 1024 - 0.5) * 3.3 / 1009 * 1e6)
    assert driver.EMG.rails == pytest.approx((-1635, 1635), abs=4)  # "+-1.64 mV"


def test_acceleration_is_scaled_between_its_two_readings() -> None:
    wiring = Wiring(Address.parse("bitalino+serial:/dev/x?acc=A2,A3,A4&acc_range=400,620"), over_ble=False)
    scale = wiring.setup(Device(make="BITalino", address="x")).streams[1].scales[0]
    g = [scale.offset + scale.gain * (adc - 512) for adc in (400, 510, 620)]
    assert g == pytest.approx([-1, 0, 1])


@settings(deadline=None)
@given(st.lists(st.integers(0, 10_000), max_size=40), st.binary(max_size=30), st.integers(0, 60))
def test_any_cut_of_the_bytes_gives_the_same(cuts: list[int], garbage: bytes, at: int) -> None:
    pieces = stream(60)
    data = b"".join([*pieces[:at], garbage, *pieces[at:]])
    parts, whole = FrameDecoder(4), FrameDecoder(4)
    runs = [run for piece in in_pieces(data, cuts) for run in parts.feed(piece)]
    expected = whole.feed(data)
    assert (
        np.concatenate([run.counts for run in runs]).tolist()
        == np.concatenate([r.counts for r in expected]).tolist()
    )
    assert [run.step for run in runs if run.step != 1] == [run.step for run in expected if run.step != 1]
    assert parts.defects == whole.defects


@settings(deadline=None)
@given(st.integers(0, 90), st.integers(0, 6), st.integers(1, 255))
def test_a_damaged_frame_is_lost_alone_and_the_others_keep_their_places(hit: int, byte: int, change: int) -> None:
    pieces = stream(100)
    damaged = bytearray(pieces[hit])
    damaged[byte] ^= change
    passes = bool(check(np.frombuffer(bytes(damaged), np.uint8)[np.newaxis])[0])
    decoder = FrameDecoder(4)
    values = placed(decoder.feed(b"".join([*pieces[:hit], bytes(damaged), *pieces[hit + 1 :]])))
    expected = dict(enumerate(values_at(range(100))))
    if passes and byte != 6:  # what one damage in sixteen does
        expected[hit] = values[hit]
    elif hit < 4:  # the stream was not locked yet
        expected = {i - hit - 1: row for i, row in expected.items() if i > hit} if hit else expected
        if hit == 0:
            expected = {i - 1: row for i, row in expected.items() if i > 0}
    else:
        del expected[hit]
        assert decoder.defects == {Defect.DAMAGED: 1}
    assert values == expected


@pytest.mark.parametrize("missing", [1, 4, 20, 200])
def test_bytes_that_were_overwritten_are_counted_as_their_samples(missing: int) -> None:
    pieces = stream(300)
    pieces[50 : 50 + missing] = [b"\xff" * 7] * missing
    decoder = FrameDecoder(4)
    values = placed(decoder.feed(b"".join(pieces)))
    assert sorted(values) == [i for i in range(300) if not 50 <= i < 50 + missing]
    assert decoder.defects == {Defect.DAMAGED: missing}


@pytest.mark.parametrize(
    ("missing", "steps"), [(1, [None, 2]), (3, [None, 4]), (4, [None, None]), (15, [None, None])]
)
def test_whole_frames_that_did_not_come_are_counted_up_to_three(missing: int, steps: list[int | None]) -> None:
    pieces = stream(100)
    runs = FrameDecoder(4).feed(b"".join(pieces[:50] + pieces[50 + missing :]))
    assert [run.step for run in runs] == steps


def test_sixteen_frames_that_did_not_come_cannot_be_seen() -> None:
    pieces = stream(100)
    runs = FrameDecoder(4).feed(b"".join(pieces[:50] + pieces[66:]))
    assert sum(len(run.counts) for run in runs) == 84
    assert len(runs) == 1


@settings(deadline=None)
@given(st.binary(max_size=3000), st.integers(1, 6))
def test_no_bytes_are_fatal(data: bytes, channels: int) -> None:
    decoder = FrameDecoder(channels)
    decoder.feed(data)
    decoder.restart()


@pytest.mark.parametrize(("silent_s", "epoch"), [(0.214, 0), (0.215, 1)])  # 1500 bytes hold 214 frames of 7
def test_a_silence_longer_than_the_board_holds_back_begins_an_epoch(silent_s: float, epoch: int) -> None:
    decoder, assembler = FrameDecoder(4), Assembler([0, 1, 2, 3], 1000.0)
    assembler.take(decoder.feed(b"".join(stream(50))), 7, 0.0)
    board_later = board(0, 1, 2, 3)
    board_later.frames(50)
    readings = assembler.take(decoder.feed(board_later.frames(10)), 7, silent_s)
    assert {reading.epoch for reading in readings if isinstance(reading, Chunk)} == {epoch}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("rate=100", "EMG at 100 Hz is too slow"),
        ("rate=500", "a BITalino samples at 1, 10, 100 or 1000 Hz"),
        ("emg=A7", "write 1 of the inputs"),
        ("acc=A2,A3", "write 3 of the inputs"),
        ("emg=A2&acc=A2,A3,A4", "every input can be named once"),
        ("acc=A2,A3,A4&acc_range=600,400", "at -1 g and at"),
    ],
)
def test_what_cannot_be_is_refused(query: str, message: str) -> None:
    for make in (driver.over_serial, driver.over_bluetooth):
        with pytest.raises(SensorError, match=message):
            make(Address.parse(f"bitalino+ble:E0:16:02:26:60:88?{query}"), HostClock())


def test_over_a_port_with_damage_unplugged_and_plugged_in_again(tmp_path: Path) -> None:
    made = Board()

    async def run() -> list[Reading]:
        port = Port(tmp_path / "port", made.answer)
        port.plug_in()
        sensor = sensor_at(f"bitalino+serial:{port.path}?emg=A3&acc=A1,A2,A4&leg=R", HostClock())
        made.answer(b"\xfd")  # it streams already, six channels, since the computer went away
        port.say(made.frames(20))
        setup = await sensor.open()
        assert setup.device.firmware == "BITalino_v5.2"
        assert made.live
        assert (made.ports, made.rate_hz) == ((0, 1, 2, 3), 1000)
        port.say(made.frames(100) + b"\xaa\xaa\xaa")
        made.frames(1)
        port.say(b"\0" * 4 + made.frames(100))
        readings = await receive_until(sensor, has("acc", 200))
        port.say(made.frames(1)[:3])
        await asyncio.sleep(0.05)
        port.unplug()
        with pytest.raises(LinkLostError):
            await receive_until(sensor, lambda _: False)
        await sensor.close()
        port.plug_in()
        await sensor.open()
        port.say(made.frames(50))
        readings += await receive_until(sensor, has("acc", 50))
        await sensor.close()
        await asyncio.sleep(0.05)
        assert not made.live
        port.unplug()
        return readings

    readings = asyncio.run(run())
    emg, acc = samples_of(readings, "emg"), samples_of(readings, "acc")
    expected = dict(enumerate(values_at(range(201))))
    del expected[100]
    first = {c: row for (epoch, c), row in emg.items() if epoch == 0}
    assert first == {c: (row[2] - 512,) for c, row in expected.items()}
    assert {c: row for (e, c), row in acc.items() if e == 0} == {
        c: (row[0] - 512, row[1] - 512, row[3] - 512) for c, row in expected.items()
    }
    assert sorted(c for epoch, c in emg if epoch == 1) == list(range(50))
    assert defects_of(readings) == {Defect.DAMAGED: 1, Defect.TRUNCATED: 1}


def test_a_port_that_does_not_answer_is_a_lost_link(tmp_path: Path) -> None:
    async def run() -> None:
        port = Port(tmp_path / "port")
        port.plug_in()
        sensor = sensor_at(f"bitalino+serial:{port.path}", HostClock(20.0))
        with pytest.raises(LinkLostError, match="does not answer as a BITalino does"):
            await sensor.open()
        port.unplug()

    asyncio.run(run())


def test_ten_minutes_of_a_kilohertz_are_decoded_in_blocks() -> None:
    one = b"".join(stream(16 * 64))  # the sequence closes
    decoder = FrameDecoder(4)
    assert sum(len(run.counts) for _ in range(586) for run in decoder.feed(one)) == 586 * 1024
    assert decoder.defects == {}
