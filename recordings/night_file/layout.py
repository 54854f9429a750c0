"""Where the samples of each stream are in a night file, and what fills the holes between them."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recordings.night_file.header import NightHeader
from recordings.night_file.tables import sound_rows
from signals import Gap, GapReason

REASONS = tuple(GapReason)
FIRST, END, ROW, CODE = range(4)  # columns of a track
LEAD_OFF = 1  # code of samples that were taken without contact; of a gap, the code is the index of its reason

Span = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Track:
    """The pieces of one stream, in order, without hole or overlap.

    `pieces` has shape (n, 4): first sample, end, id of the row with the samples (0 for a gap), and a code.
    `explained` are the gaps that stand in the file, without what samples cover.
    """

    stream: str
    pieces: NDArray[np.int64]
    explained: tuple[Gap, ...]

    @property
    def end(self) -> int:
        """Sample index just past the last piece."""
        return int(self.pieces[-1, END]) if len(self.pieces) else 0

    def between(self, first: int, end: int) -> Iterator[Span]:
        """Give the pieces that overlap `[first, end)`, cut to it."""
        if first >= end:
            return
        a = int(np.searchsorted(self.pieces[:, END], first, "right"))
        b = int(np.searchsorted(self.pieces[:, FIRST], end, "left"))
        for start, stop, row, code in self.pieces[a:b].tolist():
            yield max(start, first), min(stop, end), row, code

    def is_usable(self, span: Span) -> bool:
        """Whether a piece has samples that were taken with contact."""
        return bool(span[ROW]) and span[CODE] != LEAD_OFF

    def gap(self, span: Span) -> Gap:
        """Return a piece without usable samples as a gap."""
        first, end, row, code = span
        return Gap(self.stream, first, end, GapReason.LEAD_OFF if row else REASONS[code])


def survey(connection: sqlite3.Connection, header: NightHeader, damaged: dict[str, int]) -> tuple[Track, ...]:
    """Read all rows once, compare their checksums, and lay them out, one track per stream.

    Damaged rows are left out and counted, by table, in `damaged`.

    Samples that stand in the file twice are taken once. Samples count more than a gap row over them: what was lost
    at first may have come later. What neither explains is `host_stopped`: the recorder ended before it could say
    what became of these samples. In a file with damaged rows it is `not_recorded`, because they may have said so.
    """
    samples: dict[str, list[Span]] = {stream.name: [] for stream in header.streams}
    emg = {stream.name for stream in header.streams if stream.channels[0].modality == "EMG"}
    for row_id, row in sound_rows(connection, "blocks", damaged):
        stream, first, n, lead_off = str(row[0]), int(row[1] or 0), int(row[2] or 0), bool(row[7])
        samples[stream].append((first, first + n, row_id, LEAD_OFF if lead_off and stream in emg else 0))
    gaps: dict[str, list[Gap]] = {stream.name: [] for stream in header.streams}
    for _, row in sound_rows(connection, "gaps", damaged):
        gap = Gap(str(row[0]), int(row[1] or 0), int(row[2] or 0), GapReason(str(row[3])))
        gaps[gap.stream].append(gap)
    reason = GapReason.NOT_RECORDED if damaged else GapReason.HOST_STOPPED
    return tuple(_track(s.name, samples[s.name], gaps[s.name], reason) for s in header.streams)


def _track(stream: str, samples: list[Span], gaps: Sequence[Gap], unexplained: GapReason) -> Track:
    samples.sort(key=lambda span: (span[FIRST], -span[END], span[ROW]))
    ordered = sorted(gaps, key=lambda gap: (gap.first_sample, gap.end, gap.reason))
    pieces: list[Span] = []
    explained: list[Gap] = []
    filler = _Filler(stream, ordered, unexplained)
    position = 0
    for first, end, row, code in samples:
        if end <= position:
            continue
        if first > position:
            pieces += filler.fill(position, first, explained)
            position = first
        pieces.append((position, end, row, code))
        position = end
    last = max((gap.end for gap in ordered), default=0)
    if last > position:
        pieces += filler.fill(position, last, explained)
    return Track(stream, np.array(pieces, np.int64).reshape(-1, 4), tuple(explained))


class _Filler:
    """Fills holes, which come in order, from gap rows, which are in order; the earlier one gives the reason."""

    def __init__(self, stream: str, gaps: Sequence[Gap], unexplained: GapReason) -> None:
        self._stream, self._gaps, self._unexplained = stream, gaps, unexplained
        self._next = 0

    def fill(self, first: int, end: int, explained: list[Gap]) -> list[Span]:
        """Return gaps that cover `[first, end)`; those that the file explains are also added to `explained`."""
        spans: list[Span] = []
        position = first
        for gap in self._overlapping(first, end):
            a, b = max(gap.first_sample, position), min(gap.end, end)
            if a >= b:
                continue
            if a > position:
                spans.append((position, a, 0, REASONS.index(self._unexplained)))
            spans.append((a, b, 0, REASONS.index(gap.reason)))
            explained.append(Gap(self._stream, a, b, gap.reason))
            position = b
        if position < end:
            spans.append((position, end, 0, REASONS.index(self._unexplained)))
        return spans

    def _overlapping(self, first: int, end: int) -> Iterator[Gap]:
        while self._next < len(self._gaps) and self._gaps[self._next].end <= first:
            self._next += 1
        for gap in self._gaps[self._next :]:
            if gap.first_sample >= end:
                return
            yield gap
