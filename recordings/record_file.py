"""An EDF+C or BDF+C file written data record by data record, in constant memory.

The header comes from edfio, for a recording of one record; the data records are appended as their samples come,
their number is written at the end. Until then the file has another name.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Literal

from edfio import BdfSignal, EdfAnnotation, EdfSignal, Patient, Recording

from recordings.annotations import Annotation
from recordings.errors import WritingError
from recordings.header import FIXED_BYTES, N_RECORDS, SIGNAL_FIELDS
from recordings.writer import FORMATS, SEPARATORS

ONSET_BYTES = 16  # `+86400.123456`, two separators and a zero
SLACK_BYTES = 16
ANNOTATION_LABEL = {16: b"EDF Annotations ", 24: b"BDF Annotations "}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFile:
    """What a file consists of besides its samples.

    `signals` have the samples of one data record of `record_s` seconds, which do not matter. `annotations` are in
    seconds from the first sample; `start` is its local wall time, None where it is to be hidden.
    """

    signals: Sequence[EdfSignal | BdfSignal]
    bits: Literal[16, 24]
    record_s: int
    n_records: int
    start: datetime | None
    participant: str | None
    annotations: Sequence[Annotation] = ()

    def write(self, path: Path, records: Iterable[bytes]) -> None:
        """Write the file with these data records, each the samples of signal after signal.

        The file appears whole or not at all. Raises `WritingError` for what EDF+ cannot hold and where the number
        of records is not `n_records`.
        """
        fields = self._annotation_fields()
        header = self._header(len(fields[0]))
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        written = 0
        try:
            with part.open("wb") as file:
                file.write(header)
                for record in records:
                    if written < self.n_records:
                        file.write(record + fields[written])
                    written += 1
                if written != self.n_records:
                    raise WritingError(f"the source has {written} data records, {self.n_records} are asked for")
                file.seek(N_RECORDS.start)
                file.write(f"{self.n_records:<8d}".encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    @property
    def _bytes_per_sample(self) -> int:
        return self.bits // 8

    def _header(self, annotation_bytes: int) -> bytes:
        """Return the header, with an annotation signal of this many bytes in each record."""
        file_class, _ = FORMATS[self.bits]
        try:
            file = file_class(
                self.signals,  # pyright: ignore[reportArgumentType] - signals and bits belong together
                patient=Patient(code=self.participant or "X"),
                recording=Recording(startdate=self.start.date() if self.start else None),
                starttime=self.start.time() if self.start else None,
                data_record_duration=self.record_s,
                annotations=[EdfAnnotation(0, None, "x")],
            )
        except ValueError as error:
            raise WritingError(f"the night cannot be written: {error}") from error
        target = BytesIO()
        file.write(target)
        n_signals = len(self.signals) + 1
        header = bytearray(target.getvalue()[: FIXED_BYTES * (n_signals + 1)])
        names = list(SIGNAL_FIELDS)
        before = sum(SIGNAL_FIELDS[name] for name in names[: names.index("samples_per_record")])
        width = SIGNAL_FIELDS["samples_per_record"]
        at = FIXED_BYTES + n_signals * before + width * self._annotation_ordinal(bytes(header), n_signals)
        header[at : at + width] = f"{annotation_bytes // self._bytes_per_sample:<{width}d}".encode("ascii")
        header[N_RECORDS] = b"-1      "
        return bytes(header)

    def _annotation_ordinal(self, header: bytes, n_signals: int) -> int:
        """Return the place of the annotation signal, which must be the first or the last; ours go last."""
        width = SIGNAL_FIELDS["label"]
        labels = [header[FIXED_BYTES + i * width : FIXED_BYTES + (i + 1) * width] for i in range(n_signals)]
        ordinal = labels.index(ANNOTATION_LABEL[self.bits])
        if ordinal != n_signals - 1:
            raise WritingError(f"the annotation signal has place {ordinal} of {n_signals}; the last one is needed")
        return ordinal

    def _annotation_fields(self) -> list[bytes]:
        """Return the annotation signal of each record, all of one length: its onset, then annotations as they fit.

        Annotations stand in order from the first record on, not in the record that they concern (EDF+ 2.2.4 allows
        it), so that a reader has all of them early. The fraction of a second at which the recording began is the
        onset of the first record (EDF+ 2.2.4).
        """
        offset_s = self.start.microsecond / 1e6 if self.start else 0.0
        lists = [_tal(mark, offset_s) for mark in sorted(self.annotations, key=lambda mark: mark.onset_s)]
        longest = max((len(tal) for tal in lists), default=0)
        share = -(-sum(len(tal) for tal in lists) // self.n_records)
        room = longest + share + (SLACK_BYTES if lists else 0)
        room += -(ONSET_BYTES + room) % self._bytes_per_sample
        fields: list[bytes] = []
        waiting = iter(lists)
        following = next(waiting, None)
        for record in range(self.n_records):
            field = f"+{_seconds(offset_s + record * self.record_s, 0)}\x14\x14\x00".encode()
            used = 0
            while following is not None and used + len(following) <= room:
                field += following
                used += len(following)
                following = next(waiting, None)
            fields.append(field.ljust(ONSET_BYTES + room, b"\x00"))
        return fields


def _tal(mark: Annotation, offset_s: float) -> bytes:
    if any(separator in mark.text for separator in SEPARATORS):
        raise WritingError(f"the annotation {mark.text!r} has a character 0, 20 or 21, which EDF+ needs for itself")
    duration = "" if mark.duration_s is None else f"\x15{_seconds(mark.duration_s, 3)}"
    onset_s = mark.onset_s + offset_s
    sign = "-" if onset_s < 0 else "+"
    return f"{sign}{_seconds(abs(onset_s), 3)}{duration}\x14{mark.text}\x14\x00".encode()


def _seconds(seconds: float, least_decimals: int) -> str:
    """Write seconds to the microsecond, without zeros at the end beyond `least_decimals`."""
    whole, _, decimals = f"{seconds:.6f}".partition(".")
    kept = decimals.rstrip("0").ljust(least_decimals, "0")
    return f"{whole}.{kept}" if kept else whole
