"""Writing a recording as EDF+C (16 bits) or BDF+C (24 bits), whole or not at all."""

import math
import os
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from edfio import Bdf, BdfSignal, Edf, EdfAnnotation, EdfSignal, Patient, Recording
from numpy.typing import NDArray

from recordings.annotations import Annotation
from recordings.errors import WritingError
from signals.channels import Channel
from signals.source import Stream

MAX_RECORD_S = 60  # a data record is what is read at once
SEPARATORS = "\x00\x14\x15"  # these structure an annotation list (EDF+ 2.2.2)
FORMATS = {16: (Edf, EdfSignal), 24: (Bdf, BdfSignal)}


def write_edf(  # noqa: PLR0913 - what a recording consists of
    path: Path,
    streams: tuple[Stream, ...],
    values: Sequence[NDArray[np.float64]],
    start: datetime | None,
    participant: str | None,
    annotations: Sequence[Annotation] = (),
    *,
    bits: Literal[16, 24] = 16,
) -> None:
    """Write `values`, one (n_samples, n_channels) array in uV or g per stream, to `path`.

    Labels are those of the channels. The physical range is the channel's rails, else the smallest symmetric
    range of whole units that holds the data; a value is kept to half a step of that range. `start` is written
    as local wall time, None as a hidden start; `participant` as the patient code. The file appears complete or
    not at all, an existing one is replaced. Raises `WritingError` for what EDF+ cannot hold.
    """
    record_s = _record_s(streams, values)
    marks = [EdfAnnotation(mark.onset_s, mark.duration_s, _allowed(mark.text)) for mark in annotations]
    if bits not in FORMATS:
        raise WritingError(f"{bits} bits per sample are asked for; 16 (EDF+C) and 24 (BDF+C) can be written")
    file_class, signal_class = FORMATS[bits]
    try:
        file = file_class(
            [  # pyright: ignore[reportArgumentType] - file and signal class come as a pair from FORMATS
                signal_class(x, fs_hz, label=c.label, physical_dimension=c.unit, physical_range=_range(c, x))
                for c, fs_hz, x in _columns(streams, values)
            ],
            patient=Patient(code=participant or "X"),
            recording=Recording(startdate=start.date() if start else None),
            starttime=start.time() if start else None,
            data_record_duration=record_s,
            annotations=marks,
        )
    except ValueError as error:
        raise WritingError(f"{path} cannot be written: {error}") from error
    _replace(path, file)


def _columns(
    streams: tuple[Stream, ...], values: Sequence[NDArray[np.float64]]
) -> list[tuple[Channel, float, NDArray[np.float64]]]:
    return [
        (channel, stream.fs_hz, np.ascontiguousarray(block[:, i]))
        for stream, block in zip(streams, values, strict=True)
        for i, channel in enumerate(stream.channels)
    ]


def _record_s(streams: tuple[Stream, ...], values: Sequence[NDArray[np.float64]]) -> int:
    """Return the shortest whole-second data record that holds whole samples of all streams.

    Raises `WritingError` where shapes, durations or rates do not fit.
    """
    if not streams or len(streams) != len(values):
        raise WritingError(f"{len(streams)} streams and {len(values)} arrays; one array per stream is needed")
    rates = [Fraction(str(stream.fs_hz)) for stream in streams]
    record_s = math.lcm(*(rate.denominator for rate in rates))
    if record_s > MAX_RECORD_S:
        raise WritingError(
            f"rates of {', '.join(f'{s.fs_hz:g}' for s in streams)} Hz need data records of {record_s} s; at most "
            f"{MAX_RECORD_S} s are allowed. Round the rate to a few decimals."
        )
    for stream, rate, block in zip(streams, rates, values, strict=True):
        if block.ndim != 2 or block.shape[1] != len(stream.channels):  # noqa: PLR2004 - samples by channels
            raise WritingError(
                f"stream {stream.name!r} has {len(stream.channels)} channels, its values have shape {block.shape}"
            )
        n_records = len(block) / (rate * record_s)
        if n_records.denominator != 1 or n_records == 0:
            raise WritingError(
                f"stream {stream.name!r} has {len(block)} samples at {stream.fs_hz:g} Hz, which are not one "
                f"or more whole data records of {record_s} s; cut or fill its end"
            )
    return record_s


def _range(channel: Channel, values: NDArray[np.float64]) -> tuple[float, float]:
    if channel.rails is not None:
        return channel.rails
    largest = float(np.max(np.abs(values)))
    limit = max(1.0, math.ceil(largest)) if math.isfinite(largest) else 1.0  # edfio names what is not finite
    return -limit, limit


def _allowed(text: str) -> str:
    if any(separator in text for separator in SEPARATORS):
        raise WritingError(f"the annotation {text!r} has a character 0, 20 or 21, which EDF+ needs for itself")
    return text


def _replace(path: Path, file: Edf | Bdf) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as target:
            file.write(target)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
