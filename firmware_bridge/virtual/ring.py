"""What a sensor keeps to send again: the latest frames of one stream."""

from bisect import bisect_right

from firmware_bridge.wire.frames import SampleFrame


class Ring:
    """The latest frames of one stream, found by sequence number; at least `samples` samples once so many are there.

    The oldest frame goes as soon as the others hold enough.
    """

    def __init__(self, samples: int) -> None:
        if samples < 1:
            raise ValueError(f"a ring of {samples} samples; it must hold at least one")
        self._wanted, self._held = samples, 0
        self._frames: dict[int, SampleFrame] = {}
        self.sequences = range(0)

    def __len__(self) -> int:
        return len(self._frames)

    def __getitem__(self, sequence: int) -> SampleFrame:
        return self._frames[sequence]

    def append(self, frame: SampleFrame) -> None:
        """Keep a frame, whose sequence number must be the next one."""
        oldest, end = self.sequences.start, self.sequences.stop
        if frame.sequence != end:
            raise ValueError(f"frame {frame.sequence} comes after frame {end - 1}")
        self._frames[frame.sequence] = frame
        self._held += len(frame.counts)
        while self._held - len(self._frames[oldest].counts) >= self._wanted:
            self._held -= len(self._frames.pop(oldest).counts)
            oldest += 1
        self.sequences = range(oldest, end + 1)

    def with_samples(self, first: int, last: int) -> range:
        """Sequence numbers of the held frames that have a sample from counter `first` to `last`, inclusive."""
        held = self.sequences
        a = bisect_right(held, first, key=lambda sequence: self[sequence].counter + len(self[sequence].counts))
        b = bisect_right(held, last, key=lambda sequence: self[sequence].counter)
        return held[a:b]
