"""A recorded night in an EDF, EDF+C, BDF or BDF+C file, replayed as a `Source`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recordings.annotations import gaps_of, read_annotations
from recordings.errors import EmptySignalError
from recordings.header import Header, read_header, whole_records
from recordings.montage import Pick, choose
from recordings.records import Column, chunks
from recordings.scaling import rate_remarks, scaling_of
from recordings.startdate import participant_of, start_of
from signals.blocks import Gap, SampleBlock, StreamItem
from signals.channels import Channel, Modality
from signals.source import Stream


@dataclass(frozen=True, slots=True)
class _Track:
    """A stream, where it is in the file, and its gaps."""

    stream: Stream
    columns: tuple[Column, ...]
    samples_per_record: int
    gaps: tuple[Gap, ...]


class EdfNight:
    """One recorded night; a `signals.Source` that can be iterated any number of times.

    Iterating reads about `block_s` seconds at a time (whole data records, at least one), in constant memory,
    and gives the items of `emg`, then those of `acc`, of each such chunk. A gap over several chunks comes as
    several gaps.

    Attributes
    ----------
    path : Path
        The file.
    streams : tuple of Stream
        `emg` (uV, scored muscle first), then `acc` (g; X, Y, Z) where the file has it.
    start : datetime or None
        Naive local time of sample 0; None where the file hides it.
    participant : str or None
        Patient code of an EDF+ or BDF+ file.
    zone : None
        No EDF or BDF file says its time zone.
    duration_s : float
        Seconds of whole data records.
    annotations : tuple of Annotation
        All annotations, by onset.
    remarks : tuple of str
        What is wrong with the file but does not hinder reading it.

    Raises `RecordingError`, from the constructor for all that header and annotations tell, and from the
    iteration for what only the samples tell (`EmptySignalError`, a file that becomes shorter).
    """

    def __init__(self, path: Path, emg: Sequence[str] = (), acc: Sequence[str] = (), block_s: float = 60.0) -> None:
        if not block_s > 0:
            raise ValueError(f"block_s is {block_s}; it must be above 0")
        header, size = read_header(path)
        self._header = header
        self._n_records, cut = whole_records(header, size)
        self._chunk_records = max(1, round(block_s / header.record_s))
        montage = choose(header, emg, acc)
        first_onset_s, self.annotations = read_annotations(header, self._n_records)
        acceleration = (self._track("ACC", montage.acc),) if montage.acc else ()
        self._tracks = (self._track("EMG", montage.emg), *acceleration)
        self.path = path
        self.streams = tuple(track.stream for track in self._tracks)
        self.start, doubts = start_of(header, first_onset_s)
        self.participant = participant_of(header)
        self.zone: str | None = None
        self.duration_s = float(self._n_records * header.record_s)
        self.remarks = (*cut, *doubts, *_continuity_remark(header), *rate_remarks(self.streams))

    def __iter__(self) -> Iterator[StreamItem]:
        """Deliver the items of all streams from the beginning; raises `EmptySignalError` at the end."""
        emg = self._tracks[0]
        zeros = _ZeroWatch(emg)
        for chunk in chunks(self._header, self._n_records, self._chunk_records):
            for track in self._tracks:
                first = chunk.first_record * track.samples_per_record
                for item in _items(track, first, chunk.values(track.columns)):
                    if track is emg and isinstance(item, SampleBlock):
                        zeros.see(item.values)
                    yield item
        zeros.report(self.path)

    def _track(self, modality: Modality, picks: tuple[Pick, ...]) -> _Track:
        scalings = [scaling_of(self._header, pick.signal, modality) for pick in picks]
        stream = Stream(
            modality.lower(),
            self._header.fs_hz(picks[0].signal),
            tuple(
                Channel(pick.signal.label, modality, pick.leg, pick.site, scaling.rails)
                for pick, scaling in zip(picks, scalings, strict=True)
            ),
        )
        samples = picks[0].signal.samples_per_record
        return _Track(
            stream,
            tuple(Column(pick.ordinal, scaling) for pick, scaling in zip(picks, scalings, strict=True)),
            samples,
            gaps_of(self.annotations, stream, samples * self._n_records, self._header.path),
        )


def _continuity_remark(header: Header) -> tuple[str, ...]:
    if header.plus and not header.annotation_spans:
        return (f"the file says {header.kind}+C but has no annotation signal; taken as without interruption",)
    return ()


def _items(track: _Track, first: int, values: NDArray[np.float64]) -> Iterator[StreamItem]:
    """Give `values`, which begin at sample `first`, with the gaps of the track in place of what they cover."""
    name, position, end = track.stream.name, first, first + len(values)
    for gap in track.gaps:
        if gap.end <= position or gap.first_sample >= end:
            continue
        if position < gap.first_sample:
            yield SampleBlock(name, position, values[position - first : gap.first_sample - first])
            position = gap.first_sample
        yield Gap(name, position, min(gap.end, end), gap.reason)
        position = min(gap.end, end)
    if position < end:
        yield SampleBlock(name, position, values[position - first :])


class _ZeroWatch:
    """Finds EMG channels that hold one and the same value within one step of zero from end to end."""

    def __init__(self, track: _Track) -> None:
        self._track = track
        self._only: list[float | None] = [None] * len(track.columns)
        self._suspects = set(range(len(track.columns)))

    def see(self, values: NDArray[np.float64]) -> None:
        """Look at the next samples, shape (n, n_channels)."""
        for i in tuple(self._suspects):
            column = values[:, i]
            value = float(column[0]) if self._only[i] is None else self._only[i]
            self._only[i] = value
            if value is None or abs(value) >= abs(self._track.columns[i].scaling.step) or np.any(column != value):
                self._suspects.discard(i)

    def report(self, path: Path) -> None:
        """Raise `EmptySignalError` where samples were seen and a channel is still suspect."""
        for i in sorted(self._suspects):
            if self._only[i] is not None:
                raise EmptySignalError(
                    f"{path}: channel {self._track.stream.channels[i].label!r} holds only zeros; was the "
                    "electrode recorded? Choose another channel with --emg."
                )
