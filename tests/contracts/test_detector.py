"""What every detector of contractions promises, whatever it does inside."""

from collections.abc import Iterator
from dataclasses import astuple
from itertools import chain, cycle, pairwise, repeat

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection import Detector, Ended, Episode
from signals import Gap, GapReason, SampleBlock, StreamItem
from tests.made_up import acc_stream, cut, emg_stream, lying, muscle

EMG = emg_stream(1000.0, "GM", "TA")
ACC = acc_stream()
DURATION_S = 100
PLANTED = ((20.0, 23.0, 40.0), (40.0, 70.0, 60.0), (75.0, 77.0, 50.0))


def night() -> tuple[np.ndarray, np.ndarray]:
    """Two muscles with hum that sets in, and a moving leg: everything that has a state."""
    emg = np.asfortranarray(np.hstack([muscle(DURATION_S, *PLANTED), muscle(DURATION_S, seed=2)]))
    t = np.arange(len(emg)) / 1000
    emg += (15.0 * np.sin(2 * np.pi * 50 * t) * (t > 30))[:, None]
    emg[24000:24200] = 0.0  # flat: an electrode lost for a moment
    acc = lying(DURATION_S)
    acc[1200:1400] += 0.3 * np.sin(np.arange(200) / 8)[:, None]
    return emg, acc


def as_bytes(episodes: list[Episode]) -> list[bytes]:
    """Every field of every episode, to the last bit."""

    def leaves(value: object) -> Iterator[bytes]:
        if isinstance(value, np.ndarray):
            yield value.tobytes()
        elif isinstance(value, tuple):
            for part in value:  # pyright: ignore[reportUnknownVariableType] - leaves of any type
                yield from leaves(part)  # pyright: ignore[reportUnknownArgumentType] - as above
        else:
            yield repr(value).encode()

    return [b"|".join(leaves(astuple(episode))) for episode in episodes]


def run(items: Iterator[StreamItem]) -> tuple[list[bytes], list[bytes]]:
    """Episodes and looks of a stream of items, and the coverage with the trace, as bytes."""
    detector = Detector((EMG, ACC))
    episodes = [episode for item in items for episode in detector.update(item)]
    episodes += detector.finish()
    trace = detector.trace()
    rest = [repr(detector.coverage()).encode(), trace.floor_uv.tobytes(), trace.median_uv.tobytes()]
    return as_bytes(episodes), rest


EMG_NIGHT, ACC_NIGHT = night()
WHOLE = run(iter((SampleBlock("emg", 0, EMG_NIGHT), SampleBlock("acc", 0, ACC_NIGHT))))


def interleaved(
    emg: Iterator[StreamItem], acc: Iterator[StreamItem], order: Iterator[bool]
) -> Iterator[StreamItem]:
    """Draw items from two streams in any order until both are empty."""
    while True:
        first, second = (emg, acc) if next(order) else (acc, emg)
        item = next(first, None) or next(second, None)
        if item is None:
            return
        yield item


def test_the_planted_contractions_are_in_the_night() -> None:
    assert len(WHOLE[0]) > 3


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 30_000), min_size=1, max_size=6),
    st.lists(st.integers(1, 1500), min_size=1, max_size=6),
    st.lists(st.booleans(), min_size=2, max_size=8).filter(lambda order: len(set(order)) == 2),
)
def test_no_cut_and_no_order_of_the_streams_changes_a_bit(
    emg_lengths: list[int], acc_lengths: list[int], order: list[bool]
) -> None:
    emg = cut(EMG, EMG_NIGHT, cycle(emg_lengths))
    acc = cut(ACC, ACC_NIGHT, cycle(acc_lengths))
    assert run(interleaved(emg, acc, cycle(order))) == WHOLE


def test_sample_by_sample_is_the_same_night() -> None:
    # one sample at a time through the planted contractions, seconds elsewhere
    lengths = chain([19_000], repeat(1, 5_000), repeat(997))
    assert run(chain(cut(ACC, ACC_NIGHT, repeat(1)), cut(EMG, EMG_NIGHT, lengths))) == WHOLE


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(1, 20_000), min_size=1, max_size=5), st.integers(41_000, 50_000), st.integers(1, 15_000)
)
def test_the_same_gap_cut_differently_gives_the_same_night(lengths: list[int], first: int, length: int) -> None:
    gap = (first, first + length)

    def items(pieces: Iterator[int]) -> Iterator[StreamItem]:
        yield from cut(EMG, EMG_NIGHT[: gap[0]], pieces)
        at = gap[0]
        while at < gap[1]:
            end = min(gap[1], at + next(pieces))
            yield Gap("emg", at, end, GapReason.LINK_LOST)
            at = end
        for item in cut(EMG, EMG_NIGHT[gap[1] :], pieces):
            assert isinstance(item, SampleBlock)
            yield SampleBlock("emg", item.first_sample + gap[1], item.values)

    acc = SampleBlock("acc", 0, ACC_NIGHT)
    assert run(chain([acc], items(cycle(lengths)))) == run(chain([acc], items(repeat(200_000))))


def test_the_input_is_left_as_it_was() -> None:
    before = EMG_NIGHT.copy()
    run(iter((SampleBlock("emg", 0, EMG_NIGHT), SampleBlock("acc", 0, ACC_NIGHT))))
    assert np.array_equal(EMG_NIGHT, before)


def test_finishing_twice_gives_nothing_the_second_time() -> None:
    detector = Detector((emg_stream(),))
    detector.update(SampleBlock("emg", 0, muscle(60, (40, 60, 60))))
    assert [e.ended for e in detector.finish()] == [Ended.AT_END]
    assert detector.finish() == []


def test_episodes_are_ordered_and_disjoint() -> None:
    detector = Detector((EMG, ACC))
    detector.update(SampleBlock("acc", 0, ACC_NIGHT))
    episodes = [e for e in detector.update(SampleBlock("emg", 0, EMG_NIGHT)) if e.ended is not Ended.OPEN]
    episodes += detector.finish()
    assert all(a.end <= b.start for a, b in pairwise(episodes))


def test_an_item_that_does_not_join_on_is_refused() -> None:
    detector = Detector((emg_stream(),))
    detector.update(SampleBlock("emg", 0, np.zeros((10, 1))))
    with pytest.raises(ValueError, match="continues at sample 11, but 10 is due"):
        detector.update(SampleBlock("emg", 11, np.zeros((10, 1))))


def test_a_block_with_other_channels_is_refused() -> None:
    with pytest.raises(ValueError, match="has 2 channels, not 1"):
        Detector((emg_stream(),)).update(SampleBlock("emg", 0, np.zeros((10, 2))))


def test_a_stream_that_was_not_announced_is_refused() -> None:
    with pytest.raises(ValueError, match="'acc' came"):
        Detector((emg_stream(),)).update(SampleBlock("acc", 0, np.zeros((10, 3))))
    with pytest.raises(ValueError, match="'emg' is needed"):
        Detector((ACC,))


def test_a_sample_that_is_no_number_is_refused() -> None:
    values = muscle(3)
    values[1500] = np.nan
    with pytest.raises(ValueError, match="not a number"):
        Detector((emg_stream(),)).update(SampleBlock("emg", 0, values))


def test_coverage_before_the_end_is_refused() -> None:
    with pytest.raises(RuntimeError, match="finish first"):
        Detector((emg_stream(),)).coverage()


def test_memory_does_not_grow_with_the_night() -> None:
    import tracemalloc  # noqa: PLC0415 - measured only here

    detector = Detector((emg_stream(),))
    block = muscle(60, (20, 40, 60))
    peaks = []
    tracemalloc.start()
    for minute in range(60):
        detector.update(SampleBlock("emg", minute * len(block), block))
        if minute in (9, 59):
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.reset_peak()
    tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
