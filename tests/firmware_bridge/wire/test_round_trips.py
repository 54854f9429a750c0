"""What is encoded is decoded: samples of every layout, status, commands, responses, envelopes."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from firmware_bridge.wire.decoder import Decoder
from firmware_bridge.wire.frames import ACC, EMG, Layout, SampleFrame, encode_samples
from signals import Counts

layouts = st.builds(Layout, st.integers(1, 8), st.sampled_from((16, 24)), st.booleans())


@st.composite
def frames_of_one_layout(draw: st.DrawFn) -> tuple[Layout, list[SampleFrame]]:
    """Draw a layout and frames of it, of several lengths, quiet ones and ones that swing from rail to rail."""
    layout = draw(layouts)
    frames: list[SampleFrame] = []
    for _ in range(draw(st.integers(1, 5))):
        rows = draw(st.integers(1, min(20, layout.rows_within(512))))
        half = 1 << draw(st.integers(0, layout.bits - 1))
        counts = draw(arrays(np.int32, (rows, layout.channels), elements=st.integers(-half, half - 1)))
        numbers = [draw(st.integers(0, top)) for top in (0xFFFF, 0xFFFFFFFF, 2**32 - rows, 0xFFFF)]
        flags = [draw(st.booleans()) for _ in range(3)]
        stream = draw(st.sampled_from((EMG, ACC)))
        boot, sequence, counter, ticks = numbers
        frames.append(SampleFrame(stream, boot, sequence, counter, ticks, counts, *flags))
    return layout, frames


def fields(frame: object) -> tuple[object, ...]:
    assert isinstance(frame, SampleFrame)
    return (
        frame.stream,
        frame.boot,
        frame.sequence,
        frame.counter,
        frame.ticks,
        frame.lead_off,
        frame.saturated,
        frame.stored,
        frame.counts.tolist(),
        frame.counts.dtype,
    )


def all_fields(frames: Sequence[object]) -> list[tuple[object, ...]]:
    return [fields(frame) for frame in frames]


@settings(deadline=None)
@given(frames_of_one_layout())
def test_samples_come_back_bit_for_bit(case: tuple[Layout, list[SampleFrame]]) -> None:
    layout, frames = case
    decoder = Decoder({EMG: layout, ACC: layout})
    decoded = decoder.decode([encode_samples(frame, layout) for frame in frames])
    assert all_fields(decoded) == all_fields(frames)
    assert not decoder.defects


@settings(deadline=None)
@given(frames_of_one_layout())
def test_frames_decoded_one_by_one_are_those_decoded_at_once(case: tuple[Layout, list[SampleFrame]]) -> None:
    layout, frames = case
    decoder = Decoder({EMG: layout, ACC: layout})
    encoded = [encode_samples(frame, layout) for frame in frames]
    alone = [decoded for frame in encoded for decoded in decoder.decode([frame])]
    assert all_fields(alone) == all_fields(decoder.decode(encoded))


@pytest.mark.parametrize("coded", [False, True])
@pytest.mark.parametrize(("bits", "low", "high"), [(16, -32768, 32767), (24, -8388608, 8388607)])
def test_the_rails_of_the_converter_come_back(bits: int, low: int, high: int, *, coded: bool) -> None:
    counts: Counts = np.array([[low], [high], [low], [-1], [0], [high]], np.int32)
    layout = Layout(1, bits, coded)
    frame = SampleFrame(EMG, 1, 0, 0, 0, counts)
    assert fields(Decoder({EMG: layout}).decode([encode_samples(frame, layout)])[0]) == fields(frame)
    for beyond in (low - 1, high + 1):
        with pytest.raises(ValueError, match=f"do not fit {bits} bits"):
            encode_samples(SampleFrame(EMG, 1, 0, 0, 0, np.array([[beyond]], np.int32)), layout)
