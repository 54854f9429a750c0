"""The serial envelope: COBS(frame, CRC-32 little-endian), then 0x00 (PROTOCOL.md, "Serial")."""

import struct
import zlib

from cobs import cobs

from firmware_bridge.wire.frames import LONGEST_FRAME

_CRC = struct.Struct("<I")
LONGEST_ENVELOPE = (
    LONGEST_FRAME + _CRC.size + (LONGEST_FRAME + _CRC.size) // 254 + 1
)  # COBS: a byte per 254 and one


def wrap(frame: bytes) -> bytes:
    """Return the bytes of one frame on a serial line; raises `ValueError` for an empty or too long frame."""
    if not 1 <= len(frame) <= LONGEST_FRAME:
        raise ValueError(f"a frame of {len(frame)} bytes; it can have 1 to {LONGEST_FRAME}")
    return cobs.encode(frame + _CRC.pack(zlib.crc32(frame))) + b"\0"


class Unwrapper:
    """Frames out of a serial line, however it is cut; finds its way back at the next zero after garbage.

    `damaged` counts what stood between two zeros and was no frame. Holds at most `LONGEST_ENVELOPE` bytes.
    """

    def __init__(self) -> None:
        self.damaged = 0
        self._rest = b""
        self._overlong = False

    @property
    def held(self) -> int:
        """Bytes of a piece that has not ended yet."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """Return the frames that are complete with `data`, in order."""
        *pieces, rest = data.split(b"\0")
        frames: list[bytes] = []
        for piece in pieces:
            self._extend(piece)
            if self._rest:
                frame = _unwrapped(self._rest)
                if frame is None:
                    self.damaged += 1
                else:
                    frames.append(frame)
            self._rest, self._overlong = b"", False
        self._extend(rest)
        return frames

    def _extend(self, piece: bytes) -> None:
        if self._overlong:
            return
        self._rest += piece
        if len(self._rest) > LONGEST_ENVELOPE:
            self.damaged += 1
            self._rest, self._overlong = b"", True


def _unwrapped(piece: bytes) -> bytes | None:
    try:
        content = cobs.decode(piece)
    except cobs.DecodeError:
        return None
    frame, crc = content[: -_CRC.size], content[-_CRC.size :]
    if not 1 <= len(frame) <= LONGEST_FRAME or crc != _CRC.pack(zlib.crc32(frame)):
        return None
    return frame
