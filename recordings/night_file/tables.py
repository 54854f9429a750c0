"""Reading the tables of a night file, also of a damaged one, also while it is written."""

import os
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from recordings.errors import UnreadableRecordingError
from recordings.night_file.header import NightHeader
from recordings.night_file.rows import Row, checksum
from recordings.night_file.schema import APPLICATION_ID, COLUMNS, FORMAT_VERSION

BATCH = 256  # rows read at once: about 1 MB
BUSY_S = 10.0
LEAST_ROW_BYTES = 64
DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)  # the second where the damage is in what SQLite says of it
MAGIC = b"SQLite format 3\x00"
ID_AT = slice(68, 72)  # of the header of an SQLite file: PRAGMA application_id


def is_night_file(path: Path) -> bool:
    """Whether the content of `path` is that of a night file, whatever its name."""
    try:
        with path.open("rb") as file:
            start = file.read(ID_AT.stop)
    except OSError:
        return False  # who opens it says why
    return start.startswith(MAGIC) and start[ID_AT] == APPLICATION_ID.to_bytes(4, "big")


@contextmanager
def reading(path: Path) -> Generator[sqlite3.Connection]:
    """Open a night file for reading only; raises `UnreadableRecordingError`.

    A file on a read-only disk, whose WAL SQLite cannot open beside it, is read as immutable where that WAL holds
    nothing.
    """
    if not path.is_file():
        raise UnreadableRecordingError(f"there is no file {path}")
    try:
        with closing(_connect(path)) as connection:
            yield connection
    except DAMAGE as error:
        raise UnreadableRecordingError(f"{path} cannot be read as a night file: {error}") from error


def _connect(path: Path) -> sqlite3.Connection:
    place = f"file:{quote(os.fspath(path.resolve()))}?mode=ro"
    connection = sqlite3.connect(place, uri=True, timeout=BUSY_S, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        wal = path.with_name(path.name + "-wal")
        if os.access(path.parent, os.W_OK) or (wal.exists() and wal.stat().st_size):
            raise
        return sqlite3.connect(f"{place}&immutable=1", uri=True, isolation_level=None)
    except DAMAGE:
        connection.close()
        raise
    return connection


def header_of(connection: sqlite3.Connection, path: Path) -> NightHeader:
    """Return the header; raises `UnreadableRecordingError` where it is damaged or of a later version."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != FORMAT_VERSION:
        raise UnreadableRecordingError(
            f"{path} is a night file of version {version}, version {FORMAT_VERSION} can be read; "
            "use the CrampWatch that made it, or a newer one."
        )
    rows = dict(rows_of(connection, "header"))
    row = rows.get(1)
    if row is None or row[-1] != checksum(row[:-1]):
        raise UnreadableRecordingError(f"{path}: the header is damaged, so that nobody knows whose night this is.")
    return NightHeader.from_json(str(row[0]))


def finished_sha256(connection: sqlite3.Connection) -> str | None:
    """Return the SHA-256 that the file was finished with, None where it is not finished."""
    row = connection.execute("SELECT sha256 FROM finished").fetchone()
    return None if row is None else str(row[0])


def rows_of(connection: sqlite3.Connection, table: str) -> Iterator[tuple[int, Row | None]]:
    """Give id and columns (without the id) of every row by id; None for what is missing or cannot be read.

    Ids are 1, 2, 3 ... without a hole, so that a lost page is noticed. Nothing is held while the caller works.
    """
    last = _last_id(connection, table)
    for first in range(1, last + 1, BATCH):
        yield from _between(connection, table, first, min(first + BATCH - 1, last))


def sound_rows(connection: sqlite3.Connection, table: str, damaged: dict[str, int]) -> Iterator[tuple[int, Row]]:
    """Give the rows whose checksum holds, and count the others, by table, in `damaged`."""
    for row_id, row in rows_of(connection, table):
        if row is None or row[-1] != checksum(row[:-1]):
            damaged[table] = damaged.get(table, 0) + 1
        else:
            yield row_id, row


def rows_at(connection: sqlite3.Connection, table: str, ids: Sequence[int]) -> dict[int, Row]:
    """Return the columns of the rows with these ids; raises `sqlite3.DatabaseError` where they cannot be read."""
    return _selected(connection, f"{_names(table)}, crc32 FROM {table}", ids)


def packed_at(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, tuple[int, int, bytes]]:
    """Return first sample, width and packed counts of the rows of `blocks` with these ids; raises as `rows_at`."""
    return _selected(connection, "first_sample, width, counts FROM blocks", ids)


def _selected(connection: sqlite3.Connection, what: str, ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for first in range(0, len(ids), BATCH):
        wanted = ids[first : first + BATCH]
        places = ", ".join("?" * len(wanted))
        query = f"SELECT id, {what} WHERE id IN ({places})"
        found.update((row[0], row[1:]) for row in connection.execute(query, wanted))
    return found


def _names(table: str) -> str:
    return ", ".join(column.split()[0] for column in COLUMNS[table])


def _last_id(connection: sqlite3.Connection, table: str) -> int:
    try:
        return int(connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])  # noqa: S608
    except DAMAGE:  # the last page is damaged: as many as could be there
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        return int(pages * connection.execute("PRAGMA page_size").fetchone()[0] // LEAST_ROW_BYTES)


def _between(connection: sqlite3.Connection, table: str, first: int, last: int) -> Iterator[tuple[int, Row | None]]:
    query = f"SELECT id, {_names(table)}, crc32 FROM {table} WHERE id BETWEEN ? AND ?"  # noqa: S608 - names from COLUMNS
    try:
        found = {row[0]: row[1:] for row in connection.execute(query, (first, last))}
    except DAMAGE:
        if first == last:
            yield first, None
            return
        middle = (first + last) // 2
        yield from _between(connection, table, first, middle)
        yield from _between(connection, table, middle + 1, last)
        return
    for row_id in range(first, last + 1):
        yield row_id, found.get(row_id)
