"""Sending kept frames again, a few at a time, while live frames go on."""

from dataclasses import dataclass

from firmware_bridge.virtual.ring import Ring
from firmware_bridge.wire.commands import Report
from firmware_bridge.wire.frames import SampleFrame


@dataclass(slots=True)
class Reporting:
    """One REPORT under way: which frames (by sequence number) are still to be sent, and how many have been.

    A frame that is overwritten before its turn is left out, and not counted.
    """

    command: Report
    transaction: int
    waiting: range
    sent: int = 0
    credit: float = 0.0

    def next_frames(self, ring: Ring, allowance: float) -> list[SampleFrame]:
        """Return the frames whose turn it is; `allowance` is how many more may now be sent."""
        self.credit += allowance
        waiting = range(max(self.waiting.start, ring.sequences.start), self.waiting.stop)
        now, self.waiting = waiting[: int(self.credit)], waiting[int(self.credit) :]
        self.credit -= len(now)
        self.sent += len(now)
        return [ring[sequence] for sequence in now]

    @property
    def done(self) -> bool:
        """Whether all have been sent."""
        return not self.waiting
