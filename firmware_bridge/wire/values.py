"""What responses carry, one class for each operation that answers with values (PROTOCOL.md, "Commands")."""

import math
import struct
from dataclasses import dataclass
from typing import ClassVar, Self

from firmware_bridge.wire.rows import WIDTHS

_IDENTITY = struct.Struct("<BH3sHHBB")
_DESCRIPTION = struct.Struct("<Bf2sI")
_NUMBER = struct.Struct("<I")
_HELD = struct.Struct("<HII")
LONGEST_SERIAL = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """HELLO: what the sensor is and what the link carries. `firmware` is major, minor, patch."""

    LEAST_BYTES: ClassVar = _IDENTITY.size
    version: int
    boot: int
    firmware: tuple[int, int, int]
    keeps_s: int
    frames_per_s: int
    emg_channels: int
    acc_channels: int

    def pack(self) -> bytes:
        """Return the bytes; raises `struct.error` or `ValueError` for a field out of its range."""
        return _IDENTITY.pack(
            self.version,
            self.boot,
            bytes(self.firmware),
            self.keeps_s,
            self.frames_per_s,
            self.emg_channels,
            self.acc_channels,
        )

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the bytes; raises `struct.error` or `ValueError` where they are none."""
        version, boot, firmware, keeps_s, frames_per_s, emg, acc = _IDENTITY.unpack(body)
        if not 1 <= emg <= 8 or acc not in (0, 3):  # noqa: PLR2004 - channels of a row, axes
            raise ValueError(f"{emg} EMG and {acc} acceleration channels")
        return cls(
            version=version,
            boot=boot,
            firmware=(firmware[0], firmware[1], firmware[2]),
            keeps_s=keeps_s,
            frames_per_s=frames_per_s,
            emg_channels=emg,
            acc_channels=acc,
        )


@dataclass(frozen=True, slots=True)
class SerialNumber:
    """SERIAL: 1 to 16 printable ASCII characters."""

    LEAST_BYTES: ClassVar = 1
    text: str

    def pack(self) -> bytes:
        """Return the bytes; raises `ValueError` for text that is not such."""
        body = self.text.encode("ascii")
        if not 1 <= len(body) <= LONGEST_SERIAL or not self.text.isprintable():
            raise ValueError(
                f"a serial number {self.text!r}; 1 to {LONGEST_SERIAL} printable characters are needed"
            )
        return body

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the bytes; raises `ValueError` where they are none."""
        number = cls(body.decode("ascii"))
        number.pack()
        return number


@dataclass(frozen=True, slots=True)
class Description:
    """DESCRIBE: one channel. `gain` is uV or g per count (a 32-bit float), `place` a muscle or axis."""

    LEAST_BYTES: ClassVar = _DESCRIPTION.size
    bits: int
    gain: float
    place: str
    highest_hz: float

    def pack(self) -> bytes:
        """Return the bytes; raises `struct.error`, `OverflowError` or `ValueError` for a field out of its range."""
        place = self.place.ljust(2).encode("ascii")
        if len(place) != 2:  # noqa: PLR2004 - the field's bytes
            raise ValueError(f"a place {self.place!r}; it has 1 or 2 characters")
        return _DESCRIPTION.pack(self.bits, self.gain, place, round(self.highest_hz * 1000))

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the bytes; raises `struct.error` or `ValueError` where they are none."""
        bits, gain, place, highest_mhz = _DESCRIPTION.unpack(body)
        text = place.decode("ascii").rstrip(" ")
        if bits not in WIDTHS or not math.isfinite(gain) or gain == 0 or not text or not text.isprintable():
            raise ValueError(f"a channel of {bits} bits, {gain} per count, at {text!r}")
        return cls(bits, gain, text, highest_mhz / 1000)


@dataclass(frozen=True, slots=True)
class Granted:
    """CONFIGURE: the rate granted, or with `RATE_DOES_NOT_FIT` the highest that fits."""

    LEAST_BYTES: ClassVar = _NUMBER.size
    rate_hz: float

    def pack(self) -> bytes:
        """Return the bytes; raises `struct.error` for a rate out of range."""
        return _NUMBER.pack(round(self.rate_hz * 1000))

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the bytes; raises `struct.error` where they are none."""
        return cls(_NUMBER.unpack(body)[0] / 1000)


@dataclass(frozen=True, slots=True)
class Sent:
    """REPORT: the number of stored frames that were sent."""

    LEAST_BYTES: ClassVar = _NUMBER.size
    frames: int

    def pack(self) -> bytes:
        """Return the bytes; raises `struct.error` for a number out of range."""
        return _NUMBER.pack(self.frames)

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the bytes; raises `struct.error` where they are none."""
        return cls(_NUMBER.unpack(body)[0])


@dataclass(frozen=True, slots=True)
class Held:
    """COUNT: the oldest and newest counter that the sensor holds of a stream, both inclusive."""

    LEAST_BYTES: ClassVar = _HELD.size
    boot: int
    oldest: int
    newest: int

    def pack(self) -> bytes:
        """Return the bytes; raises `struct.error` for a field out of its range."""
        return _HELD.pack(self.boot, self.oldest, self.newest)

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """Read the bytes; raises `struct.error` or `ValueError` where they are none."""
        held = cls(*_HELD.unpack(body))
        if held.oldest > held.newest:
            raise ValueError(f"counters from {held.oldest} to {held.newest}")
        return held


Values = Identity | SerialNumber | Description | Granted | Sent | Held
