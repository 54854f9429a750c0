"""Annotations of EDF+ and BDF+ files, the time keeping of their data records, and the gaps that they mark.

EDF+ 2.2.2 to 2.2.4. edfio's reader of annotations is not used: it needs all records at once and skips what it
cannot match. Departure: text that is not UTF-8 is taken as Latin-1.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from recordings.errors import AnnotationError, DiscontinuousRecordingError
from recordings.header import Header, decoded
from signals.blocks import Gap, GapReason
from signals.source import Stream
from signals.time import sample_at

GAP_PREFIX = "gap:"
UNEXPLAINED_GAPS = ("gap", "recording gap", "bad_acq_skip")
MAX_JUMP_RECORDS = 0.5  # decimals of an onset are rounded; a hole is at least a data record long

_TAL = re.compile(rb"([+-]\d{1,9}(?:\.\d*)?)(?:\x15((?:\d{1,9}(?:\.\d*)?)?))?\x14(.*)\x14", re.DOTALL)
_ONSET_ONLY = re.compile(rb"([+-]\d{1,9}(?:\.\d*)?)\x14\x14\x00+")


@dataclass(frozen=True, slots=True)
class Annotation:
    """A text at a time: seconds from sample 0, and a duration where the file gives one."""

    onset_s: float
    duration_s: float | None
    text: str


@dataclass(frozen=True, slots=True)
class _Tal:
    onset_s: Decimal
    duration_s: Decimal | None
    texts: tuple[str, ...]


def read_annotations(header: Header, n_records: int) -> tuple[Decimal, tuple[Annotation, ...]]:
    """Read the onset of the first data record (s) and all annotations, sorted by onset.

    Only the bytes of the annotation signals are read, record by record. An annotation may stand in a later
    record than the one that it concerns, so all are read before the first block.
    Raises `AnnotationError` for what is no annotation list, `DiscontinuousRecordingError` where the onset of
    a record is more than half a record away from where it should be.
    """
    first_onset_s = Decimal(0)
    found: list[_Tal] = []
    record_s = float(header.record_s)
    for record, lists in enumerate(_raw_lists(header, n_records)):
        onset_s, tals = _timekeeping(header.path, record, lists[0])
        first_onset_s = onset_s if record == 0 else first_onset_s
        _check_continuous(header, record, float(onset_s - first_onset_s), record_s)
        found.extend(tals)
        for raw in lists[1:]:
            found.extend(_tals(header.path, record, raw))
    annotations = [
        Annotation(
            float(tal.onset_s - first_onset_s), None if tal.duration_s is None else float(tal.duration_s), text
        )
        for tal in found
        for text in tal.texts
    ]
    return first_onset_s, tuple(sorted(annotations, key=lambda a: a.onset_s))


def gaps_of(annotations: tuple[Annotation, ...], stream: Stream, n_samples: int, path: Path) -> tuple[Gap, ...]:
    """Return the gaps that `annotations` mark in a stream of `n_samples`, in order and without overlap.

    Where two marks overlap, the earlier one gives the reason for what they share. A mark always takes at
    least one sample. Raises `AnnotationError` for an unknown reason or a missing duration.
    """
    gaps: list[Gap] = []
    covered = 0
    for mark in annotations:
        reason = _gap_reason(mark, path)
        if reason is None:
            continue
        if not mark.duration_s:
            raise AnnotationError(
                f"{path}: the annotation {mark.text!r} at {mark.onset_s:g} s marks a gap but has no duration; "
                "write how many seconds are missing."
            )
        first = sample_at(mark.onset_s, stream.fs_hz)
        end = max(first + 1, sample_at(mark.onset_s + mark.duration_s, stream.fs_hz))
        first, end = max(first, covered), min(end, n_samples)
        if first < end:
            gaps.append(Gap(stream.name, first, end, reason))
            covered = end
    return tuple(gaps)


def _gap_reason(mark: Annotation, path: Path) -> GapReason | None:
    text = mark.text.strip().casefold()
    if text in UNEXPLAINED_GAPS:
        return GapReason.NOT_RECORDED
    if not text.startswith(GAP_PREFIX):
        return None
    reason = text.removeprefix(GAP_PREFIX).strip()
    if reason not in set(GapReason):
        raise AnnotationError(
            f"{path}: the annotation {mark.text!r} at {mark.onset_s:g} s gives an unknown reason for a gap; "
            f"known are {', '.join(GapReason)}."
        )
    return GapReason(reason)


def _raw_lists(header: Header, n_records: int) -> Iterator[list[bytes]]:
    """Give the bytes of the annotation signals of each record; nothing where the file has none."""
    spans = header.annotation_spans
    if not spans:
        return
    with header.path.open("rb") as file:
        for record in range(n_records):
            start = len(header.raw) + record * header.record_bytes
            yield [os.pread(file.fileno(), length, start + offset) for offset, length in spans]


def _tals(path: Path, record: int, raw: bytes) -> list[_Tal]:
    tals: list[_Tal] = []
    for part in raw.split(b"\x00"):
        if not part:
            continue
        match = _TAL.fullmatch(part)
        if match is None:
            raise AnnotationError(
                f"{path}: data record {record} holds {part[:40]!r}, which is no EDF+ annotation list. "
                "Export the recording again, or as plain EDF without annotations."
            )
        onset, duration, texts = match.groups()
        tals.append(
            _Tal(
                Decimal(onset.decode()),
                Decimal(duration.decode()) if duration else None,
                tuple(decoded(text) for text in texts.split(b"\x14")),
            )
        )
    return tals


def _timekeeping(path: Path, record: int, raw: bytes) -> tuple[Decimal, list[_Tal]]:
    """Return the onset of a record and its annotations from the first annotation signal (EDF+ 2.2.4)."""
    bare = _ONSET_ONLY.fullmatch(raw)
    if bare is not None:  # nearly every record of a night
        return Decimal(bare[1].decode()), []
    tals = _tals(path, record, raw)
    if not tals or tals[0].texts[0]:
        raise AnnotationError(
            f"{path}: data record {record} does not begin with its onset, as EDF+ 2.2.4 demands; "
            "export the recording again, or as plain EDF without annotations."
        )
    onset_s = tals[0].onset_s
    return onset_s, [_Tal(onset_s, tals[0].duration_s, tals[0].texts[1:]), *tals[1:]]


def _check_continuous(header: Header, record: int, onset_s: float, record_s: float) -> None:
    expected_s = record * record_s
    if abs(onset_s - expected_s) > MAX_JUMP_RECORDS * record_s:
        raise DiscontinuousRecordingError(
            f"{header.path}: data record {record} begins at {onset_s:g} s, but {expected_s:g} s is where a "
            f"recording without interruption has it. Export one {header.kind}+C file per contiguous segment."
        )
