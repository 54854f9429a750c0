"""EDF and BDF files put together byte by byte from the specification, without any EDF library."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Signal:
    """A signal with `digital` values of all records, or `lists`: the annotation bytes of each record."""

    label: str | bytes = "EMG L-GM"
    unit: str | bytes = "uV"
    physical: tuple[str, str] = ("-3276.8", "3276.7")  # with the digital range below, one step is 0.1
    digital_range: tuple[str, str] = ("-32768", "32767")
    digital: NDArray[np.int32] = field(default_factory=lambda: np.arange(2000, dtype=np.int32) % 50)
    lists: tuple[bytes, ...] = ()
    samples_said: str | None = None


@dataclass(frozen=True)
class File:
    """A whole file; `raw` gives it. Text fields are written as they stand."""

    signals: Sequence[Signal] = (Signal(),)
    n_records: int = 2
    record_s: str = "1"
    kind: str = "EDF"
    reserved: str = ""
    patient: str = "X X X X"
    recording: str = "Startdate 02-MAR-2026 X X X"
    date: str = "02.03.26"
    time: str = "22.30.00"
    n_records_said: str | None = None
    header_bytes_said: str | None = None
    n_signals_said: str | None = None
    padding: bytes = b" "

    def header(self) -> bytes:
        """Return the header record (EDF 1992, table 1)."""
        n_signals = len(self.signals)
        version = b"0       " if self.kind == "EDF" else b"\xffBIOSEMI"
        fixed = [
            (self.patient, 80),
            (self.recording, 80),
            (self.date, 8),
            (self.time, 8),
            (self.header_bytes_said or str(256 * (n_signals + 1)), 8),
            (self.reserved, 44),
            (self.n_records_said or str(self.n_records), 8),
            (self.record_s, 8),
            (self.n_signals_said or str(n_signals), 4),
        ]
        per_signal = [
            [(s.label, 16) for s in self.signals],
            [("", 80) for _ in self.signals],
            [(s.unit, 8) for s in self.signals],
            [(s.physical[0], 8) for s in self.signals],
            [(s.physical[1], 8) for s in self.signals],
            [(s.digital_range[0], 8) for s in self.signals],
            [(s.digital_range[1], 8) for s in self.signals],
            [("", 80) for _ in self.signals],
            [(s.samples_said or str(self._samples(s)), 8) for s in self.signals],
            [("", 32) for _ in self.signals],
        ]
        fields = fixed + [entry for row in per_signal for entry in row]
        return version + b"".join(self._padded(text, width) for text, width in fields)

    def record(self, number: int) -> bytes:
        """Return one data record."""
        return b"".join(self._part(signal, number) for signal in self.signals)

    def raw(self) -> bytes:
        """Return the whole file."""
        return self.header() + b"".join(self.record(i) for i in range(self.n_records))

    @property
    def _width(self) -> int:
        return 2 if self.kind == "EDF" else 3

    def _samples(self, signal: Signal) -> int:
        if signal.lists:
            return -(-max(len(raw) for raw in signal.lists) // self._width)
        return len(signal.digital) // self.n_records

    def _part(self, signal: Signal, number: int) -> bytes:
        samples = self._samples(signal)
        if signal.lists:
            return signal.lists[number].ljust(samples * self._width, b"\x00")
        values = signal.digital[number * samples : (number + 1) * samples]
        return b"".join(int(v).to_bytes(self._width, "little", signed=True) for v in values)

    def _padded(self, text: str | bytes, width: int) -> bytes:
        raw = text if isinstance(text, bytes) else text.encode("latin-1")
        assert len(raw) <= width, (text, width)
        return raw.ljust(width, self.padding)


def annotations(*lists: bytes, kind: str = "EDF") -> Signal:
    """Return an annotation signal with the given bytes for each record."""
    return Signal(label=f"{kind} Annotations", unit="", physical=("-1", "1"), lists=lists)


def acceleration(n_samples: int, leg: str = "L") -> tuple[Signal, ...]:
    """Return three axes of acceleration: X, Y, Z hold the digital values 1, 2, 3 (0.0001 g a step)."""
    return tuple(
        Signal(f"ACC {leg}-{axis}", "g", ("-3.2768", "3.2767"), digital=np.full(n_samples, i + 1, dtype=np.int32))
        for i, axis in enumerate("XYZ")
    )
