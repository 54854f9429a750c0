"""Why samples are lost, where more is known of it than that they are."""

from collections.abc import Mapping
from itertools import pairwise

from signals import CountedStream, Gap, GapReason, sample_at

MERGED_S = 1.0
"""Faults this close to each other are one."""


class Losses:
    """Stretches of the night in which the host did not run, or a stream's count could not be believed."""

    def __init__(self, streams: Mapping[str, CountedStream]) -> None:
        self._streams = streams
        self._stopped: list[tuple[float, float]] = []
        self._faults: dict[str, list[tuple[int, int]]] = {name: [] for name in streams}

    def host_stopped(self, began_s: float, ended_s: float) -> None:
        """Note that the host did not run, in seconds of the night."""
        if began_s < ended_s:
            self._stopped.append((began_s, ended_s))

    def count_failed(self, stream: str, first: int, end: int, *, still: bool = False) -> None:
        """Note samples whose count contradicted itself; `still`: no sound one has come since the last such."""
        if still and self._faults[stream]:
            first = min(first, self._faults[stream][-1][1])
        near = round(MERGED_S * self._streams[stream].fs_hz)
        apart = [fault for fault in self._faults[stream] if fault[1] + near < first or end + near < fault[0]]
        joined = [fault for fault in self._faults[stream] if fault not in apart]
        joined.append((first, end))
        self._faults[stream] = [*apart, (min(a for a, _ in joined), max(b for _, b in joined))]

    def forget(self, stream: str, before: int) -> None:
        """Drop what lies before a sample that is settled."""
        self._faults[stream] = [fault for fault in self._faults[stream] if fault[1] > before]

    def gaps(self, stream: str, first: int, end: int, reason: GapReason) -> list[Gap]:
        """Return `[first, end)` as gaps, each with the most exact reason that is known."""
        fs_hz = self._streams[stream].fs_hz
        stopped = [(sample_at(a, fs_hz), sample_at(b, fs_hz)) for a, b in self._stopped]
        causes = [(GapReason.HOST_STOPPED, stretch) for stretch in stopped]
        if reason is GapReason.LINK_LOST:
            causes = [(GapReason.SENSOR_FAULT, stretch) for stretch in self._faults[stream]] + causes
        edges = {first, end} | {edge for _, stretch in causes for edge in stretch if first < edge < end}
        ordered = sorted(edges)
        gaps: list[Gap] = []
        for a, b in pairwise(ordered):
            found = next((cause for cause, stretch in causes if stretch[0] <= a and b <= stretch[1]), reason)
            if gaps and gaps[-1].reason is found:
                gaps[-1] = Gap(stream, gaps[-1].first_sample, b, found)
            else:
                gaps.append(Gap(stream, a, b, found))
        return gaps
