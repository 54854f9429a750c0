"""Rows of a night file: how blocks are merged and packed, and the checksum that every row carries."""

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from signals import CountBlock, Counts

MAX_ROW_SAMPLES = 4096  # what one damaged row can cost: 4 s of EMG
WIDTHS = (2, 3, 4)  # bytes of a count, little-endian two's complement
NUMPY_OF = {2: "<i2", 4: "<i4"}  # as numpy calls them; it has none of 3 bytes

Value = int | float | str | bytes | None
Row = tuple[Value, ...]


def encoded(values: Sequence[Value]) -> bytes:
    """Return a row as bytes that no other row has: checksums and the SHA-256 are taken over these.

    Each value is a letter and its content: `n` for NULL, `i` and 8 bytes little-endian, `f` and the 8 bytes of a
    double, `t` (text, UTF-8) or `b` (blob) and the length in 8 bytes and the bytes.
    """
    layout: list[str] = ["<"]
    parts: list[bytes | int | float] = []
    for value in values:
        if isinstance(value, int):
            layout.append("cq")
            parts += (b"i", value)
        elif isinstance(value, float):
            layout.append("cd")
            parts += (b"f", value)
        elif value is None:
            layout.append("c")
            parts.append(b"n")
        else:
            letter, content = (b"t", value.encode()) if isinstance(value, str) else (b"b", value)
            layout.append(f"cq{len(content)}s")
            parts += (letter, len(content), content)
    return struct.pack("".join(layout), *parts)


def checksum(values: Sequence[Value]) -> int:
    """CRC-32 (zlib) of a row without its id and without the checksum itself."""
    return zlib.crc32(encoded(values))


def sealed(values: Row) -> Row:
    """Return the row with its checksum appended."""
    return (*values, checksum(values))


def pack(counts: Counts) -> tuple[int, bytes]:
    """Return the fewest bytes per count that hold all of `counts`, and the counts, sample by sample."""
    largest = int(max(counts.max(), -1 - counts.min())) if counts.size else 0
    width = next(w for w in WIDTHS if largest < 1 << (8 * w - 1))
    raw = np.ascontiguousarray(counts, "<i4").view(np.uint8).reshape(-1, 4)
    return width, raw[:, :width].tobytes()


def unpack(width: int, packed: bytes, n_channels: int) -> NDArray[np.signedinteger[Any]]:
    """Return the counts, shape (n, n_channels); raises ValueError where the bytes do not make whole samples."""
    if width in NUMPY_OF:
        return np.frombuffer(packed, NUMPY_OF[width]).reshape(-1, n_channels)
    if width not in WIDTHS:
        raise ValueError(f"counts of {width} bytes; {WIDTHS} are possible")
    raw = np.frombuffer(packed, np.uint8).reshape(-1, width)
    filled = np.zeros((len(raw), 4), np.uint8)
    filled[:, 4 - width :] = raw
    return (filled.view("<i4") >> (32 - 8 * width)).reshape(-1, n_channels)


@dataclass(slots=True)
class _Run:
    """Blocks that join on to each other and become one row."""

    blocks: list[CountBlock]
    n: int

    def takes(self, block: CountBlock) -> bool:
        last = self.blocks[-1]
        return (
            self.n + len(block.counts) <= MAX_ROW_SAMPLES
            and block.first_sample == last.end
            and block.epoch == last.epoch
            and block.counter == last.counter + len(last.counts)
            and (block.lead_off, block.saturated) == (last.lead_off, last.saturated)
        )


def merged(blocks: Iterable[CountBlock]) -> list[CountBlock]:
    """Join consecutive blocks of a stream that differ in nothing but their arrival; empty ones fall away.

    A joined block has the arrival of its last part, with which its end came in. No sample changes its place.
    """
    done: list[_Run] = []
    open_runs: dict[str, _Run] = {}
    for block in blocks:
        run = open_runs.get(block.stream)
        if not len(block.counts):
            continue
        if run is not None and run.takes(block):
            run.blocks.append(block)
            run.n += len(block.counts)
        else:
            run = open_runs[block.stream] = _Run([block], len(block.counts))
            done.append(run)
    return [_joined(run.blocks) for run in done]


def _joined(blocks: list[CountBlock]) -> CountBlock:
    if len(blocks) == 1:
        return blocks[0]
    first, last = blocks[0], blocks[-1]
    return CountBlock(
        first.stream,
        first.first_sample,
        np.concatenate([block.counts for block in blocks]),
        first.epoch,
        first.counter,
        last.received_s,
        last.received,
        first.lead_off,
        first.saturated,
    )


def block_row(block: CountBlock) -> Row:
    """Return a block as the columns of `blocks` after the id."""
    width, packed = pack(block.counts)
    return sealed(
        (
            block.stream,
            block.first_sample,
            len(block.counts),
            block.epoch,
            block.counter,
            float(block.received_s),
            block.received.isoformat(),
            int(block.lead_off),
            int(block.saturated),
            width,
            packed,
        )
    )


def block_of(row: Row, n_channels: int) -> CountBlock:
    """Return the block that `block_row` gave, whose checksum has been compared."""
    stream, first, _, epoch, counter, received_s, received, lead_off, saturated, width, packed, _ = row
    return CountBlock(
        str(stream),
        _whole(first),
        unpack(_whole(width), packed if isinstance(packed, bytes) else b"", n_channels).astype(np.int32),
        _whole(epoch),
        _whole(counter),
        float(received_s or 0),
        datetime.fromisoformat(str(received)),
        bool(lead_off),
        bool(saturated),
    )


def _whole(value: Value) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} stands where a whole number must")
    return value
