"""The header of an EDF or BDF file as plain values, and how many whole data records follow it.

Field widths: EDF specification (Kemp et al. 1992), taken over by EDF+ and BDF. Departures, because files in
use need them: text may be UTF-8 or Latin-1 instead of ASCII, fields may be padded with NUL instead of spaces.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from recordings.errors import DiscontinuousRecordingError, UnreadableRecordingError

FIXED_BYTES = 256  # the fixed part of the header, and as much again for each signal
VERSION_BYTES = 8
SHORTEST_RECORD_S, LONGEST_RECORD_S = Decimal("0.001"), Decimal(3600)  # a record is the least that is read at once
BYTES_PER_SAMPLE: dict[Literal["EDF", "BDF"], int] = {"EDF": 2, "BDF": 3}
KIND_OF: dict[bytes, Literal["EDF", "BDF"]] = {b"0       ": "EDF", b"\xffBIOSEMI": "BDF"}

# byte ranges within the fixed part
PATIENT, RECORDING, DATE, TIME = slice(8, 88), slice(88, 168), slice(168, 176), slice(176, 184)
HEADER_BYTES, RESERVED = slice(184, 192), slice(192, 236)
N_RECORDS, RECORD_S, N_SIGNALS = slice(236, 244), slice(244, 252), slice(252, 256)

# widths of the fields of a signal, in their order; each field is written for all signals before the next
SIGNAL_FIELDS = {
    "label": 16,
    "transducer": 80,
    "unit": 8,
    "physical_min": 8,
    "physical_max": 8,
    "digital_min": 8,
    "digital_max": 8,
    "prefiltering": 80,
    "samples_per_record": 8,
    "reserved": 32,
}

_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class SignalHeader:
    """One signal as its header fields say; ranges stay text until a signal is chosen, others may be broken."""

    label: str
    unit: str
    physical_range: tuple[str, str]
    digital_range: tuple[str, str]
    samples_per_record: int


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one file; `raw` holds its bytes, `record_s` is exact, `n_records` is -1 where not known."""

    path: Path
    raw: bytes
    kind: Literal["EDF", "BDF"]
    plus: bool
    n_records: int
    record_s: Fraction
    signals: tuple[SignalHeader, ...]

    def text(self, field: slice) -> str:
        """Return a text field of the fixed part, without padding."""
        return decoded(self.raw[field])

    @property
    def bytes_per_sample(self) -> int:
        """2 for EDF, 3 for BDF."""
        return BYTES_PER_SAMPLE[self.kind]

    @property
    def record_bytes(self) -> int:
        """Bytes of one data record."""
        return self.bytes_per_sample * sum(s.samples_per_record for s in self.signals)

    @property
    def ordinary(self) -> tuple[SignalHeader, ...]:
        """The signals that are not annotations."""
        return tuple(s for s in self.signals if not self.is_annotation(s))

    @property
    def annotation_spans(self) -> tuple[tuple[int, int], ...]:
        """Offset and length in bytes of each annotation signal within a data record."""
        spans: list[tuple[int, int]] = []
        offset = 0
        for signal in self.signals:
            length = self.bytes_per_sample * signal.samples_per_record
            if self.is_annotation(signal):
                spans.append((offset, length))
            offset += length
        return tuple(spans)

    def is_annotation(self, signal: SignalHeader) -> bool:
        """Whether `signal` carries annotations (EDF+ 2.2.1) and no samples."""
        return signal.label == f"{self.kind} Annotations"

    def fs_hz(self, signal: SignalHeader) -> float:
        """Rate of `signal`."""
        return float(signal.samples_per_record / self.record_s)


def decoded(text: bytes) -> str:
    """Return text from the file, without padding; UTF-8 where it is that, else Latin-1."""
    try:
        return text.decode("utf-8").strip(" \x00")
    except UnicodeDecodeError:
        return text.decode("latin-1").strip(" \x00")


def read_header(path: Path) -> tuple[Header, int]:
    """Read the header of `path` and the size of the file in bytes.

    Raises `UnreadableRecordingError` where this is no EDF or BDF or a needed field is not a number, and
    `DiscontinuousRecordingError` for EDF+D and BDF+D.
    """
    try:
        with path.open("rb") as file:
            fixed = file.read(FIXED_BYTES)
            kind = _kind(path, fixed)
            n_signals = _whole_number(path, fixed, N_SIGNALS, "number of signals")
            if n_signals < 1:
                raise UnreadableRecordingError(f"{path} has {n_signals} signals; at least one is needed.")
            raw = fixed + file.read(FIXED_BYTES * n_signals)
        size = path.stat().st_size
    except FileNotFoundError:
        raise UnreadableRecordingError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise UnreadableRecordingError(f"{path} cannot be read: {error.strerror}.") from error
    _check_header_length(path, raw, n_signals)
    header = Header(
        path=path,
        raw=raw,
        kind=kind,
        plus=_is_plus(path, raw, kind),
        n_records=_whole_number(path, raw, N_RECORDS, "number of data records"),
        record_s=_record_s(path, raw),
        signals=_signals(path, raw, n_signals),
    )
    if header.record_bytes == 0:
        raise UnreadableRecordingError(f"{path}: a data record has no samples, so that there is nothing to read.")
    return header, size


def whole_records(header: Header, size: int) -> tuple[int, tuple[str, ...]]:
    """Return the number of whole data records in a file of `size` bytes, and what is to be remarked on it.

    What the file holds counts, not what its header says: a killed recorder leaves -1 or an old number there.
    Raises `UnreadableRecordingError` where not a single whole record is there.
    """
    n_records, rest = divmod(size - len(header.raw), header.record_bytes)
    if n_records < 1:
        raise UnreadableRecordingError(
            f"{header.path} holds no data records: {size} bytes, of which {len(header.raw)} are the header and "
            f"one data record has {header.record_bytes}."
        )
    until = _clock(float(n_records * header.record_s))
    remarks: list[str] = []
    if rest:
        remarks.append(f"the file ends in the middle of a data record; scored up to {until}")
    if header.n_records == -1:
        remarks.append(f"the recording was not closed (-1 data records); {n_records} found, scored up to {until}")
    elif header.n_records != n_records:
        remarks.append(
            f"the header says {header.n_records} data records, the file holds {n_records} whole ones; "
            f"scored up to {until}"
        )
    return n_records, tuple(remarks)


def _kind(path: Path, fixed: bytes) -> Literal["EDF", "BDF"]:
    if not fixed:
        raise UnreadableRecordingError(f"{path} is empty (0 bytes).")
    version = fixed[:VERSION_BYTES]
    if version not in KIND_OF:
        raise UnreadableRecordingError(
            f"{path} is neither EDF nor BDF: it begins with {version!r}; EDF begins with '0' and seven spaces, "
            "BDF with byte 255 and 'BIOSEMI'. Export the recording as EDF+C or BDF+C."
        )
    if len(fixed) < FIXED_BYTES:
        raise UnreadableRecordingError(f"{path}: the header is cut after {len(fixed)} of {FIXED_BYTES} bytes.")
    return KIND_OF[version]


def _check_header_length(path: Path, raw: bytes, n_signals: int) -> None:
    needed = FIXED_BYTES * (n_signals + 1)
    if len(raw) < needed:
        raise UnreadableRecordingError(
            f"{path}: the header is cut after {len(raw)} bytes; {n_signals} signals need {needed}."
        )
    said = _whole_number(path, raw, HEADER_BYTES, "number of header bytes")
    if said != needed:
        raise UnreadableRecordingError(
            f"{path}: the header says that it has {said} bytes, but {n_signals} signals need {needed}."
        )


def _is_plus(path: Path, raw: bytes, kind: Literal["EDF", "BDF"]) -> bool:
    reserved = decoded(raw[RESERVED])
    if reserved.startswith(f"{kind}+D"):
        raise DiscontinuousRecordingError(
            f"{path} is {kind}+D, a recording with interruptions. Export one {kind}+C file per contiguous "
            "segment and read each of them."
        )
    if reserved.startswith(f"{kind}+") and not reserved.startswith(f"{kind}+C"):
        raise UnreadableRecordingError(
            f"{path}: the reserved field says {reserved!r}; {kind}+C or nothing is needed."
        )
    return reserved.startswith(f"{kind}+C")


def _whole_number(path: Path, raw: bytes, field: slice, what: str) -> int:
    return _integer(path, decoded(raw[field]), what)


def _integer(path: Path, text: str, what: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise UnreadableRecordingError(f"{path}: the {what} in the header is {text!r}, not a whole number.")
    return int(text)


def _record_s(path: Path, raw: bytes) -> Fraction:
    text = decoded(raw[RECORD_S])
    if not _DECIMAL.fullmatch(text):
        raise UnreadableRecordingError(
            f"{path}: the duration of a data record in the header is {text!r}, not a number."
        )
    seconds = Decimal(text)
    if not SHORTEST_RECORD_S <= seconds <= LONGEST_RECORD_S:
        raise UnreadableRecordingError(
            f"{path}: the duration of a data record is {text} s; {SHORTEST_RECORD_S} to {LONGEST_RECORD_S} s can "
            "be read. Files of annotations alone (0 s) have nothing to score."
        )
    return Fraction(seconds)


def _signals(path: Path, raw: bytes, n_signals: int) -> tuple[SignalHeader, ...]:
    columns: dict[str, list[str]] = {}
    start = FIXED_BYTES
    for name, width in SIGNAL_FIELDS.items():
        columns[name] = [decoded(raw[start + i * width : start + (i + 1) * width]) for i in range(n_signals)]
        start += width * n_signals
    signals: list[SignalHeader] = []
    for i, label in enumerate(columns["label"]):
        samples = _integer(path, columns["samples_per_record"][i], f"samples per data record of {label!r}")
        if samples < 0:
            raise UnreadableRecordingError(f"{path}: channel {label!r} has {samples} samples per data record.")
        signals.append(
            SignalHeader(
                label=label,
                unit=columns["unit"][i],
                physical_range=(columns["physical_min"][i], columns["physical_max"][i]),
                digital_range=(columns["digital_min"][i], columns["digital_max"][i]),
                samples_per_record=samples,
            )
        )
    return tuple(signals)


def _clock(seconds: float) -> str:
    minutes, s = divmod(int(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{s:02d}"
