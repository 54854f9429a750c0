"""Sending kept frames again, a few at a time, while live frames go on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firmware_bridge.virtual.ring import Ring
from firmware_bridge.wire.commands import Report
from firmware_bridge.wire.frames import SampleFrame


@dataclass(slots=True)
class Reporting:
    """One REPORT under way: which frames (by sequence number) are still to be sent, and how many have been.

    A frame that has gone from the ring before its turn is left out, and not counted.
    """

    command: Report
    transaction: int
    waiting: range
    sent: int = 0
    credit: float = 0.0

    def next_frames(
        self, ring: Ring, allowance: float, split: Callable[[SampleFrame], Sequence[SampleFrame]]
    ) -> list[SampleFrame]:
        """Return the frames whose turn it is, in parts that the link carries.

        `allowance` is how many more frames may now be sent.
        """
        self.credit += allowance
        self.waiting = range(max(self.waiting.start, ring.sequences.start), self.waiting.stop)
        now: list[SampleFrame] = []
        while self.waiting and self.credit >= 1:
            parts = split(ring[self.waiting.start])
            self.waiting = self.waiting[1:]
            self.credit -= len(parts)
            now += parts
        self.sent += len(now)
        return now

    @property
    def done(self) -> bool:
        """Whether all have been sent."""
        return not self.waiting
