"""What a sensor keeps to send again: the latest frames of one stream, in a ring of fixed size."""

from bisect import bisect_right

from firmware_bridge.wire.frames import SampleFrame


class Ring:
    """The latest `size` frames of one stream, found by their sequence number; the oldest is overwritten."""

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"a ring of {size} frames; it must hold at least one")
        self._slots: list[SampleFrame | None] = [None] * size
        self._next = 0

    def __len__(self) -> int:
        return min(self._next, len(self._slots))

    @property
    def sequences(self) -> range:
        """Sequence numbers of the frames that are held."""
        return range(self._next - len(self), self._next)

    def append(self, frame: SampleFrame) -> None:
        """Keep a frame, whose sequence number must be the next one."""
        if frame.sequence != self._next:
            raise ValueError(f"frame {frame.sequence} comes after frame {self._next - 1}")
        self._slots[self._next % len(self._slots)] = frame
        self._next += 1

    def __getitem__(self, sequence: int) -> SampleFrame:
        frame = self._slots[sequence % len(self._slots)]
        if frame is None or sequence not in self.sequences:
            raise KeyError(sequence)
        return frame

    def with_samples(self, first: int, last: int) -> range:
        """Sequence numbers of the held frames that have a sample from counter `first` to `last`, inclusive."""
        held = self.sequences
        a = bisect_right(held, first, key=lambda sequence: self[sequence].counter + len(self[sequence].counts))
        b = bisect_right(held, last, key=lambda sequence: self[sequence].counter)
        return held[a:b]
