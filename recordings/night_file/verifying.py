"""Whether a night file is what was written: SHA-256 over its content, and what is wrong with a file."""

import hashlib
import sqlite3
from pathlib import Path

from recordings.errors import UnreadableRecordingError
from recordings.night_file.rows import checksum, encoded
from recordings.night_file.schema import CONTENT
from recordings.night_file.tables import DAMAGE, finished_sha256, header_of, reading, rows_of


def content_sha256(path: Path) -> str:
    """Return the SHA-256 (hex) of the content of a night file, finished or not; raises `UnreadableRecordingError`.

    Two files with the same rows in the same order have the same one, however SQLite has laid them out.
    """
    with reading(path) as connection:
        return sha256_through(connection)


def sha256_through(connection: sqlite3.Connection) -> str:
    """Return the SHA-256 of what a connection sees.

    Taken over the definitions of all tables and triggers by name, then table by table (`schema.COLUMNS`) and row
    by row over id and columns, each as `rows.encoded`. A row that cannot be read counts as NULL.
    """
    digest = hashlib.sha256()
    for definition in connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name"):
        digest.update(encoded(definition))
    for table in CONTENT:
        digest.update(encoded((table,)))
        for row_id, row in rows_of(connection, table):
            digest.update(encoded((row_id, *(row or (None,)))))
    return digest.hexdigest()


def verify(path: Path) -> tuple[str, ...]:
    """Say what is wrong with a night file; nothing where it is what was written.

    A finished file is held against its SHA-256, every row against its checksum, and SQLite checks its structure.
    An unfinished file has no SHA-256 yet, which is not an error. Who changes a file on purpose and computes
    everything anew is found only by comparing with the SHA-256 that was noted elsewhere when the night ended.
    """
    try:
        with reading(path) as connection:
            header_of(connection, path)
            return (*_structure(connection), *_damaged_rows(connection), *_seal(connection))
    except UnreadableRecordingError as error:
        return (str(error),)


def _structure(connection: sqlite3.Connection) -> list[str]:
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    except DAMAGE as error:
        return [f"SQLite cannot check the structure: {error}"]
    return [] if found == ["ok"] else [f"SQLite finds the structure damaged: {line}" for line in found]


def _damaged_rows(connection: sqlite3.Connection) -> list[str]:
    return [
        f"row {row_id} of {table} is damaged or missing"
        for table in CONTENT
        for row_id, row in rows_of(connection, table)
        if row is None or row[-1] != checksum(row[:-1])
    ]


def _seal(connection: sqlite3.Connection) -> list[str]:
    said = finished_sha256(connection)
    if said is None or said == sha256_through(connection):
        return []
    return ["the content is not that with which the night was finished (SHA-256)"]
