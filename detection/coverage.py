"""What could be seen of the night: usable time, and what was lost to which cause."""

from dataclasses import dataclass

import numpy as np

from detection.ticks import REASONS, State
from signals import Gap, GapReason, seconds_at


@dataclass(frozen=True, slots=True)
class Coverage:
    """Exposure of one EMG stream.

    `monitored_s` is the length of the recording, `usable_s` what remains of it when every loss in `lost_s`
    (by cause) is taken off; `gaps` are the losses one by one, in samples of the EMG stream.
    """

    monitored_s: float
    usable_s: float
    lost_s: dict[GapReason, float]
    gaps: tuple[Gap, ...]


class CoverageMeter:
    """Adds up states hop by hop, and joins equal neighbours into gaps."""

    def __init__(self, stream: str, hop_samples: int) -> None:
        self._stream = stream
        self._hop = hop_samples
        self._gaps: list[Gap] = []
        self._open: tuple[int, int] | None = None  # first sample and code of the loss in progress
        self._end = 0

    def update(self, states: State) -> None:
        """Add the states of the next hops."""
        code = self._open[1] if self._open else 0
        changes = np.flatnonzero(np.diff(states, prepend=code))
        for hop in changes.tolist():
            self._close(self._end + hop * self._hop)
            if states[hop]:
                self._open = (self._end + hop * self._hop, int(states[hop]))
        self._end += len(states) * self._hop

    def result(self, end_sample: int, fs_hz: float) -> Coverage:
        """Return the coverage of the recording up to `end_sample`."""
        if self._open and self._open[0] > end_sample - self._hop:
            self._open = None  # the rest of the last hop, which the end of the recording cut off
        self._close(end_sample)
        lost = {
            reason: seconds_at(sum(g.end - g.first_sample for g in self._gaps if g.reason is reason), fs_hz)
            for reason in REASONS
        }
        monitored_s = seconds_at(end_sample, fs_hz)
        usable_s = max(0.0, monitored_s - sum(lost.values()))
        return Coverage(monitored_s, usable_s, lost, tuple(self._gaps))

    def _close(self, end: int) -> None:
        if self._open and end > self._open[0]:
            self._gaps.append(Gap(self._stream, self._open[0], end, REASONS[self._open[1] - 1]))
        self._open = None
