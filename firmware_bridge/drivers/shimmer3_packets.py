"""The data packets of a Shimmer3 with LogAndStream firmware, found in a stream of bytes.

A packet is 0x00, 24-bit ticks of 32 768 Hz (little-endian), the channels in the order that the inquiry response
lists, and, once asked for, a CRC of 16 bits (low byte first). Between packets the sensor may put an acknowledgement
(0xFF) or a status (0x8A 0x71 and one byte), with a CRC too. Sources: ShimmerResearch/log-and-stream-common (Comms,
CRC, Sensing), BrainFlow's shimmer3_defines.h for the formats of the channels.
"""

import binascii
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from firmware_bridge.readings import Defect

ACC_X, ACC_Y, ACC_Z = 0x00, 0x01, 0x02
EXG1_STATUS = 0x1D
EXG1_24 = (0x1E, 0x1F)
EXG1_16 = (0x23, 0x24)
FORMATS = {
    ACC_X: "<u2",
    ACC_Y: "<u2",
    ACC_Z: "<u2",
    EXG1_STATUS: "u1",
    **dict.fromkeys(EXG1_24, ">i3"),
    **dict.fromkeys(EXG1_16, ">i2"),
}
"""Of the channels that are asked for; numpy has no i3."""
HEAD, CRC_BYTES = 4, 2
ACK, STATUS = b"\xff", b"\x8a\x71"
CONTROL_LENGTHS = (3, 5, 6)  # acknowledgement; status; status after an acknowledgement
_TABLE = np.array([binascii.crc_hqx(bytes([i]), 0) for i in range(256)], np.uint16)


@dataclass(frozen=True, slots=True)
class Packets:
    """Packets in a row: wrapped ticks, shape (n,), and the bytes of the channels, shape (n, bytes)."""

    ticks: NDArray[np.int64]
    body: NDArray[np.uint8]


def crc(packets: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Return the CRC of each row: CCITT from 0xB0CA; a row of odd length is followed by a zero."""
    value = np.full(len(packets), 0xB0CA, np.uint16)
    padding = [np.zeros(len(packets), np.uint8)] if packets.shape[1] % 2 else []
    for byte in (*packets.T, *padding):
        value = _TABLE[value >> 8 ^ byte] ^ np.left_shift(value, np.uint16(8))
    return value


def column(body: NDArray[np.uint8], channels: Sequence[int], channel: int) -> NDArray[np.int32]:
    """Return one channel of the bodies of packets that hold `channels` in this order."""
    at = sum(int(FORMATS[before][-1]) for before in channels[: channels.index(channel)])
    kind = FORMATS[channel]
    part = np.ascontiguousarray(body[:, at : at + int(kind[-1])])
    if kind != ">i3":
        return part.view(kind)[:, 0].astype(np.int32)
    wide = np.zeros((len(part), 4), np.uint8)
    wide[:, :3] = part
    return wide.view(">i4")[:, 0].astype(np.int32) >> 8


class PacketDecoder:
    """Finds packets in bytes, whatever the pieces they come in; the same bytes give the same packets."""

    def __init__(self, channels: Sequence[int], defects: Counter[Defect]) -> None:
        self._defects = defects
        self.length = HEAD + sum(int(FORMATS[channel][-1]) for channel in channels) + CRC_BYTES
        self._held = np.zeros(0, np.uint8)
        self._locked = False
        self._begun = False
        self._skipped = 0

    def end(self) -> None:
        """Count what was cut off by the end of the link."""
        if self._begun and len(self._held):
            self._defects[Defect.TRUNCATED] += 1
        self._held = np.zeros(0, np.uint8)

    def feed(self, data: bytes) -> list[Packets]:
        """Return the packets that are complete with these bytes."""
        self._held = np.concatenate([self._held, np.frombuffer(data, np.uint8)])
        found: list[Packets] = []
        while self._locked or self._hunt():
            n = len(self._held) // self.length
            rows = self._held[: n * self.length].reshape(n, self.length)
            good = _good(rows)
            end = n if good.all() else int(np.argmin(good))
            if end:
                found.append(_packets(rows[:end]))
            self._held = self._held[end * self.length :]
            if not len(self._held) or not self._pass_control(certain=end < n):
                break
        return found

    def _pass_control(self, *, certain: bool) -> bool:
        """Pass over what is no packet at the front; says whether to look for packets again."""
        if self._held[0] == 0 and not certain:  # a packet that is not complete yet
            return False
        if self._held[0] != 0:
            front = bytes(self._held[: max(CONTROL_LENGTHS)])
            for n in CONTROL_LENGTHS:
                if len(front) >= n and _is_control(front[:n]):
                    self._held = self._held[n:]
                    return len(self._held) > 0
            if len(front) < max(CONTROL_LENGTHS) and front[:1] in (ACK, STATUS[:1]):
                return False
        self._locked = False
        return True

    def _hunt(self) -> bool:
        """Look for a packet; says whether one is at the front now."""
        places = len(self._held) - self.length + 1
        if places <= 0:
            return False
        good = _good(sliding_window_view(self._held, self.length))
        at = int(np.argmax(good)) if good.any() else places
        self._skipped += at
        self._held = self._held[at:]
        if at == places:
            return False
        if self._skipped and self._begun:
            self._defects[Defect.DAMAGED] += max(1, round(self._skipped / self.length))
        self._skipped, self._locked, self._begun = 0, True, True
        return True


def _good(rows: NDArray[np.uint8]) -> NDArray[np.bool_]:
    sent = rows[:, -2].astype(np.uint16) | rows[:, -1].astype(np.uint16) << 8
    return (rows[:, 0] == 0) & (crc(rows[:, :-CRC_BYTES]) == sent)


def _packets(rows: NDArray[np.uint8]) -> Packets:
    ticks = rows[:, 1].astype(np.int64) | rows[:, 2].astype(np.int64) << 8 | rows[:, 3].astype(np.int64) << 16
    return Packets(ticks, rows[:, HEAD:-CRC_BYTES])


def _is_control(data: bytes) -> bool:
    body = data[:-CRC_BYTES]
    known = body == ACK or (
        body.startswith((STATUS, ACK + STATUS)) and len(body) == len(STATUS) + 1 + (body[:1] == ACK)
    )
    value = int(crc(np.frombuffer(body, np.uint8)[np.newaxis])[0])
    return known and data[-CRC_BYTES:] == value.to_bytes(CRC_BYTES, "little")
