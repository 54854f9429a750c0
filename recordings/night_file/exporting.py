"""A night file as EDF+C (16 bits) or BDF+C (24 bits), one file per contiguous segment, the counts bit for bit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import numpy as np
from edfio import BdfSignal, EdfSignal
from numpy.typing import NDArray

from recordings.errors import WritingError
from recordings.night_file.segments import Segment, marks_of, samples_per_record, segments_of
from recordings.night_file.stored_night import StoredNight
from recordings.record_file import RecordFile
from signals import Channel, CountedStream, Counts, Scale

EDF_BITS, BDF_BITS = 16, 24
CHUNK_S = 60


def export_night(night: StoredNight, folder: Path) -> tuple[Path, ...]:
    """Write every segment of a night into `folder`; return the files.

    They are named after the night file, the segment, and its begin in local time:
    `P01_L_2026-03-02_seg-01_223000.edf`. Raises `WritingError` for what EDF+ cannot hold.
    """
    files: list[Path] = []
    for segment in segments_of(night):
        name = f"{night.path.stem}_seg-{segment.number:02d}_{segment.start:%H%M%S}{ending(night)}"
        write_segment(folder / name, night, segment)
        files.append(folder / name)
    return tuple(files)


def ending(night: StoredNight) -> str:
    """Return `.edf` where 16 bits hold every converter's counts, else `.bdf`."""
    return ".edf" if _bits(night) == EDF_BITS else ".bdf"


def write_segment(path: Path, night: StoredNight, segment: Segment) -> None:
    """Write one segment; the digital values are the counts.

    The physical range is that of the converter, in the 8 characters that EDF+ has for it, so that uV and g are
    right to 1 part in 10^5. Of a converter with more than 24 bits the lowest bits are left out. The file appears
    whole or not at all; memory does not grow with its length.
    """
    bits = _bits(night)
    file = RecordFile(
        signals=[
            _signal(channel, scale, samples_per_record(stream.fs_hz, segment.record_s), stream.fs_hz, bits)
            for stream in _streams(night, segment)
            for channel, scale in zip(stream.channels, stream.scales, strict=True)
        ],
        bits=bits,
        record_s=segment.record_s,
        n_records=segment.n_records,
        start=segment.start.replace(tzinfo=None),
        participant=_patient_code(night.participant),
        annotations=marks_of(night, segment),
    )
    file.write(path, _records(night, segment, bits))


def _patient_code(participant: str) -> str:
    """Return the pseudonym as EDF+ can hold it (2.1.3.3): ASCII, spaces as underscores."""
    return quote(participant.replace(" ", "_"), safe="_+@,;:()[]=/")


def _streams(night: StoredNight, segment: Segment) -> list[CountedStream]:
    return [stream for stream in night.header.streams if stream.name in segment.streams]


def _bits(night: StoredNight) -> Literal[16, 24]:
    return EDF_BITS if max(s.bits for c in night.header.streams for s in c.scales) <= EDF_BITS else BDF_BITS


def _signal(channel: Channel, scale: Scale, n: int, fs_hz: float, bits: Literal[16, 24]) -> EdfSignal | BdfSignal:
    half = 1 << (min(scale.bits, bits) - 1)
    left_out = _left_out(scale, bits)
    low, high = ((count << left_out) * scale.gain + scale.offset for count in (-half, half - 1))
    physical = (_in_8_characters(low), _in_8_characters(high))
    label = label_of(channel)
    digital = (-half, half - 1)
    try:
        if bits == EDF_BITS:
            zeros = np.zeros(n, np.int16)
            return EdfSignal.from_digital(
                zeros,
                fs_hz,
                label=label,
                physical_dimension=channel.unit,
                physical_range=physical,
                digital_range=digital,
            )
        return BdfSignal.from_digital(
            np.zeros(n, np.int32),
            fs_hz,
            label=label,
            physical_dimension=channel.unit,
            physical_range=physical,
            digital_range=digital,
        )
    except ValueError as error:
        raise WritingError(f"channel {label!r} cannot be written: {error}") from error


def label_of(channel: Channel) -> str:
    """Return the label of a channel in an EDF or BDF file: our own where leg and place are known."""
    return channel.name if channel.leg and channel.site else channel.label


def _in_8_characters(value: float) -> float:
    """Return the number nearest to `value` that a field of an EDF header holds; edfio rounds outwards."""
    whole = len(f"{value:.0f}")
    return round(value, max(0, 8 - whole - 1))


def _left_out(scale: Scale, bits: int) -> int:
    """Return how many of the lowest bits of a converter the file has no room for."""
    return max(0, scale.bits - bits)


def _records(night: StoredNight, segment: Segment, bits: Literal[16, 24]) -> Iterator[bytes]:
    """Give the data records of a segment, each the samples of channel after channel, read a minute at a time."""
    step = max(1, CHUNK_S // segment.record_s)
    for first in range(segment.first_record, segment.end_record, step):
        end = min(first + step, segment.end_record)
        parts: list[NDArray[np.uint8]] = []
        for stream in _streams(night, segment):
            each = samples_per_record(stream.fs_hz, segment.record_s)
            counts = _filled(night, stream, first * each, end * each)
            digital = _digital(counts, stream, bits)
            packed = np.ascontiguousarray(digital.reshape(end - first, each, -1).transpose(0, 2, 1))
            parts.append(packed.view(np.uint8).reshape(-1, 4)[:, : bits // 8].reshape(end - first, -1))
        for record in np.concatenate(parts, axis=1):
            yield record.tobytes()


def _filled(night: StoredNight, stream: CountedStream, first: int, end: int) -> Counts:
    counts = np.zeros((end - first, len(stream.channels)), np.int32)
    for block in night.counted(stream.name, first, end):
        counts[block.first_sample - first : block.end - first] = block.counts
    return counts


def _digital(counts: Counts, stream: CountedStream, bits: int) -> NDArray[np.int32]:
    """Return the values of the file; raises `WritingError` for a count that its converter cannot give."""
    left_out = np.array([_left_out(scale, bits) for scale in stream.scales])
    digital = (counts >> left_out).astype("<i4")
    half = np.array([1 << (min(scale.bits, bits) - 1) for scale in stream.scales])
    if ((digital < -half) | (digital >= half)).any():
        raise WritingError(
            f"stream {stream.name!r} holds the count {int(counts.flat[np.abs(counts).argmax()])}, which no "
            f"converter of {'/'.join(str(scale.bits) for scale in stream.scales)} bits gives"
        )
    return digital
