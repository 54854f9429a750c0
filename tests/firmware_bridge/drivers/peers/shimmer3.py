"""What a Shimmer3 with LogAndStream says and sends.

After ShimmerResearch/log-and-stream-common and BrainFlow's shimmer3_defines.h. The CRC is divided
bit by bit, by x^16 + x^12 + x^5 + 1 from 0xB0CA, over an even number of bytes.
"""

import struct
from collections.abc import Callable

TICK_HZ = 32_768
ACC, EXG_24, EXG_16 = (0x00, 0x01, 0x02), (0x1D, 0x1E, 0x1F), (0x1D, 0x23, 0x24)
CALIBRATION = bytes.fromhex(  # of an accelerometer KXTC9-2050; pyshimmer's test of GetAllCalibration begins with it
    "08cd08cd08cd 005c005c005c 009c009c000000009c".replace(" ", "")
)


def crc16(data: bytes) -> bytes:
    """Return the two bytes that are put after `data`."""
    crc = 0xB0CA
    for byte in data + bytes(len(data) % 2):
        for bit in range(7, -1, -1):
            top = (crc >> 15) ^ (byte >> bit & 1)
            crc = (crc << 1 & 0xFFFF) ^ (0x1021 if top else 0)
    return struct.pack("<H", crc)


def packet(ticks: int, acc: tuple[int, int, int], exg: tuple[int, int], bits: int = 24) -> bytes:
    """Return a data packet with its CRC; acceleration 0 to 4095, EMG signed, status 0x80."""
    body = b"\0" + (ticks % 2**24).to_bytes(3, "little") + struct.pack("<3H", *acc) + b"\x80"
    body += b"".join(value.to_bytes(bits // 8, "big", signed=True) for value in exg)
    return body + crc16(body)


def status() -> bytes:
    """Return a status that the sensor sends unasked, as when it is put into its dock."""
    return b"\x8a\x71\x25" + crc16(b"\x8a\x71\x25")


class Sensor:
    """The state of a sensor: commands in, answers out; `packets` makes the next so many packets."""

    def __init__(
        self, *, ticks: int = 1_000_000, calibration: bytes = CALIBRATION, hardware: int = 3, kind: int = 3
    ) -> None:
        self.ticks = ticks
        self.sample = 0
        self.streaming = False
        self.crc = False
        self.divider = 0
        self.mask = 0
        self._exg = {0: bytes(10), 1: bytes(10)}
        self._calibration, self._hardware, self._kind = calibration, hardware, kind
        self._held = b""

    @property
    def bits(self) -> int:
        """Of the EMG."""
        return 24 if self.mask & 0x10 else 16

    def answer(self, data: bytes) -> bytes:
        """Do what the commands say and return the answers."""
        self._held += data
        answers = b""
        while self._held:
            n = self._length(self._held)
            if len(self._held) < n:
                break
            command, self._held = self._held[:n], self._held[n:]
            answer = b"\xff" + self._handlers().get(command[0], lambda _: b"")(command[1:])
            answers += answer + (crc16(answer) if self.crc else b"")
        return answers

    def packets(self, n: int) -> bytes:
        """Return the next `n` packets."""
        made = b""
        for _ in range(n):
            made += packet(self.ticks, self.acc(self.sample), self.exg(self.sample), self.bits)
            self.sample += 1
            self.ticks += self.divider
        return made

    @staticmethod
    def acc(sample: int) -> tuple[int, int, int]:
        """Return the acceleration of a sample, 0 to 4095."""
        return 2253 + sample % 100, 2253 - sample % 50, 1351  # about 1 g on Z

    def exg(self, sample: int) -> tuple[int, int]:
        """Return the EMG of a sample, both channels."""
        top = 2 ** (self.bits - 1)
        return (sample * 12_345) % (2 * top) - top, -sample % 1000

    @staticmethod
    def _length(held: bytes) -> int:
        lengths = {0x05: 3, 0x08: 4, 0x63: 4, 0x8B: 2}
        if held[0] == 0x61:
            return 4 + held[3] if len(held) > 3 else 5
        return lengths.get(held[0], 1)

    def _handlers(self) -> dict[int, Callable[[bytes], bytes]]:
        return {
            0x01: lambda _: self._inquiry(),
            0x05: self._set_rate,
            0x07: lambda _: self._stream(on=True),
            0x08: self._set_sensors,
            0x20: lambda _: self._stream(on=False),
            0x2C: lambda _: b"\x2d" + self._calibration + bytes(63),
            0x2E: lambda _: b"\x2f" + struct.pack("<HHBB", self._kind, 0, 16, 2),
            0x3F: lambda _: bytes((0x25, self._hardware)),
            0x61: self._set_exg,
            0x63: lambda args: bytes((0x62, args[2])) + self._exg[args[0]][args[1] : args[1] + args[2]],
            0x8B: self._set_crc,
        }

    def _inquiry(self) -> bytes:
        channels = (ACC if self.mask & 0x80 else ()) + (EXG_24 if self.mask & 0x10 else EXG_16)
        return struct.pack("<BH4sBB", 0x02, self.divider, bytes(4), len(channels), 1) + bytes(channels)

    def _set_rate(self, args: bytes) -> bytes:
        self.divider = int.from_bytes(args, "little")
        return b""

    def _set_sensors(self, args: bytes) -> bytes:
        self.mask = int.from_bytes(args, "little")
        return b""

    def _set_exg(self, args: bytes) -> bytes:
        self._exg[args[0]] = args[3:]
        return b""

    def _set_crc(self, args: bytes) -> bytes:
        self.crc = args[0] == 2
        return b""

    def _stream(self, *, on: bool) -> bytes:
        self.streaming = on
        return b""
