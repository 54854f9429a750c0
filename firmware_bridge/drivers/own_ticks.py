"""The sensor's clock, of which a frame has only the low 16 bits: two seconds."""

from bisect import bisect_left, insort
from dataclasses import dataclass

from firmware_bridge.wire.frames import SampleFrame

TICK_HZ = 32_768
WRAP = 1 << 16
ALONE_S = 1.0
"""The 16 bits settle what is known to this."""
UNSTEADY = 0.1
"""By how much of a distance the number of frames may mislead: firmware may send frames before they are full."""
BESIDE_STATUS_TICKS = TICK_HZ * 3 // 8
"""A live frame began between 250 ms before the last status and 1 s after it: the middle of that."""
PLAIN_S = 0.5
"""Where count and sequence agree to this, no clock is needed."""
AGAINST_FRAMES = 40
"""More than the frames between two statuses, and of a few that were lost."""
APART_S = 0.5
MOST_KNOWN = 7200
"""An hour at the least: longer than a sensor keeps what it may send again."""


@dataclass(frozen=True, slots=True, order=True)
class _Known:
    sequence: int
    counter: int
    ticks: int
    rows: int


class Ticks:
    """Completes the ticks of one stream's frames within one run of the sensor.

    A status has the clock in full, and settles the frames that come within a second of it. For others, and for
    frames sent again, the count of samples from the nearest frame whose ticks are known says when they were taken;
    where the count stands still, the frames' sequence does. The zero of ticks is arbitrary.
    """

    def __init__(self, fs_hz: float) -> None:
        self._per_sample = TICK_HZ / fs_hz
        self._known: list[_Known] = []  # in order of sequence, not closer than `APART_S`
        self._last: _Known | None = None
        self._zero: int | None = None  # what the sensor's clock showed at our 0
        self._against = 0  # frames in a row on which the status disagreed

    def complete(self, frame: SampleFrame, now: int | None = None) -> int:
        """Return the ticks of the frame's first sample; may be negative for frames sent again.

        `now` are the full ticks of a status that came just before a live frame.
        """
        near = self._nearest(frame.sequence)
        ticks, is_plain = frame.ticks, True
        if near is not None:
            by_count = (frame.counter - near.counter) * self._per_sample
            by_sequence = (frame.sequence - near.sequence) * near.rows * self._per_sample
            doubt = ALONE_S * TICK_HZ + UNSTEADY * abs(by_sequence)
            about = near.ticks + round(by_count if abs(by_count - by_sequence) <= doubt else by_sequence)
            ticks = _nearest_to(about, frame.ticks)
            is_plain = abs(by_count - by_sequence) <= PLAIN_S * TICK_HZ
        if now is not None and not frame.stored:
            ticks = self._settled(_nearest_to(now + BESIDE_STATUS_TICKS, frame.ticks), ticks, is_plain=is_plain)
        self._remember(_Known(frame.sequence, frame.counter, ticks, len(frame.counts)))
        return ticks

    def _settled(self, full: int, ticks: int, *, is_plain: bool) -> int:
        """Choose between what the status says and what the frames before say.

        A status may have been lost, so that the last one is old: where count and sequence agree they are believed,
        unless statuses say otherwise again and again.
        """
        if self._zero is None:
            self._zero = full - ticks
        if ticks == full - self._zero:
            self._against = 0
        else:
            self._against += 1
            if not is_plain or self._against > AGAINST_FRAMES:
                return full - self._zero
        return ticks

    def _nearest(self, sequence: int) -> _Known | None:
        """Return the known frame nearest in sequence, the last one among them."""
        candidates = self._beside(sequence)
        if self._last is not None:
            candidates.append(self._last)
        return min(candidates, key=lambda known: abs(known.sequence - sequence), default=None)

    def _beside(self, sequence: int) -> list[_Known]:
        i = bisect_left(self._known, sequence, key=lambda known: known.sequence)
        return self._known[max(0, i - 1) : i + 1]

    def _remember(self, now: _Known) -> None:
        self._last = now
        if all(abs(now.ticks - known.ticks) >= APART_S * TICK_HZ for known in self._beside(now.sequence)):
            insort(self._known, now)
            del self._known[:-MOST_KNOWN]


def _nearest_to(about: int, low: int) -> int:
    """Return the number nearest to `about` whose low 16 bits are `low`."""
    return about + (low - about + WRAP // 2) % WRAP - WRAP // 2
