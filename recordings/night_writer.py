"""Writing a whole night as EDF+C, block by block, in constant memory.

The header comes from edfio, for a recording of one record; the data records are appended as their samples come,
their number is written at the end. Until then the file has another name.
"""

import os
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from edfio import Edf, EdfAnnotation, EdfSignal, Patient, Recording
from numpy.typing import NDArray

from recordings.annotations import GAP_PREFIX, Annotation
from recordings.errors import WritingError
from recordings.header import FIXED_BYTES, N_RECORDS, SIGNAL_FIELDS
from recordings.writer import SEPARATORS
from signals.blocks import Gap, SampleBlock, StreamItem
from signals.channels import Channel
from signals.source import Source, Stream
from signals.time import sample_at

LOWEST, HIGHEST = -32768, 32767  # of 16 bits
ONSET_BYTES = 16  # `+86400`, two separators, a zero, and room
SLACK_BYTES = 16


def write_night(
    path: Path,
    source: Source,
    duration_s: int,
    participant: str | None,
    annotations: Sequence[Annotation] = (),
) -> None:
    """Write `duration_s` seconds of `source` to `path` as EDF+C with data records of 1 s.

    Every channel needs rails, which become its physical range; values beyond them are clipped. Rates must be
    whole numbers of Hz. Samples of a `Gap` are written as 0 and must lie in an annotation `gap: <reason>`,
    from which a reader restores them. The file appears whole or not at all; memory does not grow with the
    night. Raises `WritingError` for what EDF+ cannot hold and for a source that is shorter than `duration_s`.
    """
    marks = _annotation_fields(annotations, duration_s)
    header = _header(source, participant, len(marks[0]))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(header)
            _write_records(file, source, marks, annotations)
            file.seek(N_RECORDS.start)
            file.write(f"{duration_s:<8d}".encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _header(source: Source, participant: str | None, annotation_bytes: int) -> bytes:
    """Return the header of an EDF+C file whose annotation signal has this many bytes in each record."""
    try:
        signals = [
            EdfSignal(
                np.zeros(_rate(stream)),
                stream.fs_hz,
                label=channel.label,
                physical_dimension=channel.unit,
                physical_range=_rails(channel),
            )
            for stream in source.streams
            for channel in stream.channels
        ]
        start = source.start
        file = Edf(
            signals,
            patient=Patient(code=participant or "X"),
            recording=Recording(startdate=start.date() if start else None),
            starttime=start.time() if start else None,
            data_record_duration=1,
            annotations=[EdfAnnotation(0, None, "x")],
        )
    except ValueError as error:
        raise WritingError(f"the night cannot be written: {error}") from error
    target = BytesIO()
    file.write(target)
    n_signals = len(signals) + 1
    header = bytearray(target.getvalue()[: FIXED_BYTES * (n_signals + 1)])
    names = list(SIGNAL_FIELDS)
    before = sum(SIGNAL_FIELDS[name] for name in names[: names.index("samples_per_record")])
    width = SIGNAL_FIELDS["samples_per_record"]
    at = FIXED_BYTES + n_signals * before + width * _annotation_ordinal(bytes(header), n_signals)
    header[at : at + width] = f"{annotation_bytes // 2:<{width}d}".encode("ascii")
    header[N_RECORDS] = b"-1      "
    return bytes(header)


def _annotation_ordinal(header: bytes, n_signals: int) -> int:
    """Return the place of the annotation signal, which must be the first or the last; ours go last."""
    width = SIGNAL_FIELDS["label"]
    labels = [header[FIXED_BYTES + i * width : FIXED_BYTES + (i + 1) * width] for i in range(n_signals)]
    ordinal = labels.index(b"EDF Annotations ")
    if ordinal != n_signals - 1:
        raise WritingError(f"the annotation signal has place {ordinal} of {n_signals}; the last one is needed")
    return ordinal


def _annotation_fields(annotations: Sequence[Annotation], duration_s: int) -> list[bytes]:
    """Return the annotation signal of each record, all of one length: its onset, then as many annotations as fit.

    Annotations stand in order from the first record on, not in the record that they concern (EDF+ 2.2.4 allows
    it), so that a reader has all of them early.
    """
    if duration_s < 1:
        raise WritingError(f"a night of {duration_s} s is asked for; at least 1 s is needed")
    lists = [_tal(mark) for mark in sorted(annotations, key=lambda mark: mark.onset_s)]
    longest = max((len(tal) for tal in lists), default=0)
    share = -(-sum(len(tal) for tal in lists) // duration_s)
    room = longest + share + (SLACK_BYTES if lists else 0)
    room += room % 2
    fields: list[bytes] = []
    waiting = iter(lists)
    following = next(waiting, None)
    for record in range(duration_s):
        field = b"+%d\x14\x14\x00" % record
        used = 0
        while following is not None and used + len(following) <= room:
            field += following
            used += len(following)
            following = next(waiting, None)
        fields.append(field.ljust(ONSET_BYTES + room, b"\x00"))
    return fields


def _tal(mark: Annotation) -> bytes:
    if any(separator in mark.text for separator in SEPARATORS):
        raise WritingError(f"the annotation {mark.text!r} has a character 0, 20 or 21, which EDF+ needs for itself")
    duration = "" if mark.duration_s is None else f"\x15{mark.duration_s:.3f}"
    return f"{mark.onset_s:+.3f}{duration}\x14{mark.text}\x14\x00".encode()


def _rate(stream: Stream) -> int:
    if stream.fs_hz != int(stream.fs_hz):
        raise WritingError(f"stream {stream.name!r} has a rate of {stream.fs_hz} Hz; a whole number is needed")
    return int(stream.fs_hz)


def _rails(channel: Channel) -> tuple[float, float]:
    if channel.rails is None:
        raise WritingError(f"channel {channel.label!r} has no rails, which give its physical range")
    return channel.rails


class _StreamBuffer:
    """Samples of one stream that do not fill a data record yet, as the digital values of the file."""

    def __init__(self, stream: Stream, annotations: Sequence[Annotation]) -> None:
        self._stream, self._per_record = stream, _rate(stream)
        rails = [_rails(channel) for channel in stream.channels]
        self._low = np.array([low for low, _ in rails])
        self._step = np.array([(high - low) / (HIGHEST - LOWEST) for low, high in rails])
        self._marked = [
            (sample_at(mark.onset_s, stream.fs_hz), sample_at(mark.onset_s + (mark.duration_s or 0), stream.fs_hz))
            for mark in annotations
            if mark.text.startswith(GAP_PREFIX)
        ]
        self._parts: list[NDArray[np.int16]] = []
        self._end = 0
        self._waiting = 0

    @property
    def whole_records(self) -> int:
        """How many data records can be written."""
        return self._waiting // self._per_record

    def put(self, item: StreamItem) -> None:
        """Add the next item of the stream."""
        if item.first_sample != self._end:
            raise WritingError(f"stream {self._stream.name!r} goes on at {item.first_sample}, expected {self._end}")
        self._end = item.end
        if isinstance(item, SampleBlock):
            values = item.values
        else:
            self._check_marked(item)
            values = np.zeros((item.end - item.first_sample, len(self._low)))
        digital = np.rint((values - self._low) / self._step) + LOWEST
        if not np.isfinite(digital).all():
            raise WritingError(f"stream {self._stream.name!r} holds a value that is not a number")
        self._parts.append(np.clip(digital, LOWEST, HIGHEST).astype("<i2"))
        self._waiting += len(values)

    def take(self, n_records: int) -> Iterator[bytes]:
        """Give the next whole data records of this stream, one by one, channel after channel."""
        values = np.concatenate(self._parts)
        taken = n_records * self._per_record
        self._parts, self._waiting = [values[taken:].copy()], self._waiting - taken
        for record in values[:taken].reshape(n_records, self._per_record, -1):
            yield record.T.tobytes()

    def _check_marked(self, gap: Gap) -> None:
        # one sample of grace: seconds in an annotation are rounded
        if not any(a - 1 <= gap.first_sample and gap.end <= b + 1 for a, b in self._marked):
            raise WritingError(
                f"the gap [{gap.first_sample}, {gap.end}) of stream {gap.stream!r} lies in no annotation "
                f"'{GAP_PREFIX} {gap.reason}', without which it would be read as zeros"
            )


def _write_records(
    file: BinaryIO, source: Source, marks: Sequence[bytes], annotations: Sequence[Annotation]
) -> None:
    buffers = {stream.name: _StreamBuffer(stream, annotations) for stream in source.streams}
    written = 0
    for item in source:
        buffers[item.stream].put(item)
        ready = min(*(buffer.whole_records for buffer in buffers.values()), len(marks) - written)
        if ready > 0:
            for parts in zip(*(buffer.take(ready) for buffer in buffers.values()), strict=True):
                file.write(b"".join(parts) + marks[written])
                written += 1
    if written < len(marks):
        raise WritingError(f"the source has {written} s, {len(marks)} s are asked for")
