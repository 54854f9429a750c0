"""The supervisor: it opens, watches, asks again, and never gives up."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

import numpy as np
import pytest

from firmware_bridge.backfill import TRIES
from firmware_bridge.bridge import JITTER, Bridge
from firmware_bridge.events import Event, LinkDown, Opened, Placed, Released
from firmware_bridge.host_clock import HostClock
from firmware_bridge.readings import Absent, Chunk, Defect, Defects, Missing, Reading, Status
from firmware_bridge.sensor import BondLostError, LinkLostError, SensorError
from signals import CountBlock, Gap, GapReason
from tests.firmware_bridge import made_chunks
from tests.firmware_bridge.made_chunks import ACC, EMG, Run
from tests.firmware_bridge.played_sensor import PlayedSensor

FAST = 500.0
RUN = Run(seconds=60)


def listen(
    bridge: Bridge,
    until: Callable[[list[Event]], bool],
    before: Sequence[CountBlock | Gap] = (),
    *,
    close_night: bool = True,
) -> tuple[list[Event], made_chunks.Released, made_chunks.Released]:
    """Run a bridge until the events are enough; return them, and what was released of EMG and acceleration."""
    events: list[Event] = []

    async def run() -> None:
        async with asyncio.timeout(20), aclosing(bridge.run()) as batches:
            async for batch in batches:
                events.extend(batch)
                if until(events):
                    return

    asyncio.run(run())
    if close_night:
        events.append(bridge.close_night())
    items = [*before, *(item for event in events if isinstance(event, Released) for item in event.items)]
    return events, made_chunks.Released(items, "emg"), made_chunks.Released(items, "acc")


def count(kind: type[Event], n: int) -> Callable[[list[Event]], bool]:
    """Enough are `n` events of a kind."""
    return lambda events: sum(isinstance(event, kind) for event in events) >= n


def placed_to(end: int) -> Callable[[list[Event]], bool]:
    """Enough is EMG up to a sample."""
    return lambda events: any(
        isinstance(e, Placed) and e.block.stream == "emg" and e.block.end >= end for e in events
    )


def downs(events: Sequence[Event]) -> list[LinkDown]:
    return [event for event in events if isinstance(event, LinkDown)]


def sent_again(missing: Missing) -> Sequence[Reading]:
    return [RUN.chunk(missing.stream, missing.first, missing.end)]


def test_it_tries_again_and_again_with_growing_pauses_and_says_why() -> None:
    away = LinkLostError("not in range")
    bridge = Bridge(PlayedSensor(*[away] * 7, [RUN.second(0)]), HostClock(FAST))
    events, emg, _ = listen(bridge, count(Placed, 1))
    said = downs(events)
    assert [down.cause for down in said] == ["not in range"] * 7
    assert [down.tries for down in said] == [1, 2, 3, 4, 5, 6, 7]
    assert len({down.since_s for down in said}) == 1
    for down, pause_s in zip(said, (1, 2, 4, 8, 16, 30, 30), strict=True):
        assert (1 - JITTER) * pause_s <= down.again_s <= (1 + JITTER) * pause_s
    assert isinstance(events[7], Opened)
    assert emg.end == 1000


def test_a_sensor_that_cannot_be_used_from_the_beginning_ends_the_run_loudly() -> None:
    bridge = Bridge(PlayedSensor(SensorError("no EMG channel")), HostClock(FAST))
    with pytest.raises(SensorError, match="no EMG channel"):
        listen(bridge, count(Opened, 1))


def test_a_lost_bond_is_waited_for_until_somebody_has_repaired_it() -> None:
    bridge = Bridge(PlayedSensor(BondLostError("pair again"), [RUN.second(0)]), HostClock(FAST))
    events, _, _ = listen(bridge, count(Placed, 1))
    assert [down.cause for down in downs(events)] == ["pair again"]


def test_once_it_was_open_nothing_ends_the_run() -> None:
    sensor = PlayedSensor(
        [RUN.second(0), LinkLostError("gone")], SensorError("what is this"), [RUN.second(1)], answer=sent_again
    )
    events, emg, _ = listen(Bridge(sensor, HostClock(FAST)), placed_to(2000))
    assert [down.cause for down in downs(events)] == ["gone", "what is this"]
    assert (emg.end, emg.gaps) == (2000, [])


def test_silence_on_a_link_that_claims_to_be_up_is_a_lost_link() -> None:
    sensor = PlayedSensor([RUN.second(0)], [RUN.second(1)])
    events, _, _ = listen(Bridge(sensor, HostClock(FAST)), placed_to(2000))
    assert ["no samples for 20 s" in down.cause for down in downs(events)] == [True]
    assert sensor.closed == 2


def test_status_without_samples_is_silence_too() -> None:
    chatter: list[Sequence[Reading]] = [[Status(received_s=0.0, battery_percent=50)]] * 3
    events, _, _ = listen(Bridge(PlayedSensor([RUN.second(0), *chatter]), HostClock(FAST)), count(LinkDown, 1))
    assert sum(isinstance(event, Status) for event in events) == 3
    assert "no samples" in downs(events)[0].cause


def test_what_was_missed_while_the_link_was_down_is_asked_for() -> None:
    sensor = PlayedSensor([RUN.second(0), LinkLostError("gone")], [RUN.second(40)], answer=sent_again)
    events, emg, acc = listen(Bridge(sensor, HostClock(FAST)), lambda e: placed_to(41_000)(e) and not holes(e))
    assert {(m.stream, m.epoch) for m in sensor.asked} == {("emg", 1), ("acc", 1)}
    assert max(m.end - m.first for m in sensor.asked) <= 30_000
    assert np.array_equal(emg.counts, RUN.counts["emg"][:41_000])
    assert np.array_equal(acc.counts, RUN.counts["acc"][: 41 * 52])
    assert isinstance(events[-1], Released)


def holes(events: list[Event]) -> bool:
    """Tell whether anything that was placed is held back."""
    known = {e.block.stream: e.block.end for e in events if isinstance(e, Placed)}
    given = {i.stream: i.end for e in events if isinstance(e, Released) for i in e.items}
    return any(given.get(name, 0) < end for name, end in known.items())


def test_what_the_sensor_no_longer_has_is_a_gap_and_the_night_goes_on() -> None:
    def gone(missing: Missing) -> Sequence[Reading]:
        return [Absent(missing.stream, missing.epoch, missing.first, missing.end)]

    sensor = PlayedSensor([RUN.second(0), RUN.second(3)], answer=gone)
    _, emg, acc = listen(Bridge(sensor, HostClock(FAST)), lambda e: placed_to(4000)(e) and not holes(e))
    assert emg.gaps == [(1000, 3000, GapReason.LINK_LOST)]
    assert acc.gaps == [(52, 156, GapReason.LINK_LOST)]


def test_what_never_comes_is_given_up_after_some_tries_with_the_link_up() -> None:
    live = [RUN.second(s) for s in (0, *range(3, 60))]

    class Sluggish(PlayedSensor):
        async def receive(self) -> Sequence[Reading]:
            await asyncio.sleep(3 / FAST)
            return live.pop(0) if live else await super().receive()

    sensor = Sluggish([])
    _, emg, _ = listen(Bridge(sensor, HostClock(FAST)), lambda e: placed_to(4000)(e) and not holes(e))
    assert sum(m.stream == "emg" for m in sensor.asked) == TRIES
    assert emg.gaps == [(1000, 3000, GapReason.LINK_LOST)]


def test_a_request_that_hangs_is_a_lost_link() -> None:
    class Hanging(PlayedSensor):
        async def request(self, missing: Missing) -> None:
            await super().request(missing)
            await asyncio.Event().wait()

    sensor = Hanging([RUN.second(0), RUN.second(2)])
    events, _, _ = listen(Bridge(sensor, HostClock(FAST)), count(LinkDown, 1))
    assert "took no request" in downs(events)[0].cause


def test_a_sensor_that_comes_back_with_another_rate_is_not_mixed_in() -> None:
    sensor = PlayedSensor([RUN.second(0), LinkLostError("gone")], [RUN.second(1)])
    seen: list[Event] = []

    def changed(events: list[Event]) -> bool:
        seen[:] = events
        if count(LinkDown, 1)(events):
            sensor.setup = replace(sensor.setup, streams=(replace(EMG, fs_hz=500.0), ACC))
        return count(LinkDown, 2)(events)

    listen(Bridge(sensor, HostClock(FAST)), changed)
    assert "now delivers emg with 1 channels at 500 Hz" in downs(seen)[1].cause


def test_leaving_the_run_closes_the_sensor() -> None:
    sensor = PlayedSensor([RUN.second(0)])
    listen(Bridge(sensor, HostClock(FAST)), count(Placed, 1))
    assert sensor.closed == 1


def test_a_mistake_in_a_driver_is_not_swallowed() -> None:
    bridge = Bridge(PlayedSensor([RUN.second(0), ZeroDivisionError("a mistake")]), HostClock(FAST))
    with pytest.raises(ZeroDivisionError, match="a mistake"):
        listen(bridge, count(LinkDown, 1))


def test_defects_are_passed_on() -> None:
    damaged = Defects({Defect.DAMAGED: 3})
    sensor = PlayedSensor([RUN.second(0), [damaged, *RUN.second(0)]])
    events, _, _ = listen(Bridge(sensor, HostClock(FAST)), count(Defects, 2))
    assert [e for e in events if isinstance(e, Defects)] == [damaged, Defects({Defect.REPLAYED: 8})]


def test_the_night_begins_when_its_first_sample_was_taken_and_another_one_after_its_end() -> None:
    bridge = Bridge(PlayedSensor([RUN.second(0)], [RUN.seconds(1, 3)]), HostClock(FAST))
    assert bridge.began is None
    _, emg, _ = listen(bridge, count(Placed, 8))
    assert emg.end == 1000
    assert bridge.began is None  # the night is closed
    events, emg, acc = listen(bridge, count(Placed, 16), close_night=False)
    assert bridge.began is not None
    assert np.array_equal(emg.counts, RUN.counts["emg"][1000:3000])
    assert np.array_equal(acc.counts, RUN.counts["acc"][52:156])
    assert not downs(events)


@pytest.mark.parametrize("rebooted", [False, True])
def test_what_was_lost_while_the_host_was_off_says_so(*, rebooted: bool) -> None:
    clock = HostClock(1.0)
    now_s, now = clock.monotonic(), clock.utc()
    before_s = now_s - 40.0  # the host was killed 30 s ago, 10 s into the night
    stored = made_chunks.put(made_chunks.sequencer(), RUN.seconds(0, 10))
    shifted: list[CountBlock] = []
    for block in stored:
        received_s = before_s + block.received_s - made_chunks.HOST_ZERO_S
        received = now.fromtimestamp(now.timestamp() + received_s - now_s, now.tzinfo)
        shifted.append(replace(block, received_s=received_s - 5000.0 * rebooted, received=received))
    shifted.sort(key=lambda block: (block.stream != "emg", block.first_sample))

    def late(chunk: Chunk) -> Chunk:
        return replace(chunk, received_s=before_s + chunk.received_s - made_chunks.HOST_ZERO_S)

    def gone(missing: Missing) -> Sequence[Reading]:
        return [Absent(missing.stream, missing.epoch, missing.first, missing.end)]

    sensor = PlayedSensor([[late(chunk) for chunk in RUN.second(45)]], answer=gone)
    bridge = Bridge(sensor, clock)
    given = [item for released in bridge.restore((EMG, ACC), shifted, (), now) for item in released.items]
    assert made_chunks.Released(given, "emg").end == 10_000
    _, emg, _ = listen(bridge, lambda e: placed_to(46_000)(e) and not holes(e), given, close_night=False)
    assert [gap[2] for gap in emg.gaps] == [GapReason.HOST_STOPPED, GapReason.LINK_LOST]
    assert (emg.gaps[0][0], emg.gaps[1][1]) == (10_000, 45_000)
    assert emg.gaps[0][1] == pytest.approx(40_000, abs=3000)  # when it was started again; this test takes time too
    assert bridge.began == now
