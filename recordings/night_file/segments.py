"""Which parts of a night become a file of their own when it is exported."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from recordings.annotations import GAP_PREFIX, Annotation
from recordings.errors import WritingError
from recordings.night_file.layout import Track
from recordings.night_file.stored_night import StoredNight
from recordings.writer import MAX_RECORD_S
from signals import Gap, GapReason, seconds_at

ALONE_S = 60  # a mark stands for all streams of a file; one that is lost for longer must not cost the other

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of whole data records, each of which holds at least one sample.

    `number` counts from 1. `first_record` and `end_record` count data records of `record_s` seconds from sample 0
    of the night, so that all segments are on one grid and every stream begins with a whole sample. `streams` are
    those that have samples in it.
    """

    number: int
    first_record: int
    end_record: int
    record_s: int
    start: datetime
    streams: tuple[str, ...]

    @property
    def n_records(self) -> int:
        """How many data records it has."""
        return self.end_record - self.first_record


def segments_of(night: StoredNight) -> tuple[Segment, ...]:
    """Part a night where a data record has no sample of any stream, and where one stream alone is lost for long.

    A loss that leaves no data record empty, or one stream alone for less than `ALONE_S`, stays inside a segment,
    marked by an annotation. Raises `WritingError` where the rates do not fit into data records of whole seconds.
    """
    record_s = record_length_s([stream.fs_hz for stream in night.streams])
    filled = {track.stream: _filled_records(track, fs_hz, record_s) for track, fs_hz in _rated(night)}
    alone = max(1, ALONE_S // record_s)
    segments: list[Segment] = []
    for first, end in _united([span for spans in filled.values() for span in spans], 0):
        present = {
            name: _united(
                [(max(a, first), min(b, end)) for a, b in spans if a < end and b > first], alone, first, end
            )
            for name, spans in filled.items()
        }
        edges = sorted({first, end, *(edge for spans in present.values() for span in spans for edge in span)})
        for a, b in pairwise(edges):
            streams = tuple(name for name, spans in present.items() if any(x <= a and b <= y for x, y in spans))
            start = night.wall_time(a * record_s)
            segments.append(Segment(len(segments) + 1, a, b, record_s, start, streams))
    return tuple(segments)


def _rated(night: StoredNight) -> Iterator[tuple[Track, float]]:
    for track, stream in zip(night.tracks, night.streams, strict=True):
        yield track, stream.fs_hz


def _filled_records(track: Track, fs_hz: float, record_s: int) -> list[_Span]:
    """Return the stretches of data records that hold samples of a stream."""
    each = samples_per_record(fs_hz, record_s)
    return [(first // each, -(-end // each)) for first, end, row, _ in track.between(0, track.end) if row]


def _united(
    spans: Sequence[_Span], least_hole: int, first: int | None = None, end: int | None = None
) -> list[_Span]:
    """Join spans that overlap, touch or have less than `least_hole` between them, also to `first` and `end`."""
    united: list[_Span] = []
    for a, b in sorted(spans):
        if united and a - united[-1][1] <= max(0, least_hole - 1):
            united[-1] = (united[-1][0], max(united[-1][1], b))
        else:
            united.append((a, b))
    if united and first is not None and united[0][0] - first < least_hole:
        united[0] = (first, united[0][1])
    if united and end is not None and end - united[-1][1] < least_hole:
        united[-1] = (united[-1][0], end)
    return united


def record_length_s(rates_hz: Sequence[float]) -> int:
    """Return the shortest whole number of seconds in which every rate has a whole number of samples.

    Raises `WritingError` where that is more than `MAX_RECORD_S`.
    """
    length_s = math.lcm(*(Fraction(str(rate)).denominator for rate in rates_hz))
    if length_s > MAX_RECORD_S:
        raise WritingError(
            f"rates of {', '.join(f'{rate:g}' for rate in rates_hz)} Hz need data records of {length_s} s; at most "
            f"{MAX_RECORD_S} s are allowed"
        )
    return length_s


def samples_per_record(fs_hz: float, record_s: int) -> int:
    """Return how many samples a data record holds."""
    return int(Fraction(str(fs_hz)) * record_s)


def marks_of(night: StoredNight, segment: Segment) -> tuple[Annotation, ...]:
    """Return an annotation `gap: <reason>` for all that cannot be used, in seconds from the segment's begin.

    Samples that were taken without contact are in the file all the same, those of other gaps are counts of 0.
    """
    marks: set[Annotation] = set()
    for track, fs_hz in _rated(night):
        if track.stream not in segment.streams:
            continue
        each = samples_per_record(fs_hz, segment.record_s)
        first, end = segment.first_record * each, segment.end_record * each
        gaps = [track.gap(span) for span in track.between(first, end) if not track.is_usable(span)]
        if track.end < end:
            gaps.append(Gap(track.stream, max(track.end, first), end, GapReason.NOT_RECORDED))
        marks.update(
            Annotation(
                seconds_at(gap.first_sample - first, fs_hz),
                seconds_at(gap.end - gap.first_sample, fs_hz),
                f"{GAP_PREFIX} {gap.reason}",
            )
            for gap in _joined(gaps)
        )
    return tuple(sorted(marks, key=lambda mark: (mark.onset_s, mark.text)))


def _joined(gaps: Sequence[Gap]) -> list[Gap]:
    joined: list[Gap] = []
    for gap in gaps:
        if joined and (joined[-1].end, joined[-1].reason) == (gap.first_sample, gap.reason):
            joined[-1] = Gap(gap.stream, joined[-1].first_sample, gap.end, gap.reason)
        else:
            joined.append(gap)
    return joined
