"""Differences: the C code printed in PROTOCOL.md codes as the bridge does, byte for byte, and nothing is lost."""

import ctypes
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from firmware_bridge.readings import Defect
from firmware_bridge.wire.defective import DefectiveFrameError
from firmware_bridge.wire.differences import code_rows, decode_rows
from signals import Counts

PROTOCOL = Path(__file__).parents[3] / "firmware_bridge" / "PROTOCOL.md"
Coder = Callable[[Counts, int], bytes]


@st.composite
def rows(draw: st.DrawFn) -> tuple[Counts, int]:
    """Draw rows of 16 or 24 bits, each channel as wide as it likes."""
    bits, channels, n = draw(st.sampled_from((16, 24))), draw(st.integers(1, 8)), draw(st.integers(1, 255))
    n = min(n, 24) if draw(st.booleans()) else n
    seed = draw(st.integers(0, 2**32 - 1))
    halves = [1 << draw(st.integers(0, bits - 1)) for _ in range(channels)]
    rng = np.random.default_rng(seed)
    if draw(st.booleans()):
        half = 1 << (bits - 1)
        return draw(
            arrays(np.int32, (min(n, 8), channels), elements=st.sampled_from((-half, -1, 0, half - 1)))
        ), bits
    return np.stack([rng.integers(-h, h, n, dtype=np.int32) for h in halves], axis=1), bits


@pytest.fixture(scope="module")
def printed_coder(tmp_path_factory: pytest.TempPathFactory) -> Coder:
    """Compile the C code of PROTOCOL.md."""
    code = re.search(r"```c\n(.*?)```", PROTOCOL.read_text("utf-8"), re.DOTALL)
    assert code is not None
    folder = tmp_path_factory.mktemp("coder")
    source, library = folder / "coder.c", folder / "coder.so"
    source.write_text("#include <stddef.h>\n#include <stdint.h>\n" + code[1], "utf-8")
    warnings = (
        "-std=c99",
        "-Wall",
        "-Wextra",
        "-Wconversion",
        "-Werror",
        "-fsanitize=undefined",
        "-static-libubsan",
    )
    subprocess.run(["cc", *warnings, "-fPIC", "-shared", "-o", library, source], check=True)  # noqa: S603, S607 - ours
    function = ctypes.CDLL(str(library)).code_rows
    function.restype = ctypes.c_size_t

    def code_in_c(counts: Counts, bits: int) -> bytes:
        n, channels = counts.shape
        out = ctypes.create_string_buffer(1 + channels + (n * channels * bits + 7) // 8)
        samples = np.ascontiguousarray(counts).ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        size = function(samples, n, channels, bits, out)
        return out.raw[:size]

    return code_in_c


@settings(deadline=None)
@given(case=rows())
def test_the_printed_coder_and_ours_agree_and_lose_nothing(printed_coder: Coder, case: tuple[Counts, int]) -> None:
    counts, bits = case
    coded = printed_coder(counts, bits)
    assert coded == code_rows(counts, bits)
    assert (decode_rows(coded, counts.shape[1], bits) == counts).all()


def test_two_channels_by_hand() -> None:
    # differences +1, -1 fold to 2, 1 in 2 bits: 0b01_10; differences 0, 0 need no bits
    counts = np.array([[5, -2], [6, -2], [5, -2]], np.int32)
    by_hand = bytes([3, 2, 0]) + b"\x05\x00\xfe\xff" + bytes([0b0110])
    assert code_rows(counts, 16) == by_hand
    assert decode_rows(by_hand, 2, 16).tolist() == counts.tolist()


def test_a_step_from_rail_to_rail_needs_one_bit() -> None:
    # 32767 - -32768 is -1 modulo 2^16, folded 1
    counts = np.array([[-32768], [32767]], np.int32)
    assert code_rows(counts, 16) == bytes([2, 1, 0x00, 0x80, 1])


@pytest.mark.parametrize("n", [1, 254, 255])
def test_up_to_255_rows_can_be_coded(n: int) -> None:
    counts = np.arange(n, dtype=np.int32)[:, None]
    coded = code_rows(counts, 24)
    assert coded is not None
    assert (decode_rows(coded, 1, 24) == counts).all()


def test_256_rows_cannot_be_coded() -> None:
    assert code_rows(np.zeros((256, 1), np.int32), 16) is None


@pytest.mark.parametrize(
    ("body", "defect"),
    [
        (b"", Defect.TRUNCATED),
        (bytes([1, 0, 7]), Defect.TRUNCATED),  # half a first row
        (bytes([0, 0, 7, 0]), Defect.DAMAGED),  # no rows
        (bytes([2, 17, 7, 0, 0, 0, 0]), Defect.DAMAGED),  # wider than a sample
        (bytes([3, 4, 7, 0]), Defect.TRUNCATED),
        (bytes([3, 4, 7, 0, 0x21, 0]), Defect.DAMAGED),  # a byte too many
        (bytes([2, 4, 7, 0, 0x11]), Defect.DAMAGED),  # not filled up with zeros
    ],
)
def test_what_is_no_coded_body_is_refused(body: bytes, defect: Defect) -> None:
    with pytest.raises(DefectiveFrameError) as caught:
        decode_rows(body, 1, 16)
    assert caught.value.defect is defect


def test_the_widest_difference_is_allowed() -> None:
    assert decode_rows(bytes([2, 16, 7, 0, 0xFF, 0xFF]), 1, 16).tolist() == [[7], [-32761]]
