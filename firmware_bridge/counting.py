"""Whether a sensor's count can be believed: held against its own clock and against what came before."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from firmware_bridge.readings import Chunk

RECENT = 32
"""Chunks of which the content is kept, to tell one that comes twice from a count that stands still."""
TICK_TOLERANCE_S = 0.004
"""What firmware may be late in reading its clock."""
RATE_TOLERANCE = 0.02
"""By how much an oscillator of the converter may differ from that of the clock, before it is known by how much."""
WANDER = 50e-6
"""By how much it may differ from what is known."""
SLIP_S = 0.25
"""Below it, a count that lags behind the clock without other signs of a fault is left as it is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with a chunk: take it, its count shifted by `slip` samples, or refuse it.

    `truly` is where a refused chunk belongs by the sensor's clock, in counts, None where that is not known.
    """

    refused: bool = False
    slip: int = 0
    truly: tuple[int, int] | None = None


class CountCheck:
    """The count of one stream."""

    def __init__(self, fs_hz: float) -> None:
        self._fs_hz = fs_hz
        self._rate = 0.0  # samples per tick, as known by now; 0 for a sensor without a clock
        self._known_s = 0.0  # over how long it was measured
        self._first: Chunk | None = None
        self._trusted: Chunk | None = None  # the last one that carried the stream on
        self._refused: Chunk | None = None
        self._recent: deque[Chunk] = deque(maxlen=RECENT)
        self.faulty = False
        """Whether contradictory chunks have come since the stream was last carried on."""

    def configure(self, tick_hz: float | None) -> None:
        """Learn the rate of the sensor's clock, None where it has none."""
        if tick_hz and not self._rate:
            self._rate = self._fs_hz / tick_hz

    def restart(self) -> None:
        """Begin a new epoch: the count begins anew, the oscillators are the same."""
        self._first = self._trusted = self._refused = None
        self._recent.clear()
        self.faulty = False

    def confirms(self, first: Chunk, chunk: Chunk) -> bool:
        """Tell whether two chunks of one run bear each other out, so that neither has a wrong count."""
        apart = self._apart(first, chunk)
        return chunk.counter != first.counter and (apart is None or abs(apart[0]) <= apart[1])

    def judge(self, chunk: Chunk, head: int) -> Verdict:
        """Say whether the chunk can be believed; `head` is the count up to which the stream is known.

        A count that stands still or runs back while the clock goes on is contradictory, and so is one that jumps
        against the clock, until the next chunk confirms it.
        """
        apart = self._apart(self._trusted, chunk)
        carries_on = chunk.counter >= head
        least = SLIP_S * self._fs_hz if carries_on and not self.faulty else 0.0
        slipped = apart is not None and abs(apart[0]) > max(apart[1], least)
        wrong = slipped and not self._confirmed(chunk) if carries_on else slipped or self._differs(chunk)
        slip = round(apart[0]) if apart is not None and slipped else 0
        if wrong:
            self._refused, self.faulty = chunk, True
            return Verdict(refused=True, truly=(chunk.counter + slip, chunk.end + slip) if slip else None)
        if chunk.end > head:
            self._trust(chunk, anew=slip != 0)
        self._recent.append(chunk)
        return Verdict(slip=slip)

    def _trust(self, chunk: Chunk, *, anew: bool) -> None:
        self._trusted, self._refused, self.faulty = chunk, None, False
        if self._first is None or anew:
            self._first = chunk
        first = self._first
        if self._rate and chunk.ticks is not None and first.ticks is not None:
            over_s = (chunk.counter - first.counter) / self._fs_hz
            if over_s > max(self._known_s, 1.0) and chunk.ticks > first.ticks:
                self._rate = (chunk.counter - first.counter) / (chunk.ticks - first.ticks)
                self._known_s = over_s

    def _apart(self, before: Chunk | None, chunk: Chunk) -> tuple[float, float] | None:
        """Return how many samples the clock went on beyond the count, and what of it is tolerated."""
        if before is None or before.ticks is None or chunk.ticks is None or not self._rate:
            return None
        by_count = chunk.counter - before.counter
        uncertain = RATE_TOLERANCE
        if self._known_s:
            uncertain = min(RATE_TOLERANCE, WANDER + 2 * TICK_TOLERANCE_S / self._known_s)
        return (
            (chunk.ticks - before.ticks) * self._rate - by_count,
            max(1.0, TICK_TOLERANCE_S * self._fs_hz) + uncertain * abs(by_count),
        )

    def _confirmed(self, chunk: Chunk) -> bool:
        """Tell whether the chunk goes on from the last one that was refused, by count and by clock."""
        apart = self._apart(self._refused, chunk)
        return (
            self._refused is not None
            and chunk.counter == self._refused.end
            and apart is not None
            and abs(apart[0]) <= apart[1]
        )

    def _differs(self, chunk: Chunk) -> bool:
        """Tell whether the chunk contradicts samples that came lately."""
        for other in self._recent:
            a, b = max(chunk.counter, other.counter), min(chunk.end, other.end)
            if a < b and not np.array_equal(
                chunk.counts[a - chunk.counter : b - chunk.counter],
                other.counts[a - other.counter : b - other.counter],
            ):
                return True
        return False
