"""Whole rows of 16- or 24-bit samples, little-endian two's complement, to and from int32, many frames at once."""

import numpy as np
from numpy.typing import NDArray

from signals import Counts

WIDTHS = (16, 24)


def pack_rows(counts: Counts, bits: int) -> bytes:
    """Return the bytes of counts that fit `bits`, in the order of the array."""
    if bits == WIDTHS[0]:
        return counts.astype("<i2").tobytes()
    return np.ascontiguousarray(counts, "<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def unpack_rows(raw: NDArray[np.uint8], bits: int) -> Counts:
    """Return int32 counts of bytes whose last axis has `bits / 8` for each count times their number."""
    if bits == WIDTHS[0]:
        return np.ascontiguousarray(raw).view("<i2").astype(np.int32)
    wide = np.zeros((*raw.shape[:-1], raw.shape[-1] // 3, 4), np.uint8)
    wide[..., 1:] = raw.reshape(*raw.shape[:-1], -1, 3)
    return wide.view("<i4")[..., 0].astype(np.int32) >> 8  # the shift brings the sign along
