"""A night file replayed as a `signals.Source`, in constant memory, finished or not."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from recordings.errors import UnreadableRecordingError
from recordings.night_file.layout import FIRST, ROW, Span, Track, survey
from recordings.night_file.notes import ClockAnchor, Note, NoteKind, began_at
from recordings.night_file.rows import block_of, unpack
from recordings.night_file.tables import finished_sha256, header_of, packed_at, reading, rows_at, sound_rows
from recordings.scaling import rate_remarks
from signals import (
    CountBlock,
    CountedStream,
    Gap,
    SampleBlock,
    StreamItem,
    night_of,
    sample_at,
    seconds_at,
)

R = TypeVar("R")


class StoredNight:
    """What a night file held when this was made; a `signals.Source` that can be iterated any number of times.

    Iterating gives the items of `emg`, then those of `acc`, of about `block_s` seconds at a time. Samples that were
    taken without contact of an electrode come as `Gap(LEAD_OFF)`, in `emg` only; `blocks` has them as counted.
    A file that is being written may grow meanwhile; what is added is seen by the next `StoredNight`.

    Attributes
    ----------
    path : Path
        The file.
    header : NightHeader
        Whose night, which sensor, which streams.
    streams : tuple of Stream
        `emg` (uV, scored muscle first), then `acc` (g) where there is one, with the rails of the converter.
    start : datetime
        Local time of sample 0 in `zone`, from the clock anchors; without any, the host's when the file was made.
    participant, zone : str
        As in the header.
    finished : bool
        Whether the night was sealed.
    duration_s : float
        Seconds from sample 0 to the end of the stream that is longest.
    tracks : tuple of Track
        Where the samples of each stream are, and its gaps.
    notes, anchors : tuple
        As they were written.
    remarks : tuple of str
        What is wrong with the file, or was with the sensor, but does not hinder reading it.

    Raises `RecordingError` where the file cannot be read at all.
    """

    def __init__(self, path: Path, block_s: float = 60.0) -> None:
        if not block_s > 0:
            raise ValueError(f"block_s is {block_s}; it must be above 0")
        with reading(path) as connection:
            self.header = header_of(connection, path)
            self.finished = finished_sha256(connection) is not None
            damaged: dict[str, int] = {}
            self.tracks = survey(connection, self.header, damaged)
            self.notes = tuple(_notes(connection, damaged))
            self.anchors = tuple(_anchors(connection, damaged))
        self._block_s = block_s
        self.path = path
        self.participant, self.zone = self.header.participant, self.header.zone
        self.streams = tuple(stream.stream for stream in self.header.streams)
        self.start = self._began().astimezone(ZoneInfo(self.zone))
        self.duration_s = max(
            seconds_at(track.end, stream.fs_hz) for track, stream in zip(self.tracks, self.streams, strict=True)
        )
        self.remarks = (*self.header.remarks, *self._said(), *self._doubts(damaged), *rate_remarks(self.streams))

    def __iter__(self) -> Iterator[StreamItem]:
        """Deliver the items of all streams from the beginning."""
        chunks = int(np.ceil(self.duration_s / self._block_s))
        with reading(self.path) as connection:
            for chunk in range(chunks):
                for track, stream in zip(self.tracks, self.header.streams, strict=True):
                    first = sample_at(chunk * self._block_s, stream.fs_hz)
                    end = track.end if chunk == chunks - 1 else sample_at((chunk + 1) * self._block_s, stream.fs_hz)
                    yield from _items(connection, track, stream, first, end)

    def blocks(self, stream: str | None = None) -> Iterator[CountBlock]:
        """Give all samples as counted, of one stream or of `emg`, then `acc`; in order, none twice.

        Memory is that of `block_s` seconds.
        """
        with reading(self.path) as connection:
            for track, counted in zip(self.tracks, self.header.streams, strict=True):
                if stream in (None, counted.name):
                    step = max(1, sample_at(self._block_s, counted.fs_hz))
                    for first in range(0, track.end, step):
                        yield from _counted(connection, track, counted, first, first + step)

    def wall_time(self, seconds: float) -> datetime:
        """Return the local time `seconds` after sample 0, as the clock on the wall had it."""
        return (self.start.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(ZoneInfo(self.zone))

    def counted(self, stream: str, first: int, end: int) -> Iterator[CountBlock]:
        """Give the samples `[first, end)` of one stream as counted, as far as they are there."""
        for track, counted in zip(self.tracks, self.header.streams, strict=True):
            if counted.name == stream:
                with reading(self.path) as connection:
                    yield from _counted(connection, track, counted, first, end)

    def gaps(self) -> tuple[Gap, ...]:
        """Return the gaps that the recorder wrote, without what samples cover: `emg`, then `acc`, in order."""
        return tuple(gap for track in self.tracks for gap in track.explained)

    def _began(self) -> datetime:
        return began_at(self.anchors, self.streams[0].fs_hz) or self.header.began

    def _said(self) -> list[str]:
        return [note.text for note in self.notes if note.kind is NoteKind.REMARK]

    def _doubts(self, damaged: dict[str, int]) -> Iterator[str]:
        if not self.finished:
            yield "the recording was not finished; read is what is on the disk"
        for table, count in damaged.items():
            yield f"{count} rows of {table} in the file are damaged; what they held is a gap (not_recorded)"
        night = night_of(self._began().astimezone(ZoneInfo(self.zone)))
        if night != self.header.night:
            yield f"the file was made for the night of {self.header.night}, by its clock it is that of {night}"


def _items(
    connection: sqlite3.Connection, track: Track, stream: CountedStream, first: int, end: int
) -> Iterator[StreamItem]:
    """Give `[first, end)` in physical units; what joins on to each other is one block."""
    for usable, group in groupby(track.between(first, end), key=track.is_usable):
        spans = list(group)
        if usable:
            values = stream.values(_joined_counts(connection, stream, spans))
            yield SampleBlock(stream.name, spans[0][FIRST], values)
        else:
            yield from (track.gap(span) for span in spans)


def _joined_counts(
    connection: sqlite3.Connection, stream: CountedStream, spans: Sequence[Span]
) -> NDArray[np.signedinteger[Any]]:
    """Return the counts of spans that join on to each other, unpacked as one where their rows are alike."""
    n_channels = len(stream.channels)
    rows = packed_at(connection, [span[ROW] for span in spans])
    widths: set[int] = set()
    parts: list[bytes] = []
    for start, stop, row_id, _ in spans:
        begin, width, packed = _found(rows, row_id)
        widths.add(width)
        each = width * n_channels
        parts.append(packed[(start - begin) * each : (stop - begin) * each])
    if len(widths) == 1:
        return unpack(widths.pop(), b"".join(parts), n_channels)
    return np.concatenate(
        [unpack(rows[span[ROW]][1], part, n_channels) for span, part in zip(spans, parts, strict=True)]
    )


def _counted(
    connection: sqlite3.Connection, track: Track, stream: CountedStream, first: int, end: int
) -> Iterator[CountBlock]:
    """Give the samples of `[first, end)` as counted, piece by piece."""
    spans = [span for span in track.between(first, end) if span[ROW]]
    rows = rows_at(connection, "blocks", [span[ROW] for span in spans])
    for start, stop, row_id, _ in spans:
        yield block_of(_found(rows, row_id), len(stream.channels)).part(start, stop)


def _found(rows: Mapping[int, R], row_id: int) -> R:
    if row_id not in rows:
        raise UnreadableRecordingError(f"row {row_id} of the night file has gone since the file was opened")
    return rows[row_id]


def _notes(connection: sqlite3.Connection, damaged: dict[str, int]) -> Iterator[Note]:
    for _, (at, kind, text, *_rest) in sound_rows(connection, "notes", damaged):
        yield Note(NoteKind(str(kind)), str(text), datetime.fromisoformat(str(at)))


def _anchors(connection: sqlite3.Connection, damaged: dict[str, int]) -> Iterator[ClockAnchor]:
    for _, (sample, monotonic_s, utc, synchronised, *_rest) in sound_rows(connection, "anchors", damaged):
        yield ClockAnchor(
            int(sample or 0), float(monotonic_s or 0), datetime.fromisoformat(str(utc)), bool(synchronised)
        )
