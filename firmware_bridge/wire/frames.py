"""Frames that a sensor sends unasked: samples and status, as values, and their encoding (PROTOCOL.md, "Frames")."""

import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from firmware_bridge.wire.differences import code_rows
from firmware_bridge.wire.rows import WIDTHS, pack_rows
from signals import Counts

VERSION = 1
EMG, ACC = "emg", "acc"
LONGEST_FRAME = 512  # bytes: the longest value that a notification can have (Core 5.4, Vol 3, Part F, 3.2.9)
MOST_CHANNELS = 8
SAMPLE_HEADER = struct.Struct("<BBHIIH")
STATUS = struct.Struct("<BBHIHBHhB")
UNKNOWN_PERCENT, UNKNOWN_MV, UNKNOWN_CENTIDEGREES = 255, 0, -32768


class FrameType(IntEnum):
    """Low nibble of byte 0."""

    EMG = 1
    ACC = 2
    STATUS = 3
    COMMAND = 8
    RESPONSE = 9


STREAM_TYPES = {EMG: FrameType.EMG, ACC: FrameType.ACC}
STREAM_NAMES: dict[int, str] = {int(number): name for name, number in STREAM_TYPES.items()}


class SampleFlag(IntEnum):
    """Bits of byte 1 of a sample frame."""

    LEAD_OFF = 1
    SATURATED = 2
    CODED = 4
    STORED = 8


class StatusFlag(IntEnum):
    """Bits of byte 1 of a status frame."""

    LEAD_OFF = 1
    SATURATED = 2
    CHARGING = 4


class RestartCause(IntEnum):
    """Why the sensor's present run began."""

    SWITCHED_ON = 0
    BROWN_OUT = 1
    WATCHDOG = 2
    FIRMWARE_FAULT = 3
    COMMAND = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of one stream look, as agreed by CONFIGURE: channels, bits of a sample, differences or plain."""

    channels: int
    bits: int
    coded: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.channels <= MOST_CHANNELS:
            raise ValueError(f"{self.channels} channels in a row; it can have 1 to {MOST_CHANNELS}")
        if self.bits not in WIDTHS:
            raise ValueError(f"samples of {self.bits} bits; a row has 16 or 24")

    @property
    def row_bytes(self) -> int:
        """Bytes of one plain row."""
        return self.channels * self.bits // 8

    def rows_within(self, payload_bytes: int) -> int:
        """Most rows of a plain frame of at most `payload_bytes` bytes; 0 where none fits."""
        return max(0, min(payload_bytes, LONGEST_FRAME) - SAMPLE_HEADER.size) // self.row_bytes


@dataclass(frozen=True, slots=True, eq=False)
class SampleFrame:
    """Consecutive samples of one stream; `counts` is int32 of shape (rows, channels), `ticks` the low 16 bits.

    `stored`: sent again on request.
    """

    stream: str
    boot: int
    sequence: int
    counter: int
    ticks: int
    counts: Counts
    lead_off: bool = False
    saturated: bool = False
    stored: bool = False


@dataclass(frozen=True, slots=True)
class StatusFrame:
    """How the sensor is; None where it does not know. `ticks`: 48 bits of its clock."""

    boot: int
    ticks: int
    battery_percent: int | None = None
    battery_mv: int | None = None
    temperature_c: float | None = None
    cause: RestartCause = RestartCause.SWITCHED_ON
    lead_off: bool = False
    saturated: bool = False
    charging: bool = False


def encode_samples(frame: SampleFrame, layout: Layout) -> bytes:
    """Return the bytes of a sample frame; where the layout is coded, in the shorter of the two forms.

    Raises `ValueError` for a count or field out of its range, for no rows, and for a frame above `LONGEST_FRAME`.
    """
    counts = frame.counts
    if counts.dtype != np.int32 or counts.shape[1:] != (layout.channels,) or not len(counts):
        raise ValueError(
            f"counts of shape {counts.shape}, {counts.dtype}; int32 (1 or more, {layout.channels}) are needed"
        )
    half = 1 << (layout.bits - 1)
    if counts.min() < -half or counts.max() >= half:
        raise ValueError(f"counts from {counts.min()} to {counts.max()} do not fit {layout.bits} bits")
    body, coded = pack_rows(counts, layout.bits), False
    if layout.coded:
        differences = code_rows(counts, layout.bits)
        if differences is not None and len(differences) < len(body):
            body, coded = differences, True
    if SAMPLE_HEADER.size + len(body) > LONGEST_FRAME:
        raise ValueError(f"a frame of {SAMPLE_HEADER.size + len(body)} bytes; the longest has {LONGEST_FRAME}")
    flags = (
        frame.lead_off * SampleFlag.LEAD_OFF
        | frame.saturated * SampleFlag.SATURATED
        | coded * SampleFlag.CODED
        | frame.stored * SampleFlag.STORED
    )
    first = VERSION << 4 | STREAM_TYPES[frame.stream]
    try:
        header = SAMPLE_HEADER.pack(first, flags, frame.boot, frame.sequence, frame.counter, frame.ticks)
    except struct.error as error:
        raise ValueError(f"a field of {frame} is out of range: {error}") from error
    return header + body


def encode_status(frame: StatusFrame) -> bytes:
    """Return the bytes of a status frame. Raises `ValueError` for a field out of its range."""
    flags = (
        frame.lead_off * StatusFlag.LEAD_OFF
        | frame.saturated * StatusFlag.SATURATED
        | frame.charging * StatusFlag.CHARGING
    )
    percent = UNKNOWN_PERCENT if frame.battery_percent is None else frame.battery_percent
    if percent != UNKNOWN_PERCENT and not 0 <= percent <= 100:  # noqa: PLR2004 - percent
        raise ValueError(f"a battery of {percent} %; it has 0 to 100")
    centidegrees = UNKNOWN_CENTIDEGREES if frame.temperature_c is None else round(frame.temperature_c * 100)
    try:
        return STATUS.pack(
            VERSION << 4 | FrameType.STATUS,
            flags,
            frame.boot,
            frame.ticks & 0xFFFFFFFF,
            frame.ticks >> 32,
            percent,
            UNKNOWN_MV if frame.battery_mv is None else frame.battery_mv,
            centidegrees,
            frame.cause,
        )
    except struct.error as error:
        raise ValueError(f"a field of {frame} is out of range: {error}") from error
