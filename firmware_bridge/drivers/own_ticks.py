"""The sensor's clock, of which a frame has only the low 16 bits: two seconds."""

from firmware_bridge.wire.frames import SampleFrame

TICK_HZ = 32_768
WRAP = 1 << 16
ALONE_S = 1.0
"""The 16 bits settle what is known to this."""
UNSTEADY = 0.1
"""By how much of a distance the number of frames may mislead: firmware may send frames before they are full."""


class Ticks:
    """Completes the ticks of one stream's frames within one run of the sensor.

    The count of samples says when a frame was taken, unless the count stands still; then the frames' sequence
    does. Ticks count from an arbitrary zero within two seconds of the first frame.
    """

    def __init__(self, fs_hz: float) -> None:
        self._per_sample = TICK_HZ / fs_hz
        self._known: tuple[int, int, int, int] | None = None  # sequence, counter, ticks, rows of the latest frame

    def complete(self, frame: SampleFrame) -> int:
        """Return the ticks of the frame's first sample; may be negative for frames sent again."""
        if self._known is None:
            ticks = frame.ticks
        else:
            sequence, counter, known, rows = self._known
            by_count = (frame.counter - counter) * self._per_sample
            by_sequence = (frame.sequence - sequence) * rows * self._per_sample
            doubt = ALONE_S * TICK_HZ + UNSTEADY * abs(by_sequence)
            near = known + round(by_count if abs(by_count - by_sequence) <= doubt else by_sequence)
            ticks = near + (frame.ticks - near + WRAP // 2) % WRAP - WRAP // 2
        if self._known is None or frame.sequence >= self._known[0]:
            self._known = (frame.sequence, frame.counter, ticks, len(frame.counts))
        return ticks
