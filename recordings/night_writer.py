"""Writing a whole night of any source as EDF+C, block by block, in constant memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from edfio import EdfSignal
from numpy.typing import NDArray

from recordings.annotations import GAP_PREFIX, Annotation
from recordings.errors import WritingError
from recordings.record_file import RecordFile
from signals.blocks import Gap, SampleBlock, StreamItem
from signals.channels import Channel
from signals.source import Source, Stream
from signals.time import sample_at

LOWEST, HIGHEST = -32768, 32767  # of 16 bits


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
    if duration_s < 1:
        raise WritingError(f"a night of {duration_s} s is asked for; at least 1 s is needed")
    file = RecordFile(
        signals=_signals(source),
        bits=16,
        record_s=1,
        n_records=duration_s,
        start=source.start,
        participant=participant,
        annotations=annotations,
    )
    file.write(path, _records(source, duration_s, annotations))


def _signals(source: Source) -> list[EdfSignal]:
    try:
        return [
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
    except ValueError as error:
        raise WritingError(f"the night cannot be written: {error}") from error


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


def _records(source: Source, n_records: int, annotations: Sequence[Annotation]) -> Iterator[bytes]:
    """Give the first `n_records` data records of a source."""
    buffers = {stream.name: _StreamBuffer(stream, annotations) for stream in source.streams}
    given = 0
    for item in source:
        buffers[item.stream].put(item)
        ready = min(*(buffer.whole_records for buffer in buffers.values()), n_records - given)
        if ready > 0:
            for parts in zip(*(buffer.take(ready) for buffer in buffers.values()), strict=True):
                yield b"".join(parts)
            given += ready
