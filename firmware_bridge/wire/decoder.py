"""Bytes of frames to values, many frames at once; what is wrong with a frame is counted and the frame left out."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from firmware_bridge.readings import Defect
from firmware_bridge.wire.control import Response, decode_response
from firmware_bridge.wire.defective import DefectiveFrameError
from firmware_bridge.wire.differences import decode_rows
from firmware_bridge.wire.frames import (
    LONGEST_FRAME,
    SAMPLE_HEADER,
    STATUS,
    STREAM_NAMES,
    UNKNOWN_CENTIDEGREES,
    UNKNOWN_MV,
    UNKNOWN_PERCENT,
    VERSION,
    FrameType,
    Layout,
    RestartCause,
    SampleFlag,
    SampleFrame,
    StatusFlag,
    StatusFrame,
)
from firmware_bridge.wire.rows import unpack_rows
from signals import Counts

Frame = SampleFrame | StatusFrame | Response

_SAMPLE_FLAGS = SampleFlag.LEAD_OFF | SampleFlag.SATURATED | SampleFlag.CODED | SampleFlag.STORED
_STATUS_FLAGS = StatusFlag.LEAD_OFF | StatusFlag.SATURATED | StatusFlag.CHARGING
_TYPES = {*STREAM_NAMES, FrameType.STATUS, FrameType.RESPONSE}
_COUNTERS = 1 << 32


class Decoder:
    """Decodes what a sensor sends; any bytes whatever may come in.

    `layouts` says how the rows of each stream look and is replaced after a CONFIGURE; sample frames of a stream
    without a layout are damaged. `defects` counts the frames that could not be used since `take_defects`.
    """

    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self.layouts = layouts
        self.defects: Counter[Defect] = Counter()

    def take_defects(self) -> Counter[Defect]:
        """Return the defects counted since the last call, and begin again from none."""
        taken, self.defects = self.defects, Counter()
        return taken

    def decode(self, frames: Sequence[bytes]) -> list[Frame]:
        """Return the values of the frames that are sound, in their order."""
        decoded: list[Frame | None] = [None] * len(frames)
        alike: dict[tuple[str, int], list[int]] = {}
        for i, frame in enumerate(frames):
            try:
                number = _type_of(frame)
                if number in STREAM_NAMES:
                    alike.setdefault((STREAM_NAMES[number], len(frame)), []).append(i)
                else:
                    decoded[i] = _decode_status(frame) if number == FrameType.STATUS else decode_response(frame)
            except DefectiveFrameError as error:
                self.defects[error.defect] += 1
        for (stream, _), places in alike.items():
            layout = self.layouts.get(stream)
            samples = self._decode_alike([frames[i] for i in places], stream, layout)
            for i, sample_frame in zip(places, samples, strict=True):
                decoded[i] = sample_frame
        return [frame for frame in decoded if frame is not None]

    def _decode_alike(
        self, frames: Sequence[bytes], stream: str, layout: Layout | None
    ) -> list[SampleFrame | None]:
        """Decode sample frames of one stream and one length; None for a defective one."""
        if layout is None or len(frames[0]) <= SAMPLE_HEADER.size:
            self.defects[Defect.DAMAGED if layout is None else Defect.TRUNCATED] += len(frames)
            return [None] * len(frames)
        raw = np.frombuffer(b"".join(frames), np.uint8).reshape(len(frames), -1)
        body = raw[:, SAMPLE_HEADER.size :]
        whole = body.shape[1] % layout.row_bytes == 0
        plain: Counts | None = None
        if whole:
            plain = unpack_rows(body, layout.bits).reshape(len(frames), -1, layout.channels)
            plain.flags.writeable = False
        decoded: list[SampleFrame | None] = []
        for i, frame in enumerate(frames):
            try:
                decoded.append(_decode_sample(frame, stream, layout, None if plain is None else plain[i]))
            except DefectiveFrameError as error:
                self.defects[error.defect] += 1
                decoded.append(None)
        return decoded


def _type_of(frame: bytes) -> int:
    if not frame:
        raise DefectiveFrameError(Defect.TRUNCATED)
    if frame[0] >> 4 != VERSION:
        raise DefectiveFrameError(Defect.UNKNOWN_VERSION)
    if len(frame) > LONGEST_FRAME:
        raise DefectiveFrameError(Defect.DAMAGED)
    number = frame[0] & 0xF
    if number not in _TYPES:
        raise DefectiveFrameError(Defect.UNKNOWN_TYPE)
    return number


def _decode_sample(frame: bytes, stream: str, layout: Layout, plain: Counts | None) -> SampleFrame:
    _, flags, boot, sequence, counter, ticks = SAMPLE_HEADER.unpack_from(frame)
    if flags & ~_SAMPLE_FLAGS:
        raise DefectiveFrameError(Defect.DAMAGED)
    if flags & SampleFlag.CODED:
        if not layout.coded:
            raise DefectiveFrameError(Defect.DAMAGED)
        plain = decode_rows(frame[SAMPLE_HEADER.size :], layout.channels, layout.bits)
        plain.flags.writeable = False
    elif plain is None:
        raise DefectiveFrameError(Defect.TRUNCATED)
    if counter + len(plain) > _COUNTERS:
        raise DefectiveFrameError(Defect.DAMAGED)
    return SampleFrame(
        stream,
        boot,
        sequence,
        counter,
        ticks,
        plain,
        lead_off=bool(flags & SampleFlag.LEAD_OFF),
        saturated=bool(flags & SampleFlag.SATURATED),
        stored=bool(flags & SampleFlag.STORED),
    )


def _decode_status(frame: bytes) -> StatusFrame:
    if len(frame) != STATUS.size:
        raise DefectiveFrameError(Defect.TRUNCATED if len(frame) < STATUS.size else Defect.DAMAGED)
    _, flags, boot, low, high, percent, millivolts, centidegrees, cause = STATUS.unpack(frame)
    if flags & ~_STATUS_FLAGS or 100 < percent < UNKNOWN_PERCENT or cause > max(RestartCause):  # noqa: PLR2004 - %
        raise DefectiveFrameError(Defect.DAMAGED)
    return StatusFrame(
        boot,
        high << 32 | low,
        None if percent == UNKNOWN_PERCENT else percent,
        None if millivolts == UNKNOWN_MV else millivolts,
        None if centidegrees == UNKNOWN_CENTIDEGREES else centidegrees / 100,
        RestartCause(cause),
        lead_off=bool(flags & StatusFlag.LEAD_OFF),
        saturated=bool(flags & StatusFlag.SATURATED),
        charging=bool(flags & StatusFlag.CHARGING),
    )
