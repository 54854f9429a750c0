"""The conversation that PROTOCOL.md describes, without a carrier."""

import struct

import numpy as np
import pytest

from firmware_bridge.virtual.crystal import Crystal
from firmware_bridge.virtual.hardware import Hardware, Link
from firmware_bridge.wire.commands import Abort, Configure, Count, Describe, Hello, Report, Serial, Start, Stop
from firmware_bridge.wire.control import Response
from firmware_bridge.wire.frames import Layout, RestartCause, SampleFrame, StatusFrame
from firmware_bridge.wire.operations import Result
from firmware_bridge.wire.values import Description, Granted, Held, Identity, Sent, SerialNumber
from tests.firmware_bridge.virtual.conversing import BLE, EMG_GAIN, Conversation, KnownNight, acc_counts, emg_counts

EXACT = Hardware(crystal=Crystal(ppm=0, cool_c=25, warm_c=25))
SMALL = Link(20, 400, session=True)  # MTU 23, the example of PROTOCOL.md


def bare(*commands: bytes, link: Link = BLE, hardware: Hardware | None = None) -> list[bytes]:
    """Give commands as bytes; return what is said, as bytes."""
    sensor = Conversation(hardware=hardware, link=link).sensor
    for command in commands:
        sensor.command(command)
    return [said for said in sensor.due() if isinstance(said, bytes)]


def test_hello_is_answered_as_the_table_says() -> None:
    hardware = Hardware(boot=0x1234, firmware=(2, 3, 4), keeps_s=700)
    (said,) = bare(b"\x18\x01\x07\x01\x01", hardware=hardware)
    assert said == b"\x19\x01\x07\x01" + struct.pack("<BH3BHHBB", 1, 0x1234, 2, 3, 4, 700, 400, 1, 3)


@pytest.mark.parametrize(
    ("command", "response"),
    [
        (b"\x18\x01\x07\x02\x03", b"\x19\x01\x07\x04"),  # no version in common
        (b"\x18\x77\x07", b"\x19\x77\x07\x02"),  # no such operation
        (b"\x18\x03\x07\x01\x01", b"\x19\x03\x07\x05"),  # no second EMG channel
        (b"\x18\x03\x07\x05\x00", b"\x19\x03\x07\x05"),  # no such stream
        (b"\x18\x04\x07\x01\x40\x42\x0f\x00\x18\x00", b"\x19\x04\x07\x05"),  # 24 bits of a converter of 16
        (b"\x18\x12\x07", b"\x19\x12\x07\x07"),  # ABORT of nothing
        (b"\x18\x11\x07\x01", b"\x19\x11\x07\x06"),  # COUNT before there is anything
        (b"\x18\x10\x07\x01\x01\x00" + bytes(8), b"\x19\x10\x07\x06"),  # REPORT, likewise
    ],
)
def test_what_cannot_be_done_is_answered_by_its_result(command: bytes, response: bytes) -> None:
    assert bare(command) == [response]


@pytest.mark.parametrize("frame", [b"", b"\x18", b"\x18\x01", b"\x28\x01\x07\x01\x01", b"\x11" + bytes(30)])
def test_what_is_no_command_is_ignored(frame: bytes) -> None:
    assert bare(frame) == []


def test_only_hello_is_answered_without_a_bond() -> None:
    sensor = Conversation().sensor
    sensor.command(b"\x18\x01\x01\x01\x01", bonded=False)
    sensor.command(b"\x18\x05\x02", bonded=False)
    hello, start = sensor.due()
    assert isinstance(hello, bytes)
    assert hello[3] == Result.SUCCESS
    assert start == b"\x19\x05\x02\x11"


def test_a_sensor_says_what_it_is() -> None:
    talk = Conversation()
    assert talk.ask(Serial()).values == SerialNumber("CW-VIRTUAL-1")
    assert talk.ask(Describe("emg", 0)).values == Description(16, EMG_GAIN, "GM", 1000.0)
    assert talk.ask(Describe("acc", 2)).values == Description(16, 4 / 32768, "Z", 52.0)


def test_frames_follow_each_other_with_the_samples_of_the_source() -> None:
    talk = Conversation(hardware=EXACT)
    talk.begin()
    talk.wait(60, steps=137)
    for stream, known, rows in (("emg", emg_counts, 115), ("acc", acc_counts, 13)):
        frames = talk.frames(stream)
        assert [frame.sequence for frame in frames] == list(range(len(frames)))
        assert [frame.counter for frame in frames] == [rows * i for i in range(len(frames))]
        counts = np.concatenate([frame.counts for frame in frames])
        assert np.array_equal(counts, known(0, len(counts)))
        assert np.array_equal(talk.sensor.sampled(stream, 1)[: len(counts)], counts)
    assert len(talk.frames()) == 60_000 // 115  # of 244 bytes: 14 + 115 samples


def test_ticks_are_those_of_the_first_sample() -> None:
    talk = Conversation(hardware=EXACT)
    talk.begin()
    talk.wait(30)
    for stream, fs_hz in (("emg", 1000), ("acc", 52)):
        for frame in talk.frames(stream):
            assert frame.ticks == frame.counter * 32768 // fs_hz % 65536


def test_a_status_comes_at_once_and_every_second() -> None:
    talk = Conversation(hardware=EXACT)
    talk.begin()
    talk.wait(10, steps=23)
    statuses = [said for said in talk.said if isinstance(said, StatusFrame)]
    assert [status.ticks for status in statuses] == [32768 * second for second in range(11)]
    assert statuses[0].cause is RestartCause.SWITCHED_ON
    assert (statuses[0].battery_percent, statuses[0].battery_mv) == (100, 4200)


def test_no_sample_waits_longer_than_250_ms() -> None:
    talk = Conversation(hardware=EXACT, link=Link(512, 400, session=True))
    talk.begin()
    talk.wait(10)
    assert {len(frame.counts) for frame in talk.frames("acc")} == {13}
    assert {len(frame.counts) for frame in talk.frames("emg")} == {249}  # (512 - 14) / 2, of 250 in 250 ms


@pytest.mark.parametrize("cut", [1, 7, 600])
def test_how_often_the_sensor_is_asked_changes_nothing(cut: int) -> None:
    talk, other = Conversation(), Conversation()
    for one in (talk, other):
        one.begin()
    talk.wait(30, steps=cut)
    other.wait(30, steps=31)
    assert [(f.stream, f.sequence, f.ticks) for f in talk.said if isinstance(f, SampleFrame)] == [
        (f.stream, f.sequence, f.ticks) for f in other.said if isinstance(f, SampleFrame)
    ]
    assert np.array_equal(talk.sensor.sampled("emg", 1), other.sensor.sampled("emg", 1))


def test_a_link_of_20_bytes_refuses_1_khz_and_carries_what_it_says() -> None:
    talk = Conversation(link=SMALL)
    assert talk.ask(Configure("acc", 52, 16)).values == Granted(52.0)
    refused = talk.ask(Configure("emg", 1000, 16))
    assert (refused.result, refused.values) == (Result.RATE_DOES_NOT_FIT, Granted(500.0))  # 741 Hz would fit
    assert talk.ask(Configure("emg", 500, 16)).values == Granted(500.0)
    talk.ask(Start())
    talk.wait(20)
    assert {len(frame.counts) for frame in talk.frames()} == {3}
    assert len(talk.frames()) == pytest.approx(20 * 500 / 3, abs=1)


@pytest.mark.parametrize(
    ("asked_hz", "granted_hz"), [(2000, 1000), (800, 1000), (700, 500), (260, 250), (1, 15.625)]
)
def test_the_rate_is_the_nearest_that_the_sensor_has(asked_hz: float, granted_hz: float) -> None:
    assert Conversation().ask(Configure("emg", asked_hz, 16)).values == Granted(granted_hz)


def test_a_lower_rate_is_filtered_and_keeps_time() -> None:
    talk = Conversation(hardware=EXACT)
    talk.begin(emg_hz=250)
    talk.wait(100)
    frames = talk.frames()
    assert sum(len(frame.counts) for frame in frames) == pytest.approx(25_000, abs=62)
    assert frames[-1].ticks == frames[-1].counter * 32768 // 250 % 65536
    assert np.abs(frames[-1].counts).max() < 30_000  # the source has steps of 7919 counts: mostly above 125 Hz


def test_of_24_bits_the_upper_16_are_sent_where_asked_for() -> None:
    fine = Conversation(hardware=Hardware(bits=24), layouts={"emg": Layout(1, 24), "acc": Layout(3, 16)})
    coarse = Conversation(hardware=Hardware(bits=24))
    fine.ask(Configure("emg", 1000, 24))
    coarse.ask(Configure("emg", 1000, 16))
    for talk in (fine, coarse):
        talk.ask(Start())
        talk.wait(2)
    n = min(len(fine.counts()), len(coarse.counts()))
    long, short = fine.sensor.sampled("emg", 1)[:n], coarse.sensor.sampled("emg", 1)[:n]
    assert np.array_equal(long // 256, short)
    assert np.array_equal(short, emg_counts(0, n))


def test_coded_frames_carry_the_same_samples() -> None:
    talk = Conversation(layouts={"emg": Layout(1, 16, coded=True), "acc": Layout(3, 16)})
    talk.ask(Configure("emg", 1000, 16, coded=True))
    talk.ask(Start())
    talk.wait(10)
    counts = np.concatenate([frame.counts for frame in talk.frames()])
    assert np.array_equal(counts, emg_counts(0, len(counts)))


def test_nothing_flows_before_start_and_after_hello() -> None:
    talk = Conversation()
    talk.ask(Hello())
    talk.ask(Configure("emg", 1000, 16))
    assert talk.wait(5) == []
    talk.ask(Start())
    assert len(talk.wait(5)) > 40
    talk.ask(Hello())
    assert talk.wait(5) == []
    talk.ask(Start())
    (frame, *_) = [said for said in talk.wait(1) if isinstance(said, SampleFrame)]
    assert frame.counter + len(frame.counts) > 10_000  # sampling went on meanwhile
    assert frame.boot == 1


def test_start_again_goes_on_and_tells_the_status() -> None:
    talk = Conversation()
    talk.begin()
    talk.wait(5)
    before = len(talk.said)
    talk.ask(Start())
    assert [type(said) for said in talk.said[before:]] == [Response, StatusFrame]
    assert talk.sensor.boots == (1,)


def test_configure_with_what_is_in_force_changes_nothing_and_a_change_ends_the_run() -> None:
    talk = Conversation()
    talk.begin()
    talk.wait(5)
    assert talk.ask(Configure("emg", 1000, 16)).result is Result.SUCCESS
    assert talk.wait(1)
    assert talk.ask(Configure("emg", 500, 16)).values == Granted(500.0)
    assert talk.wait(5) == []
    hello = talk.ask(Hello()).values
    assert isinstance(hello, Identity)
    assert hello.boot == 2
    assert talk.ask(Count("emg")).result is Result.NO_RECORDS
    talk.ask(Start())
    status, first, *_ = talk.wait(2)
    assert isinstance(first, SampleFrame | StatusFrame)
    assert isinstance(status, SampleFrame | StatusFrame)
    assert talk.sensor.boots == (1, 2)
    assert talk.frames()[-1].boot == 2


def test_stop_sends_what_is_left_and_keeps_nothing() -> None:
    talk = Conversation(hardware=EXACT)
    talk.begin()
    talk.wait(1)
    talk.ask(Stop())
    assert sum(len(frame.counts) for frame in talk.frames()) == 1000
    assert talk.wait(5) == []
    assert talk.ask(Count("emg")).result is Result.NO_RECORDS
    talk.ask(Start())
    talk.wait(1)
    statuses = [said for said in talk.said if isinstance(said, StatusFrame)]
    assert statuses[-1].cause is RestartCause.COMMAND
    assert statuses[-1].ticks >= 6 * 32768  # the clock goes on
    last = talk.frames()[-1]
    assert (last.boot, last.counter) == (2, 115 * 7)
    assert np.array_equal(last.counts, emg_counts(6000 + 805, 6000 + 920))  # the body went on, too


def test_report_sends_exactly_what_overlaps_beside_live_frames() -> None:
    talk = Conversation()
    talk.begin()
    talk.wait(60)
    talk.sensor.command(b"\x18\x10\x09\x01" + struct.pack("<HII", 1, 1150, 3449))  # frames 10 to 29
    talk.wait(1, steps=50)
    stored = talk.frames(stored=True)
    assert [frame.sequence for frame in stored] == list(range(10, 30))
    assert np.array_equal(np.concatenate([frame.counts for frame in stored]), emg_counts(1150, 3450))
    response = next(said for said in talk.said if isinstance(said, Response) and said.transaction == 9)
    assert (response.result, response.values) == (Result.SUCCESS, Sent(20))
    assert talk.frames()[-1].counter > 60_000


def test_report_leaves_the_link_its_live_frames() -> None:
    talk = Conversation(link=Link(244, 40, session=True))
    talk.begin()
    talk.wait(300)
    talk.sensor.command(b"\x18\x10\x09\x01" + struct.pack("<HII", 1, 0, 2**32 - 1))
    talk.wait(60, steps=600)
    stored = len(talk.frames(stored=True))
    live = 1 + 1000 / 115 + 52 / 13
    assert stored == pytest.approx(60 * (40 - live), rel=0.01)


def test_abort_ends_a_report_and_a_second_one_must_wait() -> None:
    talk = Conversation()
    talk.begin()
    talk.wait(120)
    talk.sensor.command(b"\x18\x10\x09\x01" + struct.pack("<HII", 1, 0, 110_000))
    assert talk.ask(Report("acc", 1, 0, 10)).result is Result.NOT_COMPLETED
    before = len(talk.said)
    talk.sensor.command(b"\x18\x12\x0a")
    talk.hear()
    ended, aborted = talk.said[before:]
    assert isinstance(ended, Response)
    assert isinstance(aborted, Response)
    assert (ended.transaction, ended.result) == (9, Result.NOT_COMPLETED)
    assert (aborted.transaction, aborted.result) == (10, Result.SUCCESS)
    talk.wait(1)
    assert not talk.frames(stored=True)
    assert talk.ask(Abort()).result is Result.ABORT_UNSUCCESSFUL


@pytest.mark.parametrize(("stream", "fs_hz"), [("emg", 1000), ("acc", 52)])
def test_the_ring_holds_what_it_must_and_soon_no_more(stream: str, fs_hz: int) -> None:
    talk = Conversation(hardware=Hardware(keeps_s=600, crystal=EXACT.crystal))
    talk.begin()
    for passed_s in (599, 600, 601, 700):
        talk.wait(passed_s - talk.sensor.state().night_s)
        held = talk.ask(Count(stream)).values
        assert isinstance(held, Held)
        oldest_s, newest_s = held.oldest / fs_hz, held.newest / fs_hz
        assert oldest_s == 0 if passed_s <= 601 else oldest_s <= passed_s - 600
        assert passed_s - oldest_s <= 602 or passed_s < 600
        assert passed_s - newest_s <= 0.26


def test_a_report_beyond_the_ring_gives_what_is_left() -> None:
    talk = Conversation(hardware=Hardware(keeps_s=60, crystal=EXACT.crystal))
    talk.begin()
    talk.wait(200)
    held = talk.ask(Count("emg")).values
    assert isinstance(held, Held)
    assert talk.ask(Report("emg", 1, 0, held.oldest - 1)).result is Result.NO_RECORDS
    talk.sensor.command(b"\x18\x10\x09\x01" + struct.pack("<HII", 1, 0, held.oldest))
    talk.wait(1, steps=50)
    assert [frame.counter for frame in talk.frames(stored=True)] == [held.oldest]
    assert talk.ask(Report("emg", 2, held.oldest, held.newest)).result is Result.NO_RECORDS  # another run


def test_frames_too_long_for_a_later_link_are_split() -> None:
    talk = Conversation(hardware=EXACT)
    talk.begin(emg_hz=500)
    talk.wait(10)
    talk.sensor.disconnected()
    talk.wait(10)
    talk.sensor.connected(SMALL)
    talk.begin(emg_hz=500)
    talk.wait(5)
    talk.sensor.command(b"\x18\x10\x09\x01" + struct.pack("<HII", 1, 5000, 5999))
    talk.wait(60)
    stored = talk.frames(stored=True)
    assert {len(frame.counts) for frame in stored} <= {1, 2, 3}
    whole = talk.sensor.sampled("emg", 1)
    for frame in stored + talk.frames():
        assert frame.boot == 1
        assert np.array_equal(frame.counts, whole[frame.counter : frame.counter + len(frame.counts)])
        assert frame.ticks == frame.counter * 32768 // 500 % 65536
    assert set(range(5000, 6000)) <= {counter for _, counter in talk.counts()}
    response = next(said for said in talk.said if isinstance(said, Response) and said.transaction == 9)
    assert response.values == Sent(len(stored))


def test_at_the_end_of_the_source_the_last_samples_come_and_answers_go_on() -> None:
    talk = Conversation(KnownNight(7), hardware=EXACT)
    talk.begin()
    talk.wait(6.9)
    assert not talk.sensor.ended
    talk.wait(3)
    assert talk.sensor.ended
    assert sum(len(frame.counts) for frame in talk.frames()) == 7000
    assert sum(len(frame.counts) for frame in talk.frames("acc")) == 7 * 52
    assert talk.ask(Hello()).result is Result.SUCCESS


def test_what_the_source_lacks_is_flat_and_without_contact() -> None:
    talk = Conversation(KnownNight(10, gap=(2500, 4100)), hardware=EXACT)
    talk.begin()
    talk.wait(9)
    for frame in talk.frames():
        counters = np.arange(frame.counter, frame.counter + len(frame.counts))
        absent = (counters >= 2500) & (counters < 4100)
        assert frame.lead_off == absent.any()
        assert np.array_equal(frame.counts[~absent], emg_counts(0, 10_000)[counters[~absent]])
        assert not frame.counts[absent].any()


def test_a_crystal_that_runs_fast_takes_more_samples_and_says_when_it_took_them() -> None:
    crystal = Crystal(ppm=200, cool_c=25, warm_c=25)
    talk = Conversation(hardware=Hardware(crystal=crystal))
    talk.begin()
    talk.wait(1000, steps=10)
    assert len(talk.sensor.sampled("emg", 1)) == 1_000_200
    assert talk.sensor.taken_s("emg", 1, 1_000_200) == pytest.approx(5000 + 1000, abs=1e-6)
