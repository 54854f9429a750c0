"""Data records, decoded chunk by chunk in constant memory.

edfio loads a BDF whole and maps an EDF into memory, where the pages read count as used. So it is given one
chunk at a time: the header of the file, with the number of records changed to that of the chunk, and the
bytes of these records.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from edfio import BdfSignal, EdfSignal, read_bdf, read_edf
from numpy.typing import NDArray

from recordings.errors import UnreadableRecordingError
from recordings.header import N_RECORDS, Header
from recordings.scaling import Scaling


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a stream: which ordinary signal it is, and how it is scaled."""

    ordinal: int
    scaling: Scaling


@dataclass(frozen=True, slots=True)
class Chunk:
    """Decoded data records from `first_record` on."""

    first_record: int
    signals: Sequence[EdfSignal | BdfSignal]

    def values(self, columns: tuple[Column, ...]) -> NDArray[np.float64]:
        """Return the scaled samples of `columns`, shape (n_samples, n_columns), contiguous along samples."""
        digital = [self.signals[column.ordinal].digital for column in columns]
        values = np.empty((len(digital[0]), len(columns)), order="F")
        for i, column in enumerate(columns):
            column.scaling.apply(digital[i], values[:, i])
        return values


def chunks(header: Header, n_records: int, chunk_records: int) -> Iterator[Chunk]:
    """Decode `n_records` data records, `chunk_records` at a time.

    Raises `UnreadableRecordingError` where the file has become shorter since its header was read.
    """
    with header.path.open("rb", buffering=0) as file:
        file.seek(len(header.raw))
        for first in range(0, n_records, chunk_records):
            count = min(chunk_records, n_records - first)
            data = file.read(count * header.record_bytes)
            if len(data) < count * header.record_bytes:
                raise UnreadableRecordingError(
                    f"{header.path} became shorter while it was read; wait until it is complete and start again."
                )
            read = read_edf if header.kind == "EDF" else read_bdf
            yield Chunk(first, read(_header_for(header, count) + data).signals)


def _header_for(header: Header, n_records: int) -> bytes:
    raw = header.raw.replace(b"\x00", b" ")  # edfio knows padding by spaces only
    return raw[: N_RECORDS.start] + str(n_records).encode().ljust(8) + raw[N_RECORDS.stop :]
