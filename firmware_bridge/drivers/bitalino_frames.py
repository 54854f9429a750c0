"""The frames of a BITalino (r)evolution, found in a stream of bytes.

A frame of n analogue channels (BITalino (r)evolution MCU data sheet; firmware-bitalino-revolution, live.c, uart.c),
seen from its end: sequence (high nibble) and CRC-4 of x^4 + x + 1 over everything before it; digital ports I1 I2 O1
O2 and then the channels from the most significant bit on, channels 1 to 4 of 10 bits, 5 and 6 of 6. So short a
check lets one damaged frame in sixteen pass.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from firmware_bridge.readings import Defect
from signals import Counts

LENGTHS = (3, 4, 6, 7, 8, 8)
"""Bytes of a frame of 1, 2 ... 6 channels."""
TO_LOCK = 4
"""Frames in a row, each with a good CRC and the next sequence, that are taken for a stream."""
SURE = 4
"""By how many frames the sequence may differ from what the skipped bytes say, of 16."""


def _remainder(nibble: int) -> int:
    """Return the remainder of x^4 times a polynomial of degree 3 by x^4 + x + 1."""
    rest = nibble << 4
    for shift in (3, 2, 1, 0):
        rest ^= 0b10011 << shift if rest >> (shift + 4) & 1 else 0
    return rest


_CRC = np.array([_remainder(nibble) for nibble in range(16)], np.uint8)


@dataclass(frozen=True, slots=True)
class Run:
    """Frames without a hole: counts of shape (n, channels), and how many frames after the last run the first comes.

    `step` is 1 where nothing is missing, None where nobody can tell how much is.
    """

    counts: Counts
    step: int | None


def unpack(frames: NDArray[np.uint8], channels: int) -> Counts:
    """Return the channels, shape (n, channels), of frames of shape (n, length)."""
    f = frames.astype(np.int32)
    columns = [(f[:, -2] & 0x0F) << 6 | f[:, -3] >> 2]
    if channels > 1:
        columns.append((f[:, -3] & 0x03) << 8 | f[:, -4])
    if channels > 2:  # noqa: PLR2004 - the layout's own numbers
        columns.append(f[:, -5] << 2 | f[:, -6] >> 6)
    if channels > 3:  # noqa: PLR2004
        columns.append((f[:, -6] & 0x3F) << 4 | f[:, -7] >> 4)
    if channels > 4:  # noqa: PLR2004
        columns.append((f[:, -7] & 0x0F) << 2 | f[:, -8] >> 6)
    if channels > 5:  # noqa: PLR2004
        columns.append(f[:, -8] & 0x3F)
    return np.stack(columns, axis=1)


def check(frames: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which frames, shape (n, length), have the right CRC."""
    crc = np.zeros(len(frames), np.uint8)
    for column in frames.T[:-1]:
        crc = _CRC[_CRC[crc] ^ column >> 4] ^ column & 0x0F
    crc = _CRC[crc] ^ frames[:, -1] >> 4
    return _CRC[crc] == frames[:, -1] & 0x0F


class FrameDecoder:
    """Finds frames in bytes, whatever the pieces they come in; the same bytes give the same frames.

    In lock, a frame is taken where its CRC is right and its sequence is the next. Where that fails the lock is
    lost; it is found again at the first place where `TO_LOCK` frames follow each other. How many were lost between
    is said by the sequence (0 to 15) and by the number of bytes skipped, together or not at all.
    """

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self.length = LENGTHS[channels - 1]
        self.defects: Counter[Defect] = Counter()
        self._held = np.zeros(0, np.uint8)
        self._sequence = -1  # of the last good frame; -1 before the first
        self._locked = False
        self._skipped = 0

    def restart(self) -> None:
        """Begin a new stream; bytes of a frame that was cut off are counted."""
        if len(self._held):
            self.defects[Defect.TRUNCATED] += 1
        self._held = np.zeros(0, np.uint8)
        self._sequence, self._locked, self._skipped = -1, False, 0

    def feed(self, data: bytes) -> list[Run]:
        """Return the runs of frames that are complete with these bytes."""
        self._held = np.concatenate([self._held, np.frombuffer(data, np.uint8)])
        runs: list[Run] = []
        step: int | None = 1
        while True:
            if not self._locked:
                found, step = self._hunt()
                if not found:
                    return runs
            counts = self._take()
            if len(counts):
                runs.append(Run(counts, step))
            step = 1
            if self._locked:
                return runs

    def _take(self) -> Counts:
        """Take the good frames at the front; leaves the lock at the first that is not good."""
        n = len(self._held) // self.length
        frames = self._held[: n * self.length].reshape(n, self.length)
        expected = (self._sequence + 1 + np.arange(n)) % 16
        good = check(frames) & (frames[:, -1] >> 4 == expected)
        end = n if good.all() else int(np.argmin(good))
        self._locked = end == n
        self._sequence = (self._sequence + end) % 16
        counts = unpack(frames[:end], self.channels)
        self._held = self._held[end * self.length :]
        return counts

    def _hunt(self) -> tuple[bool, int | None]:
        """Look for `TO_LOCK` frames in a row; say whether they are there, and how many frames after the last."""
        places = len(self._held) - TO_LOCK * self.length + 1
        if places <= 0:
            return False, None
        windows = sliding_window_view(self._held, self.length)
        good, sequence = check(windows), windows[:, -1] >> 4
        row = np.ones(places, np.bool_)
        for i in range(TO_LOCK):
            part = slice(i * self.length, i * self.length + places)
            row &= good[part] & (sequence[part] == (sequence[:places] + i) % 16)
        at = int(np.argmax(row)) if row.any() else places
        self._skipped += at
        if at == places:
            self._held = self._held[at:]
            return False, None
        step = self._step(int(sequence[at]))
        if self._skipped:
            self.defects[Defect.DAMAGED] += max(1, round(self._skipped / self.length))
        self._held, self._skipped, self._locked = self._held[at:], 0, True
        self._sequence = (int(sequence[at]) - 1) % 16
        return True, step

    def _step(self, sequence: int) -> int | None:
        if self._sequence < 0:
            return None
        likely = self._skipped / self.length + 1
        step = (sequence - self._sequence - 1) % 16 + 1
        step += max(0, 16 * round((likely - step) / 16))
        return step if abs(step - likely) < SURE else None
