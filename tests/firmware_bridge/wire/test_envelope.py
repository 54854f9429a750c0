"""The serial envelope: every frame comes through, however the line is cut and whatever stands between."""

import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.wire.envelope import LONGEST_ENVELOPE, Unwrapper, wrap

frames = st.binary(min_size=1, max_size=512)
garbage = st.binary(max_size=700)


def unwrapped(*pieces: bytes) -> tuple[list[bytes], int]:
    unwrapper = Unwrapper()
    return [frame for piece in pieces for frame in unwrapper.feed(piece)], unwrapper.damaged


def stuffed(data: bytes) -> bytes:
    """COBS, byte by byte, after the paper: a count, then that many bytes less one; 255 where no zero follows."""
    out, run = bytearray(), bytearray()
    for byte in data:
        if byte:
            run.append(byte)
        if not byte or len(run) == 254:
            out += bytes([len(run) + 1]) + run
            run.clear()
        # a full run at the very end needs no empty one behind it; the library leaves it out as well
    ended_full = bool(data) and not run and data[-1] != 0
    return bytes(out) + (b"" if ended_full else bytes([len(run) + 1]) + run)


@settings(deadline=None)
@given(frames)
def test_the_line_is_that_of_another_implementation(frame: bytes) -> None:
    assert wrap(frame) == stuffed(frame + zlib.crc32(frame).to_bytes(4, "little")) + b"\0"


@settings(deadline=None)
@given(st.lists(frames, max_size=5), st.lists(st.integers(0, 3000), max_size=8))
def test_any_cut_of_the_line_gives_the_same_frames(sent: list[bytes], cuts: list[int]) -> None:
    line = b"".join(map(wrap, sent))
    edges = sorted({0, len(line), *(min(cut, len(line)) for cut in cuts)})
    pieces = [line[a:b] for a, b in pairwise(edges)]
    assert unwrapped(*pieces) == (sent, 0)
    assert unwrapped(*(line[i : i + 1] for i in range(len(line)))) == (sent, 0)


@settings(deadline=None)
@given(st.lists(st.tuples(garbage, frames), min_size=1, max_size=5))
def test_frames_come_through_between_garbage(pairs: list[tuple[bytes, bytes]]) -> None:
    line = b"".join(noise + b"\0" + wrap(frame) for noise, frame in pairs)
    received, damaged = unwrapped(line)
    assert [frame for frame in received if frame in {sent for _, sent in pairs}] == [sent for _, sent in pairs]
    assert damaged <= sum(noise.count(0) + 1 for noise, _ in pairs)


@settings(deadline=None)
@given(st.lists(garbage, max_size=4), st.lists(st.integers(0, 2800), max_size=8))
def test_any_cut_of_garbage_counts_the_same_damage(noises: list[bytes], cuts: list[int]) -> None:
    line = b"\0".join(noises)
    edges = sorted({0, len(line), *(min(cut, len(line)) for cut in cuts)})
    assert unwrapped(*(line[a:b] for a, b in pairwise(edges))) == unwrapped(line)


@settings(deadline=None)
@given(frames, st.data())
def test_no_single_wrong_byte_passes(frame: bytes, data: st.DataObject) -> None:
    line = bytearray(wrap(frame))
    place = data.draw(st.integers(0, len(line) - 2))
    line[place] ^= data.draw(st.integers(1, 255))
    received, damaged = unwrapped(bytes(line))
    assert received == []
    assert damaged >= 1


def test_memory_is_bounded_and_the_way_back_is_found() -> None:
    unwrapper = Unwrapper()
    for _ in range(1000):
        assert unwrapper.feed(b"\x55" * 400) == []
        assert unwrapper.held <= LONGEST_ENVELOPE
    assert unwrapper.damaged == 1  # one piece without end
    assert unwrapper.feed(b"\x55\0" + wrap(b"on again")) == [b"on again"]
    assert unwrapper.damaged == 1


@pytest.mark.parametrize(("size", "damaged"), [(519, 0), (520, 1)])
def test_a_piece_of_519_bytes_may_still_become_a_frame(size: int, damaged: int) -> None:
    assert LONGEST_ENVELOPE == len(wrap(b"\x01" * 512)) - 1 == 519
    assert unwrapped(b"\x01" * size)[1] == damaged


def test_zeros_alone_mean_nothing() -> None:
    assert unwrapped(b"\0\0\0" + wrap(b"x") + b"\0\0") == ([b"x"], 0)


@pytest.mark.parametrize("size", [0, 513])
def test_a_frame_of_a_wrong_length_is_not_wrapped(size: int) -> None:
    with pytest.raises(ValueError, match="it can have 1 to 512"):
        wrap(b"\x01" * size)


def test_a_frame_of_513_bytes_on_the_line_is_damaged() -> None:
    long = b"\0" * 513  # zeros cost no more in COBS: 518 bytes, below the longest piece
    line = stuffed(long + zlib.crc32(long).to_bytes(4, "little"))
    assert len(line) <= LONGEST_ENVELOPE
    assert unwrapped(line + b"\0") == ([], 1)
