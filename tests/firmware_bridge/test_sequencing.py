"""From chunks in any order to a night without a hole."""

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.device_clock import DeviceClock
from firmware_bridge.readings import Absent, Chunk, Defect
from firmware_bridge.sequencing import LAG_S, LONGEST_JUMP_S, Sequencer
from signals import CountBlock, Gap, GapReason
from tests.firmware_bridge.made_chunks import ACC, EMG, FS, TICK_HZ, Released, Run, answer, put, sequencer

RUN = Run(seconds=20)


def cut(run: Run, lengths: list[int], seed: int) -> list[Chunk]:
    """Cut both streams into chunks of the given lengths, in turn."""
    rng = random.Random(seed)  # noqa: S311 - any order will do
    chunks: list[Chunk] = []
    for name in FS:
        at = 0
        while at < len(run.counts[name]):
            end = min(len(run.counts[name]), at + rng.choice(lengths))
            chunks.append(run.chunk(name, at, end))
            at = end
    return chunks


@settings(max_examples=30, deadline=None)
@given(
    lengths=st.lists(st.integers(10, 700), min_size=1, max_size=4),
    seed=st.integers(0, 10_000),
    lost=st.floats(0, 0.6),
    doubled=st.floats(0, 0.5),
    has_ticks=st.booleans(),
)
def test_no_cut_order_loss_or_repetition_changes_what_is_released(
    lengths: list[int], seed: int, lost: float, doubled: float, *, has_ticks: bool
) -> None:
    rng = random.Random(seed)  # noqa: S311 - any order will do
    run = Run(seconds=6, has_ticks=has_ticks)
    first, *rest = cut(run, lengths, seed)
    chunks = [c for c in rest if rng.random() >= lost]
    chunks += [c for c in chunks if rng.random() < doubled]
    rng.shuffle(chunks)
    ends = [run.chunk(name, len(run.counts[name]) - 1, len(run.counts[name])) for name in FS]
    to = sequencer()
    placed: list[CountBlock] = []
    given_out: list[CountBlock | Gap] = []
    for chunk in (first, *chunks, *ends):
        placed += put(to, [chunk])
        given_out += to.release()
    placed += answer(to, run)
    given_out += to.close()
    for name in FS:
        released = Released(given_out, name)
        assert released.gaps == []
        assert np.array_equal(released.counts, run.counts[name])
        blocks = sorted((b for b in placed if b.stream == name), key=lambda b: b.first_sample)
        assert sum(len(b.counts) for b in blocks) == len(run.counts[name])
        assert all(a.end <= b.first_sample for a, b in pairwise(blocks))
        assert all(
            np.array_equal(b.counts, run.counts[name][b.counter : b.counter + len(b.counts)]) for b in blocks
        )


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 15_000), st.integers(1, 3000), st.integers(1, 600), st.integers(1, 200))
def test_what_the_sensor_lost_is_a_gap_and_nothing_else_is(first: int, n: int, acc_first: int, acc_n: int) -> None:
    to = sequencer()
    gone = [("emg", first, first + n), ("acc", acc_first, acc_first + acc_n)]
    run_ends = [RUN.chunk(name, len(RUN.counts[name]) - 1, len(RUN.counts[name])) for name in FS]
    put(to, [RUN.chunk("emg", 0, 1), RUN.chunk("acc", 0, 1), *run_ends])
    answer(to, RUN, lost=gone)
    items = to.close()
    for name, a, b in gone:
        released = Released(items, name)
        assert released.gaps == [(a, b, GapReason.LINK_LOST)]
        kept = np.ones(len(RUN.counts[name]), dtype=np.bool_)
        kept[a:b] = False
        assert np.array_equal(released.counts, RUN.counts[name][kept])


def test_what_cannot_be_asked_for_is_lost_at_once() -> None:
    to = sequencer(keeps_s=0)
    put(to, [*RUN.seconds(0, 3), *RUN.seconds(5, 6)])
    items = to.release()
    assert Released(items, "emg").gaps == [(3000, 5000, GapReason.LINK_LOST)]
    assert Released(items, "acc").gaps == [(156, 260, GapReason.LINK_LOST)]
    assert Released(items, "emg").end == 6000


def test_the_night_begins_with_the_first_sample_that_comes_on_all_streams_at_once() -> None:
    to = sequencer()
    put(to, [RUN.chunk("emg", 2500, 2625), RUN.chunk("emg", 2625, 2750)])
    put(to, [RUN.chunk("acc", 120, 135), RUN.chunk("acc", 135, 148)])
    answer(to, RUN)
    items = to.close()
    assert np.array_equal(Released(items, "emg").counts, RUN.counts["emg"][2500:2750])
    assert np.array_equal(Released(items, "acc").counts, RUN.counts["acc"][130:148])  # 2.5 s at 52 Hz


def test_a_restart_leaves_a_gap_as_long_as_the_sensor_was_away() -> None:
    before, after = Run(1, 20), Run(2, 20, began_s=33.5)
    to = sequencer()
    put(to, before.seconds(0, 10))
    put(to, [before.chunk("emg", 10_400, 10_500)])  # 10 to 10.4 s are still open when the sensor restarts
    put(to, [after.chunk("emg", 3000, 3125), after.chunk("emg", 3125, 3250)])
    put(to, [after.chunk("acc", 156, 162), after.chunk("acc", 162, 169)])
    assert [(m.stream, m.epoch, m.first, m.end) for m in to.missing()] == [("emg", 2, 0, 3000), ("acc", 2, 0, 156)]
    answer(to, after)
    items = to.close()
    emg, acc = Released(items, "emg"), Released(items, "acc")
    assert emg.gaps[0] == (10_000, 10_400, GapReason.LINK_LOST)
    assert emg.gaps[1][0::2] == (10_500, GapReason.SENSOR_RESTART)
    assert emg.gaps[1][1] == pytest.approx(33_500, abs=5)
    assert acc.gaps[-1][1] == pytest.approx(33.5 * 52, abs=1)
    assert abs(acc.gaps[-1][1] / 52 - emg.gaps[1][1] / 1000) <= 0.5 / 52 + 0.5 / 1000  # one instant, rounded
    assert emg.end - emg.gaps[1][1] == 3250


@pytest.mark.parametrize("came_s", [-4.0, -0.3, 0.0])
def test_a_run_that_seems_to_begin_before_the_last_one_ended_follows_it(came_s: float) -> None:
    before, after = Run(1, 20), Run(2, 20, began_s=10.0 + came_s)
    to = sequencer()
    put(to, [*before.seconds(0, 10), *after.seconds(0, 2)])
    items = to.close()
    assert Released(items, "emg").gaps == []
    assert Released(items, "emg").end == 12_000


def test_a_restart_that_only_one_chunk_claims_is_not_believed() -> None:
    to = sequencer()
    stray = replace(RUN.chunk("emg", 3000, 3250), epoch=77)
    put(to, [*RUN.seconds(0, 3), stray, *RUN.seconds(3, 6)])
    assert Released(to.close(), "emg").gaps == []


def test_chunks_of_a_run_that_is_over_are_counted_and_left() -> None:
    before, after = Run(1, 20), Run(2, 20, began_s=12)
    to = sequencer()
    put(to, [*before.seconds(0, 10), *after.seconds(0, 1)])
    assert put(to, [before.chunk("emg", 10_000, 10_250)]) == []
    assert to.defects == {Defect.REPLAYED: 1}


@pytest.mark.parametrize("has_ticks", [True, False])
def test_a_count_that_stands_still_is_a_fault_of_the_sensor(*, has_ticks: bool) -> None:
    run = Run(seconds=20, has_ticks=has_ticks)
    to = sequencer(tick_hz=TICK_HZ if has_ticks else None)
    stuck = [replace(run.chunk("emg", 5000 + 250 * i, 5250 + 250 * i), counter=5000) for i in range(8)]
    assert len(put(to, [*run.seconds(0, 5), *stuck])) == len(run.seconds(0, 5)) + 1  # the first is still true
    assert to.defects == {Defect.CONTRADICTORY: 7}
    put(to, run.seconds(7, 10))
    for hole in to.missing():
        to.absent(Absent(hole.stream, hole.epoch, hole.first, hole.end))
    released = Released(to.close(), "emg")
    assert released.gaps == [(5250, 7000, GapReason.SENSOR_FAULT)]
    assert np.array_equal(released.counts, np.delete(run.counts["emg"][:10_000], np.s_[5250:7000], axis=0))


def test_a_count_that_stands_still_when_the_sensor_is_first_heard_is_not_believed() -> None:
    to = sequencer()
    stuck = [replace(RUN.chunk("emg", 5000 + 250 * i, 5250 + 250 * i), counter=4000) for i in range(8)]
    put(to, [*stuck, *RUN.seconds(7, 9)])
    assert np.array_equal(Released(to.close(), "emg").counts, RUN.counts["emg"][7000:9000])


@pytest.mark.parametrize("back", [250, 4000])
def test_a_count_that_runs_back_is_placed_by_the_clock_once_it_goes_on(back: int) -> None:
    to = sequencer()
    # from 5 s on the count is `back` too low, while samples and clock go on
    low = [
        replace(RUN.chunk("emg", 5000 + 250 * i, 5250 + 250 * i), counter=5000 + 250 * i - back) for i in range(40)
    ]
    put(to, [*RUN.seconds(0, 5), *low])
    for hole in to.missing():
        to.absent(Absent(hole.stream, hole.epoch, hole.first, hole.end))
    released = Released(to.close(), "emg")
    lost = released.gaps[0]
    assert lost[::2] == (5000, GapReason.SENSOR_FAULT)
    assert lost[1] <= 5000 + back + 250
    assert np.array_equal(released.values[-1], RUN.counts["emg"][14_750:15_000])
    assert released.end == 15_000


def test_a_count_that_leaps_ahead_of_the_clock_once_is_left_out() -> None:
    to = sequencer()
    leap = replace(RUN.chunk("emg", 5000, 5250), counter=3_000_000)
    put(to, [*RUN.seconds(0, 5), leap, *RUN.seconds(5, 7)])
    assert to.defects == {Defect.CONTRADICTORY: 1}
    assert np.array_equal(Released(to.close(), "emg").counts, RUN.counts["emg"][:7000])


@pytest.mark.parametrize(("beyond", "accepted"), [(-1, True), (0, True), (1, False)])
def test_a_count_that_leaps_more_than_a_day_is_a_defect(beyond: int, *, accepted: bool) -> None:
    to = sequencer(tick_hz=None)
    run = Run(seconds=20, has_ticks=False)
    put(to, run.seconds(0, 1))
    far = replace(run.chunk("emg", 1000, 1250), counter=1000 + round(LONGEST_JUMP_S * 1000) + beyond)
    assert bool(put(to, [far])) is accepted
    assert to.defects == ({} if accepted else {Defect.CONTRADICTORY: 1})


def test_samples_without_contact_are_stored_and_released_as_a_gap() -> None:
    to = sequencer()
    placed = put(
        to, [RUN.chunk("emg", 0, 250), RUN.chunk("emg", 250, 500, lead_off=True), RUN.chunk("emg", 500, 750)]
    )
    assert np.array_equal(placed[1].counts, RUN.counts["emg"][250:500])
    assert placed[1].lead_off
    assert Released(to.close(), "emg").gaps == [(250, 500, GapReason.LEAD_OFF)]


@pytest.mark.parametrize(("seconds", "missing"), [(4, False), (6, True)])
def test_a_stream_that_falls_silent_is_asked_for_after_a_while(seconds: int, *, missing: bool) -> None:
    to = sequencer()
    put(to, RUN.seconds(0, 5))
    put(to, [c for c in RUN.seconds(5, 5 + seconds) if c.stream == "emg"])
    expected = [("acc", 260, round((5 + seconds - LAG_S) * 52))] if missing else []
    assert [(m.stream, m.first, m.end) for m in to.missing()] == expected


def test_what_was_lost_while_the_host_stood_still_says_so() -> None:
    to = sequencer()
    put(to, RUN.seconds(0, 3))
    to.losses.host_stopped(4.0, 8.0)
    put(to, RUN.seconds(9, 10))
    items = to.close()
    assert Released(items, "emg").gaps == [
        (3000, 4000, GapReason.LINK_LOST),
        (4000, 8000, GapReason.HOST_STOPPED),
        (8000, 9000, GapReason.LINK_LOST),
    ]


@pytest.mark.parametrize("split", [1, 3, 8])
def test_a_night_that_was_stored_and_given_back_goes_on_as_if_nothing_had_been(split: int) -> None:
    first, second = Run(1, 20), Run(2, 20, began_s=14)
    chunks = [*first.seconds(0, 2), *first.seconds(3, 6), *first.seconds(9, 12), *second.seconds(1, 9)]
    chunks = [*chunks[: split * 8], *chunks[split * 8 :]]

    def finish(to: Sequencer, rest: list[Chunk]) -> list[CountBlock | Gap]:
        put(to, rest)
        answer(to, second)
        return [*to.close()]

    undisturbed = finish(sequencer(), chunks)
    to = sequencer()
    stored = put(to, chunks[: split * 8])
    gaps = [item for item in to.release() if isinstance(item, Gap)]
    again = Sequencer((EMG, ACC), DeviceClock())
    for gap in gaps:
        again.restore_gap(gap)
    for block in sorted(stored, key=lambda block: block.first_sample):
        again.restore_block(block, block.received_s)
    again.configure(600.0, TICK_HZ)
    resumed = [*again.release(), *finish(again, chunks[split * 8 :])]
    for name in FS:
        expected, found = Released(undisturbed, name), Released(resumed, name)
        assert found.gaps == expected.gaps
        assert np.array_equal(found.counts, expected.counts)


def test_the_next_night_goes_on_where_the_one_before_ended() -> None:
    to = sequencer()
    put(to, RUN.seconds(0, 5))
    to.close()
    heads = to.heads
    assert heads == (1, {"emg": 5000, "acc": 260})
    following = Sequencer((EMG, ACC), DeviceClock(), heads)
    following.configure(600.0, TICK_HZ)
    assert put(following, [RUN.chunk("emg", 4000, 4250)]) == []  # sent again, of the night before
    put(following, [RUN.chunk("emg", 5250, 5500), RUN.chunk("acc", 260, 273), RUN.chunk("acc", 273, 286)])
    answer(following, RUN)
    items = following.close()
    assert np.array_equal(Released(items, "emg").counts, RUN.counts["emg"][5000:5500])
    assert np.array_equal(Released(items, "acc").counts, RUN.counts["acc"][260:286])


def test_chunks_that_do_not_fit_the_stream_are_damaged() -> None:
    to = sequencer()
    wide = replace(RUN.chunk("emg", 0, 250), counts=np.zeros((250, 2), np.int32))
    assert put(to, [wide, replace(wide, stream="eeg"), replace(RUN.chunk("emg", 0, 250), counter=-1)]) == []
    assert to.defects == {Defect.DAMAGED: 3}


def test_only_what_is_held_back_takes_memory() -> None:
    import tracemalloc  # noqa: PLC0415 - measured only here

    run = Run(seconds=600)
    to = sequencer()
    peaks: list[int] = []
    tracemalloc.start()
    for s in range(600):
        put(to, run.second(s))
        to.release()
        if s in (99, 599):
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.reset_peak()
    tracemalloc.stop()
    assert peaks[1] < peaks[0] + 50_000  # bytes: the points of the clock's fit, for two hours
