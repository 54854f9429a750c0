"""The decoder: what comes in any order, length and state is decoded or counted."""

import struct
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.readings import Defect
from firmware_bridge.wire.decoder import Decoder
from firmware_bridge.wire.frames import (
    ACC,
    EMG,
    Layout,
    RestartCause,
    SampleFrame,
    StatusFrame,
    encode_samples,
    encode_status,
)
from signals import Counts

ONE, AXES = Layout(1, 16), Layout(3, 24, coded=True)


def samples(rows: int, counter: int = 0, *, kind: int = 0x11) -> bytes:
    """Build a frame of `rows` samples of 16 bits, each its counter modulo 1000, without our encoder."""
    values = [(counter + i) % 1000 for i in range(rows)]
    return struct.pack(f"<BBHIIH{rows}h", kind, 0, 7, 3, counter, 0, *values)


def counters_of(frames: Sequence[object]) -> list[int]:
    return [frame.counter for frame in frames if isinstance(frame, SampleFrame)]


def test_frames_of_all_kinds_and_lengths_stay_in_order() -> None:
    decoder = Decoder({EMG: ONE, ACC: ONE})
    status = encode_status(StatusFrame(7, 1))
    mixed = [
        samples(3, 10),
        status,
        samples(5, 20),
        samples(3, 30, kind=0x12),
        samples(3, 40),
        status,
        samples(1, 50),
    ]
    decoded = decoder.decode(mixed)
    assert [type(frame).__name__[:6] for frame in decoded] == [
        "Sample", "Status", "Sample", "Sample", "Sample", "Status", "Sample",
    ]  # fmt: skip
    assert counters_of(decoded) == [10, 20, 30, 40, 50]
    assert [f.counts[:, 0].tolist() for f in decoded if isinstance(f, SampleFrame) and f.stream == ACC] == [
        [30, 31, 32]
    ]


def test_nothing_comes_of_nothing() -> None:
    decoder = Decoder({})
    assert decoder.decode([]) == []
    assert not decoder.defects


def test_a_layout_holds_from_when_it_is_set() -> None:
    decoder = Decoder({EMG: ONE})
    frame = samples(6)
    decoder.decode([frame])
    decoder.layouts = {EMG: Layout(2, 24)}
    (decoded,) = decoder.decode([frame])
    assert isinstance(decoded, SampleFrame)
    assert decoded.counts.shape == (2, 2)
    decoder.layouts = {}
    assert decoder.decode([frame]) == []
    assert decoder.take_defects() == {Defect.DAMAGED: 1}


def test_counts_cannot_be_written() -> None:
    coded = encode_samples(SampleFrame(ACC, 0, 0, 0, 0, np.zeros((40, 3), np.int32)), AXES)
    assert len(coded) == 14 + 1 + 3 + 9  # no bits for no change
    for frame in Decoder({EMG: ONE, ACC: AXES}).decode([samples(3), coded]):
        assert isinstance(frame, SampleFrame)
        with pytest.raises(ValueError, match="read-only"):
            frame.counts[0] = 1


@pytest.mark.parametrize(("rows", "sound"), [(249, True), (250, False)])
def test_a_frame_has_at_most_512_bytes(rows: int, *, sound: bool) -> None:
    decoder = Decoder({EMG: ONE})
    assert len(decoder.decode([samples(rows)])) == sound
    assert decoder.defects == ({} if sound else {Defect.DAMAGED: 1})
    frame = SampleFrame(EMG, 0, 0, 0, 0, np.zeros((rows, 1), np.int32))
    if sound:
        assert len(encode_samples(frame, ONE)) == 512
    else:
        with pytest.raises(ValueError, match="a frame of 514 bytes; the longest has 512"):
            encode_samples(frame, ONE)


@pytest.mark.parametrize(("rows", "sound"), [(1, True), (2, True), (3, False)])
def test_the_last_counter_is_the_last_of_32_bits(rows: int, *, sound: bool) -> None:
    decoder = Decoder({EMG: ONE})
    assert counters_of(decoder.decode([samples(rows, 2**32 - 2)])) == ([2**32 - 2] if sound else [])
    assert decoder.defects == ({} if sound else {Defect.DAMAGED: 1})


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.tuples(st.sampled_from((b"\x11", b"\x12", b"\x13", b"\x19")), st.binary()).map(b"".join),
        ),
        max_size=8,
    ),
    st.builds(Layout, st.integers(1, 8), st.sampled_from((16, 24)), st.booleans()),
)
def test_any_bytes_are_decoded_or_counted(frames: list[bytes], layout: Layout) -> None:
    decoder = Decoder({EMG: layout, ACC: AXES})
    decoded = decoder.decode(frames)
    assert len(decoded) + decoder.defects.total() == len(frames)
    assert set(decoder.defects) <= {
        Defect.DAMAGED, Defect.TRUNCATED, Defect.UNKNOWN_TYPE, Defect.UNKNOWN_VERSION,
    }  # fmt: skip


@settings(deadline=None)
@given(
    st.builds(
        StatusFrame,
        st.integers(0, 0xFFFF),
        st.integers(0, 2**48 - 1),
        st.none() | st.integers(0, 100),
        st.none() | st.integers(1, 0xFFFF),
        st.none() | st.integers(-32767, 32767).map(lambda c: c / 100),
        st.sampled_from(RestartCause),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    )
)
def test_status_comes_back(status: StatusFrame) -> None:
    assert Decoder({}).decode([encode_status(status)]) == [status]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (StatusFrame(0x1_0000, 0), "out of range"),
        (StatusFrame(0, 2**48), "out of range"),
        (StatusFrame(0, 0, battery_percent=101), "a battery of 101 %"),
        (StatusFrame(0, 0, temperature_c=327.68), "out of range"),
    ],
)
def test_a_status_with_a_field_out_of_range_is_not_encoded(status: StatusFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encode_status(status)


@pytest.mark.parametrize(
    "counts", [np.zeros((0, 1), np.int32), np.zeros((3, 2), np.int32), np.zeros((3, 1), np.int64)]
)
def test_counts_that_are_no_rows_of_the_layout_are_not_encoded(counts: Counts) -> None:
    with pytest.raises(ValueError, match="are needed"):
        encode_samples(SampleFrame(EMG, 0, 0, 0, 0, counts), ONE)


@pytest.mark.parametrize(("channels", "bits"), [(0, 16), (9, 16), (1, 8), (1, 32)])
def test_a_layout_that_the_profile_does_not_have_is_refused(channels: int, bits: int) -> None:
    with pytest.raises(ValueError, match=r"it can have 1 to 8|a row has 16 or 24"):
        Layout(channels, bits)
