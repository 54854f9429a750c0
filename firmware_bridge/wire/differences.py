"""Lossless coding of a frame's rows by bit-packed first differences (PROTOCOL.md, "Differences")."""

import numpy as np

from firmware_bridge.readings import Defect
from firmware_bridge.wire.defective import DefectiveFrameError
from firmware_bridge.wire.rows import pack_rows, unpack_rows
from signals import Counts

MOST_ROWS = 255


def code_rows(counts: Counts, bits: int) -> bytes | None:
    """Return the coded form of int32 counts of shape (rows, channels); None above 255 rows."""
    rows = len(counts)
    if rows > MOST_ROWS:
        return None
    # differences modulo 2^bits, so that every step between two counts has one of `bits` bits
    shift = 32 - bits
    steps = (np.diff(counts, axis=0) << shift) >> shift
    folded = ((steps << 1) ^ (steps >> 31)).astype(np.uint32)
    widths = [int(top).bit_length() for top in folded.max(axis=0, initial=0)]
    packed = [
        np.unpackbits(np.ascontiguousarray(folded[:, channel]).astype("<u4").view(np.uint8), bitorder="little")
        .reshape(-1, 32)[:, :width]
        .ravel()
        for channel, width in enumerate(widths)
    ]
    body = np.packbits(np.concatenate(packed), bitorder="little").tobytes()
    return bytes([rows, *widths]) + pack_rows(counts[:1], bits) + body


def decode_rows(body: bytes, channels: int, bits: int) -> Counts:
    """Return the int32 counts of shape (rows, channels) that `body` codes; raises `DefectiveFrameError`."""
    start = 1 + channels + channels * bits // 8
    if len(body) < start:
        raise DefectiveFrameError(Defect.TRUNCATED)
    rows, widths = body[0], body[1 : 1 + channels]
    if not rows or max(widths) > bits:
        raise DefectiveFrameError(Defect.DAMAGED)
    total = (rows - 1) * sum(widths)
    if len(body) != start + (total + 7) // 8:
        raise DefectiveFrameError(Defect.TRUNCATED if len(body) < start + (total + 7) // 8 else Defect.DAMAGED)
    stream = np.unpackbits(np.frombuffer(body, np.uint8, offset=start), bitorder="little")
    if stream[total:].any():
        raise DefectiveFrameError(Defect.DAMAGED)
    folded = np.zeros((rows - 1, channels), np.uint32)
    at = 0
    for channel, width in enumerate(widths):
        piece = np.zeros((rows - 1, 32), np.uint8)
        piece[:, :width] = stream[at : at + (rows - 1) * width].reshape(rows - 1, width)
        folded[:, channel] = np.packbits(piece, axis=1, bitorder="little").view("<u4")[:, 0]
        at += (rows - 1) * width
    steps = (folded >> 1).astype(np.int32) ^ -(folded & 1).astype(np.int32)
    first = unpack_rows(np.frombuffer(body, np.uint8, channels * bits // 8, 1 + channels), bits)
    counts = np.cumsum(np.vstack((first, steps)), axis=0, dtype=np.int32)  # wraps modulo 2^32, as it must
    shift = 32 - bits
    return (counts << shift) >> shift
