"""What a BITalino (r)evolution says and sends (MCU data sheet; firmware-bitalino-revolution, uart.c, live.c)."""

from collections.abc import Callable, Sequence

RATES = {0x03: 1, 0x43: 10, 0x83: 100, 0xC3: 1000}
WIDTHS = (10, 10, 10, 10, 6, 6)


def crc4(bits: str) -> int:
    """Return the remainder of a message by x^4 + x + 1, by long division."""
    rest = int(bits + "0000", 2)
    for at in range(len(bits) - 1, -1, -1):
        if rest >> (at + 4) & 1:
            rest ^= 0b10011 << at
    return rest


def frame(sequence: int, values: Sequence[int], digital: int = 0b1100) -> bytes:
    """Return a frame: from its last byte on, sequence, CRC, I1 I2 O1 O2, then the channels, high bits first."""
    bits = f"{digital:04b}" + "".join(f"{value:0{width}b}" for value, width in zip(values, WIDTHS, strict=False))
    length = (8 + len(bits) + 7) // 8
    bits = bits.ljust(8 * (length - 1), "0")
    first_bytes = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))[::-1]
    message = "".join(f"{byte:08b}" for byte in first_bytes) + f"{sequence % 16:04b}"
    return first_bytes + bytes([(sequence % 16) << 4 | crc4(message)])


class Board:
    """The state of a board: commands in, answers out; `frames` makes the next so many frames."""

    def __init__(
        self, value: Callable[[int, int], int] = lambda sample, port: (sample * 7 + port * 100) % 1024
    ) -> None:
        self._value = value
        self.rate_hz = 1000
        self.ports: tuple[int, ...] = ()
        self.sample = 0
        self.live = False

    def answer(self, data: bytes) -> bytes:
        """Do what the commands say and return the answer."""
        answers = b""
        for command in data:
            if self.live:
                self.live = command not in (0x00, 0xFF)
            elif command & 3 == 1:
                self.ports = tuple(port for port in range(6) if command >> (2 + port) & 1)
                self.sample, self.live = 0, True
            elif command == 0x07:
                answers += b"BITalino_v5.2\n"
            elif command in RATES:
                self.rate_hz = RATES[command]
        return answers

    def values(self, sample: int) -> list[int]:
        """Return what the inputs read at a sample, six bits only from the fifth on."""
        wide = [self._value(sample, port) for port in self.ports]
        return [value >> (10 - width) for value, width in zip(wide, WIDTHS, strict=False)]

    def frames(self, n: int) -> bytes:
        """Return the next `n` frames."""
        first = self.sample
        self.sample += n
        return b"".join(frame(sample, self.values(sample)) for sample in range(first, first + n))
