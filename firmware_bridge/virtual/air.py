"""What happens to frames on their way: lost, damaged, repeated, out of order, between garbage."""

from collections.abc import Callable

import numpy as np

from firmware_bridge.virtual.faults import OF_FRAMES, Fault, FaultKind

MOST_GARBAGE = 40  # bytes


class Air:
    """The way from the sensor to the bridge, on which faults of frames befall the next so many frames.

    `wrap` is the carrier's envelope: bytes are damaged as they travel. The same seed damages the same bytes.
    """

    def __init__(self, seed: int, wrap: Callable[[bytes], bytes] = bytes) -> None:
        self._rng = np.random.default_rng(seed)
        self._wrap = wrap
        self._left = dict.fromkeys(OF_FRAMES, 0)
        self._late: bytes | None = None

    def begin(self, fault: Fault) -> None:
        """Let a fault befall the next frames; others than those of frames are none of the air's."""
        if fault.kind in OF_FRAMES:
            self._left[fault.kind] += fault.frames

    def clear(self) -> None:
        """Forget what is on its way and what was to befall it, as when a link is lost."""
        self._late = None
        self._left = dict.fromkeys(OF_FRAMES, 0)

    def through(self, frame: bytes) -> list[bytes]:
        """Return what arrives, in envelopes, when a frame is sent."""
        if self._befalls(FaultKind.DROP):
            return []
        if self._late is None and self._befalls(FaultKind.REORDER):
            self._late = frame
            return []
        pieces = [self._wrap(frame)]
        if self._late is not None:
            pieces.append(self._wrap(self._late))
            self._late = None
        if self._befalls(FaultKind.DUPLICATE):
            pieces.append(pieces[0])
        if self._befalls(FaultKind.FLIP):
            pieces[0] = self._flipped(pieces[0])
        if self._befalls(FaultKind.TRUNCATE):
            pieces[0] = pieces[0][: int(self._rng.integers(1, len(pieces[0])))]
        if self._befalls(FaultKind.GARBAGE):
            pieces.insert(0, self._rng.bytes(int(self._rng.integers(1, MOST_GARBAGE + 1))))
        return pieces

    def _befalls(self, kind: FaultKind) -> bool:
        if not self._left[kind]:
            return False
        self._left[kind] -= 1
        return True

    def _flipped(self, piece: bytes) -> bytes:
        """Change one byte, any bits of it."""
        at = int(self._rng.integers(len(piece)))
        return piece[:at] + bytes((piece[at] ^ int(self._rng.integers(1, 256)),)) + piece[at + 1 :]
