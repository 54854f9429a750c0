"""What a bridge asks a sensor for, one class for each operation (PROTOCOL.md, "Commands and responses")."""

import struct
from dataclasses import dataclass
from typing import ClassVar, Self

from firmware_bridge.wire.frames import STREAM_NAMES, STREAM_TYPES, VERSION
from firmware_bridge.wire.operations import Operation
from firmware_bridge.wire.rows import WIDTHS

_CONFIGURE = struct.Struct("<BIBB")
_REPORT = struct.Struct("<BHII")


@dataclass(frozen=True, slots=True)
class _Plain:
    """A command without parameters."""

    def pack(self) -> bytes:
        """Return no bytes."""
        return b""

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Accept no bytes; raises `ValueError` for any."""
        if body:
            raise ValueError(f"{len(body)} bytes of parameters; there are none")
        return cls()


@dataclass(frozen=True, slots=True)
class Hello:
    """Ask who the sensor is, and say which versions the bridge speaks."""

    OPERATION: ClassVar = Operation.HELLO
    lowest: int = VERSION
    highest: int = VERSION

    def pack(self) -> bytes:
        """Return the parameters as bytes."""
        return struct.pack("<BB", self.lowest, self.highest)

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the parameters; raises `struct.error` or `ValueError`."""
        lowest, highest = struct.unpack("<BB", body)
        if lowest > highest:
            raise ValueError(f"versions from {lowest} to {highest}")
        return cls(lowest, highest)


@dataclass(frozen=True, slots=True)
class Serial(_Plain):
    """Ask for the serial number."""

    OPERATION: ClassVar = Operation.SERIAL


@dataclass(frozen=True, slots=True)
class Describe:
    """Ask what a channel of a stream is; channels count from 0."""

    OPERATION: ClassVar = Operation.DESCRIBE
    stream: str
    channel: int

    def pack(self) -> bytes:
        """Return the parameters as bytes."""
        return struct.pack("<BB", STREAM_TYPES[self.stream], self.channel)

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the parameters; raises `struct.error` or `ValueError`."""
        number, channel = struct.unpack("<BB", body)
        return cls(_stream(number), channel)


@dataclass(frozen=True, slots=True)
class Configure:
    """Ask for a rate (0: off), bits and coding of a stream."""

    OPERATION: ClassVar = Operation.CONFIGURE
    stream: str
    rate_hz: float
    bits: int
    coded: bool = False

    def pack(self) -> bytes:
        """Return the parameters as bytes."""
        return _CONFIGURE.pack(STREAM_TYPES[self.stream], round(self.rate_hz * 1000), self.bits, self.coded)

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the parameters; raises `struct.error` or `ValueError`."""
        number, rate_mhz, bits, coding = _CONFIGURE.unpack(body)
        if bits not in WIDTHS or coding > 1:
            raise ValueError(f"samples of {bits} bits in coding {coding}")
        return cls(_stream(number), rate_mhz / 1000, bits, coded=bool(coding))


@dataclass(frozen=True, slots=True)
class Start(_Plain):
    """Let frames flow; begin to sample where the sensor does not yet."""

    OPERATION: ClassVar = Operation.START


@dataclass(frozen=True, slots=True)
class Stop(_Plain):
    """End the run: no more samples, and none kept."""

    OPERATION: ClassVar = Operation.STOP


@dataclass(frozen=True, slots=True)
class Report:
    """Ask again for the samples from counter `first` to `last`, inclusive."""

    OPERATION: ClassVar = Operation.REPORT
    stream: str
    boot: int
    first: int
    last: int

    def pack(self) -> bytes:
        """Return the parameters as bytes."""
        return _REPORT.pack(STREAM_TYPES[self.stream], self.boot, self.first, self.last)

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the parameters; raises `struct.error` or `ValueError`."""
        number, boot, first, last = _REPORT.unpack(body)
        if first > last:
            raise ValueError(f"counters from {first} to {last}")
        return cls(_stream(number), boot, first, last)


@dataclass(frozen=True, slots=True)
class Count:
    """Ask which samples of a stream the sensor holds."""

    OPERATION: ClassVar = Operation.COUNT
    stream: str

    def pack(self) -> bytes:
        """Return the parameters as bytes."""
        return struct.pack("<B", STREAM_TYPES[self.stream])

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the parameters; raises `struct.error` or `ValueError`."""
        return cls(_stream(struct.unpack("<B", body)[0]))


@dataclass(frozen=True, slots=True)
class Abort(_Plain):
    """Give up the REPORT under way."""

    OPERATION: ClassVar = Operation.ABORT


Command = Hello | Serial | Describe | Configure | Start | Stop | Report | Count | Abort


def _stream(number: int) -> str:
    try:
        return STREAM_NAMES[number]
    except KeyError as error:
        raise ValueError(f"there is no stream of type {number}") from error
