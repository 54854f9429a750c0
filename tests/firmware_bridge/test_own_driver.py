"""Sensors of the profile: what is agreed, what is asked for again, what the answers mean."""

import asyncio
from collections.abc import Awaitable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from firmware_bridge.drivers.own import OwnSensor, over_bluetooth, over_serial
from firmware_bridge.drivers.own_agreement import Wish
from firmware_bridge.drivers.own_links import Arrived
from firmware_bridge.drivers.own_reports import SILENT_S, Reports
from firmware_bridge.drivers.own_ticks import TICK_HZ, Ticks
from firmware_bridge.drivers.wearing import Wearing
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Absent, Chunk, Missing, Reading, Setup, Status
from firmware_bridge.sensor import Address, LinkLostError, SensorError
from firmware_bridge.virtual.faults import Fault
from firmware_bridge.virtual.hardware import Hardware, Link
from firmware_bridge.virtual.sensor import VirtualSensor
from firmware_bridge.wire.commands import Abort, Count, Report
from firmware_bridge.wire.control import Response
from firmware_bridge.wire.frames import SampleFrame
from firmware_bridge.wire.operations import Operation, Result
from firmware_bridge.wire.values import Held, Sent
from signals import SampleBlock, StreamItem
from tests.made_up import acc_stream, emg_stream, lying, muscle

SPEED = 200.0
ZERO = 1_000_000  # ticks that the sensor's clock shows when it begins to sample
WIDE = Link(512, 177, session=False)
MTU_23 = Link(20, 400, session=True)
MTU_23_SLOW = Link(20, 100, session=True)


class MadeUp:
    """Two minutes of rest, at 1000 and 52 Hz."""

    streams = (emg_stream(), acc_stream())
    start = None

    def __iter__(self) -> Iterator[StreamItem]:
        yield SampleBlock("emg", 0, muscle(120))
        yield SampleBlock("acc", 0, lying(120))


class Direct:
    """The virtual sensor without a carrier: what it has to send is there at once."""

    address = "here"

    def __init__(self, sensor: VirtualSensor, link: Link, *, bonded: bool = True, deaf: int = 0) -> None:
        self.sensor, self.link, self.deaf = sensor, link, deaf
        self._bonded = bonded

    async def open(self) -> None:
        """Take up the link."""
        self.sensor.connected(self.link)

    async def receive(self) -> list[Arrived]:
        """Wait until the sensor has something to send."""
        while True:
            frames = [item for item in self.sensor.due() if not isinstance(item, Fault)]
            if frames:
                return [(frame, self.sensor.clock.monotonic()) for frame in frames]
            await asyncio.sleep(0.001)

    async def send(self, frame: bytes) -> None:
        """Hand a command over, but for the first `deaf`."""
        if self.deaf:
            self.deaf -= 1
        else:
            self.sensor.command(frame, bonded=self._bonded)

    def take_damaged(self) -> int:
        """Return 0."""
        return 0

    async def close(self) -> None:
        """Give the link up."""
        self.sensor.disconnected()


def made(link: Link = WIDE, *, bits: int = 16, acc_hz: float = 52.0) -> tuple[OwnSensor, Direct]:
    clock = HostClock(SPEED)
    direct = Direct(VirtualSensor(MadeUp(), clock), link)
    return OwnSensor(direct, Wish(wearing=Wearing("L"), bits=bits, acc_hz=acc_hz), clock), direct


def run(work: Awaitable[Setup]) -> Setup:
    async def waiting() -> Setup:
        async with asyncio.timeout(10):
            return await work

    return asyncio.run(waiting())


def test_what_is_asked_for_is_agreed_where_the_link_carries_it() -> None:
    setup = run(made()[0].open())
    emg, acc = setup.streams
    assert (emg.name, emg.fs_hz, [c.label for c in emg.channels]) == ("emg", 1000.0, ["EMG L-GM"])
    assert (acc.name, acc.fs_hz, [c.site for c in acc.channels]) == ("acc", 52.0, ["X", "Y", "Z"])
    assert emg.scales[0].bits == 16
    assert (setup.keeps_s, setup.tick_hz, setup.remarks) == (600.0, 32768, ())
    assert (setup.device.make, setup.device.serial) == ("CrampWatch", "CW-VIRTUAL-1")


def test_a_narrow_link_gets_what_it_carries_and_every_result_says_so() -> None:
    # PROTOCOL.md, "Which rate fits": at an MTU of 23 and 400 frames a second 741 Hz fit, the sensor has 500
    setup = run(made(MTU_23)[0].open())
    assert setup.streams[0].fs_hz == 500.0
    assert any("asked for at 1000 Hz; sensor and link give 500 Hz" in remark for remark in setup.remarks)
    assert any("above 250 Hz is not seen" in remark for remark in setup.remarks)


def test_a_link_that_is_too_narrow_is_refused_with_what_to_do() -> None:
    with pytest.raises(SensorError, match=r"carries EMG at [0-9.]+ Hz only, 200 Hz are needed; .*acc=0"):
        run(made(MTU_23_SLOW)[0].open())


def test_acceleration_can_be_left_out() -> None:
    setup = run(made(MTU_23_SLOW, acc_hz=0.0)[0].open())
    assert [stream.name for stream in setup.streams] == ["emg"]
    assert setup.streams[0].fs_hz >= 200.0


def test_a_sensor_that_does_not_have_the_bits_says_so() -> None:
    with pytest.raises(SensorError, match=r"refuses acc at 52 Hz and 24 bits \(OPERAND_INVALID\)"):
        run(made(bits=24)[0].open())


def test_a_sensor_without_a_bond_is_to_be_paired_first() -> None:
    clock = HostClock(SPEED)
    direct = Direct(VirtualSensor(MadeUp(), clock), WIDE, bonded=False)
    with pytest.raises(SensorError, match="crampwatch sensors pair"):
        run(OwnSensor(direct, Wish(wearing=Wearing()), clock).open())


def test_a_command_that_got_lost_is_sent_again_and_given_up_in_the_end() -> None:
    sensor, direct = made()
    direct.deaf = 2
    assert run(sensor.open()).streams[0].fs_hz == 1000.0
    direct.deaf = 3
    with pytest.raises(LinkLostError, match="did not answer HELLO 3 times"):
        run(sensor.open())


def test_a_new_link_must_carry_what_the_one_before_did() -> None:
    sensor, direct = made()
    run(sensor.open())
    direct.link = MTU_23
    with pytest.raises(LinkLostError, match="now carries acc at 0 Hz only, not at 52 Hz"):
        run(sensor.open())
    direct.link = WIDE
    assert run(sensor.open()).streams[0].fs_hz == 1000.0


async def _gathered(sensor: OwnSensor, seconds: float) -> list[Reading]:
    readings: list[Reading] = []
    try:
        async with asyncio.timeout(seconds / SPEED):
            while True:
                readings.extend(await sensor.receive())
    except TimeoutError:
        return readings


def test_samples_come_and_come_again_with_the_same_bits_and_ticks() -> None:
    async def work() -> tuple[list[Reading], list[Reading]]:
        sensor, _ = made()
        await sensor.open()
        first = await _gathered(sensor, 20)
        await sensor.request(Missing("emg", 1, 2000, 9000))
        return first, await _gathered(sensor, 20)

    first, again = asyncio.run(work())
    live = {c.counter: c for c in first if isinstance(c, Chunk) and c.stream == "emg"}
    repeated = [c for c in again if isinstance(c, Chunk) and c.stream == "emg" and c.counter in live]
    assert min(c.counter for c in repeated) <= 2000
    assert max(c.end for c in repeated) >= 9000
    for chunk in repeated:
        assert np.array_equal(chunk.counts, live[chunk.counter].counts)
        assert chunk.ticks == live[chunk.counter].ticks
        ticks = live[0].ticks
        assert ticks is not None
        assert chunk.ticks == pytest.approx(ticks + chunk.counter * TICK_HZ / 1000, abs=1)
    assert any(isinstance(reading, Status) and reading.battery_percent == 100 for reading in first)
    assert not any(isinstance(reading, Absent) for reading in again)


def test_what_the_sensor_does_not_hold_is_absent() -> None:
    async def work() -> list[Reading]:
        clock = HostClock(SPEED)
        direct = Direct(VirtualSensor(MadeUp(), clock, Hardware(keeps_s=10.0)), WIDE)
        sensor = OwnSensor(direct, Wish(wearing=Wearing()), clock)
        await sensor.open()
        await _gathered(sensor, 60)
        await sensor.request(Missing("emg", 1, 1000, 5000))  # long gone
        await sensor.request(Missing("acc", 9, 0, 10))  # of another run
        return await _gathered(sensor, 15)

    absent = [reading for reading in asyncio.run(work()) if isinstance(reading, Absent)]
    assert {(a.stream, a.epoch, a.first) for a in absent} == {("emg", 1, 1000), ("acc", 9, 0)}
    gone = next(a for a in absent if a.stream == "emg")
    assert gone.end > 30_000  # the rest of what it has forgotten, too


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("rate=fast", "rate=fast: it must be a number"),
        ("rate=100", "rate=100: it must be from 200"),
        ("bits=12", "write 16 or 24"),
        ("coding=2", r"write 0 \(plain\) or 1"),
        ("gain=2", "has no option gain"),
        ("leg=X", "leg=X"),
    ],
)
def test_a_wrong_option_is_refused_with_what_is_allowed(query: str, message: str) -> None:
    with pytest.raises(SensorError, match=message):
        over_serial(Address.parse(f"serial:/dev/ttyUSB0?{query}"), HostClock())
    with pytest.raises(SensorError, match="has no option baud"):
        over_bluetooth(Address.parse("ble:C4:1F:5E:0B:00:01?baud=9600"), HostClock())


def frame(sequence: int, counter: int, ticks: int, rows: int = 250) -> SampleFrame:
    return SampleFrame("emg", 1, sequence, counter, ticks & 0xFFFF, np.zeros((rows, 1), np.int32), stored=True)


def live(sequence: int, counter: int, ticks: int) -> SampleFrame:
    return replace(frame(sequence, counter, ticks), stored=False)


def test_ticks_are_completed_across_losses_and_for_frames_that_come_again() -> None:
    ticks = Ticks(1000.0)
    true = [i * 250 * TICK_HZ // 1000 for i in range(4000)]
    order = [*range(100), *range(3000, 3100), *range(500, 3000), *range(3100, 4000)]
    assert all(ticks.complete(frame(i, i * 250, true[i])) == true[i] for i in order)


def test_ticks_go_on_while_the_count_stands_still() -> None:
    ticks = Ticks(1000.0)
    true = [i * 250 * TICK_HZ // 1000 for i in range(200)]
    counters = [min(i, 50) * 250 if i < 150 else i * 250 for i in range(200)]
    assert [ticks.complete(frame(i, counters[i], true[i])) for i in range(200)] == true


def test_a_status_settles_the_ticks_of_a_count_that_stood_still_out_of_sight() -> None:
    ticks = Ticks(1000.0)
    true = [i * 250 * TICK_HZ // 1000 for i in range(600)]
    counters = [500 * 250 if 500 <= i < 522 else i * 250 for i in range(600)]
    seen = [*range(100), *range(520, 600)]  # out of range for 105 s; the count stands still for the last 5 of them
    done = {i: ticks.complete(live(i, counters[i], true[i] + ZERO), true[i // 4 * 4] + ZERO) for i in seen[:101]}
    done |= {
        i: ticks.complete(live(i, counters[i], true[i] + ZERO)) for i in seen[101:]
    }  # no status: one was enough
    assert {i: at - done[0] for i, at in done.items()} == {i: true[i] for i in seen}


MISSING = Missing("emg", 1, 1000, 2000)
SENT_2 = Response(Operation.REPORT, 7, Result.SUCCESS, Sent(2))


def test_a_report_is_complete_when_as_many_frames_came_as_were_sent() -> None:
    reports = Reports()
    reports.ask(MISSING, 0.0)
    assert reports.next_command(7, 0.0) == Report("emg", 1, 1000, 1999)
    assert reports.next_command(8, 0.0) is None
    reports.came(frame(4, 1000, 0), 0.1)
    reports.came(frame(4, 1000, 0), 0.1)  # twice on the way
    reports.answered(SENT_2)  # overtakes the last frame
    assert reports.absent == []
    reports.came(frame(6, 1500, 0), 0.2)
    assert reports.absent == [Absent("emg", 1, 1250, 1500), Absent("emg", 1, 1750, 2000)]


def test_frames_that_were_lost_on_the_way_are_not_absent() -> None:
    reports = Reports()
    reports.ask(MISSING, 0.0)
    reports.ask(MISSING, 0.0)  # the same again is not queued twice
    reports.next_command(7, 0.0)
    reports.came(frame(4, 1000, 0), 0.1)
    reports.answered(SENT_2)
    assert reports.absent == []
    assert reports.next_command(8, 0.2) is None


@pytest.mark.parametrize(("oldest", "end"), [(1500, 2000), (9000, 9000)])
def test_what_is_not_held_ends_where_the_sensor_begins_to_hold(oldest: int, end: int) -> None:
    reports = Reports()
    reports.ask(MISSING, 0.0)
    reports.next_command(7, 0.0)
    reports.answered(Response(Operation.REPORT, 7, Result.NO_RECORDS))
    assert reports.next_command(8, 0.0) == Count("emg")
    reports.answered(Response(Operation.COUNT, 8, Result.SUCCESS, Held(1, oldest, 10_000)))
    assert reports.absent == [Absent("emg", 1, 1000, end)]


@pytest.mark.parametrize(("silent_s", "given_up"), [(SILENT_S, False), (SILENT_S + 0.1, True)])
def test_a_report_that_fell_silent_is_aborted_when_the_next_is_asked_for(
    silent_s: float, *, given_up: bool
) -> None:
    reports = Reports()
    reports.ask(MISSING, 0.0)
    reports.next_command(7, 0.0)
    reports.ask(Missing("acc", 1, 0, 52), silent_s)
    assert (reports.next_command(8, silent_s) == Abort()) is given_up
    if given_up:
        assert reports.next_command(9, silent_s) == Report("acc", 1, 0, 51)
