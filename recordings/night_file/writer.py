"""Writing a night file: append in memory, make it last with `commit`."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from recordings.errors import FinishedNightError, StorageError
from recordings.night_file.header import NightHeader
from recordings.night_file.notes import ClockAnchor, Note, NoteKind
from recordings.night_file.pending import Batch, Pending
from recordings.night_file.rows import sealed
from recordings.night_file.schema import PRAGMAS, insert, statements
from recordings.night_file.storage import Connection, is_for_want_of_room, reported
from recordings.night_file.stored_night import StoredNight
from recordings.night_file.tables import finished_sha256, header_of, reading
from recordings.night_file.verifying import sha256_through
from signals import CountBlock, Gap


class NightFile:
    """A night file that is being written, by one writer.

    `append`, `note` and `anchor` only remember; `commit` writes all that was remembered in one transaction and
    returns when it is on the disk. What was committed survives SIGKILL and power loss; what was not is lost with
    the process. Where `commit` raises `StorageError` nothing of it was stored, everything stays remembered, and
    the next `commit` tries again, from opening the file on; `pending_bytes` says how much waits, `drop_pending`
    gives it up.

    `commit` may run in another thread while this one goes on appending.
    """

    def __init__(self, path: Path, header: NightHeader) -> None:
        self.path = path
        self.header = header
        self._pending = Pending({stream.name: len(stream.channels) for stream in header.streams})
        self._writing = threading.Lock()
        self._connection: Connection | None = None

    @classmethod
    def create(cls, path: Path, header: NightHeader) -> "NightFile":
        """Make a new night file; it appears with its header or not at all.

        Raises `StorageError` where it cannot be made, and where there is a file of that name.
        """
        if path.exists():
            raise StorageError(f"{path} exists already; open it to go on with that night")
        part = path.with_name(f".{path.name}.part")
        with reported(path):
            try:
                _move_orphans(path)
                _fill(part, header)
                part.replace(path)
                _settle(path.parent)
            finally:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
        return cls(path, header)

    @classmethod
    def open(cls, path: Path) -> "NightFile":
        """Open an unfinished night file to go on with it.

        Raises `FinishedNightError`, `UnreadableRecordingError`, or `StorageError` where it cannot be written now.
        """
        with reading(path) as connection:
            header = header_of(connection, path)
            if finished_sha256(connection) is not None:
                raise FinishedNightError(f"{path} is finished and never changes again")
        night = cls(path, header)
        night.commit()  # opens the file for writing
        return night

    @property
    def pending_bytes(self) -> int:
        """Bytes of counts that were appended and are not yet committed."""
        return self._pending.n_bytes

    def append(self, blocks: Iterable[CountBlock], gaps: Iterable[Gap] = ()) -> None:
        """Remember blocks, in any order, and what is known to be lost; raises ValueError for an unknown stream."""
        self._pending.append(blocks, gaps)

    def note(self, kind: NoteKind, text: str, at: datetime) -> None:
        """Remember a note; `at` is UTC."""
        self._pending.note(Note(kind, text, at))

    def anchor(self, anchor: ClockAnchor) -> None:
        """Remember when a sample was taken; the first should be of the first minute."""
        self._pending.anchor(anchor)

    def commit(self) -> None:
        """Make last what was appended; returns when it is on the disk. Raises `StorageError`."""
        self._commit(lambda _: None)

    def drop_pending(self) -> int:
        """Give up what could not be committed; return how many bytes of counts that were."""
        return self._pending.take().n_bytes

    def blocks(self) -> Iterator[CountBlock]:
        """Give what was committed, `emg` then `acc`, each in order, no sample twice; constant memory."""
        yield from StoredNight(self.path).blocks()

    def gaps(self) -> tuple[Gap, ...]:
        """Return what is known to be lost, in order, as committed; a hole that nobody explained is not in it."""
        return StoredNight(self.path).gaps()

    def finish(self) -> str:
        """Commit, seal the content, put all of it into one file; return its SHA-256.

        From then on the file never changes. Raises `StorageError`; the night can then be finished later.
        """
        digest = ""

        def seal(connection: Connection) -> None:
            nonlocal digest
            digest = finished_sha256(connection.raw) or sha256_through(connection.raw)
            if finished_sha256(connection.raw) is None:
                connection.write([(insert("finished"), [sealed((digest,))])])
            connection.make_one_file()

        self._commit(seal)
        self.close()
        return digest

    def close(self) -> None:
        """Let go of the file, unfinished; what was not committed stays remembered. Never raises."""
        with self._writing:
            self._let_go()

    def _commit(self, then: Callable[[Connection], None]) -> None:
        with self._writing:
            taken = self._pending.take()
            try:
                with reported(self.path):
                    connection = self._connected()
                    if taken:
                        connection.write((insert(table), rows) for table, rows in taken.rows().items())
                        taken = Batch()
                    then(connection)
            except BaseException as error:
                self._pending.put_back(taken)
                if not is_for_want_of_room(error.__cause__):
                    self._let_go()  # the next attempt begins with a connection that knows nothing of this one
                raise

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(self.path)
            if header_of(self._connection.raw, self.path) != self.header:
                raise StorageError(f"{self.path} is another night's file now; go on in a new one")
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):  # on a failed disk; what counts is said by the next commit
                connection.close()


def _fill(part: Path, header: NightHeader) -> None:
    """Make a file with tables and header, on the disk when it returns; it needs no journal, nobody knows it yet."""
    part.unlink(missing_ok=True)  # of a process that was killed here
    with closing(sqlite3.connect(part, isolation_level=None)) as connection:
        for pragma in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", *PRAGMAS):
            connection.execute(pragma)
        connection.execute("BEGIN")
        for statement in statements():
            connection.execute(statement)
        connection.execute(insert("header"), sealed((header.as_json(),)))
        connection.execute("COMMIT")
    _settle(part)


def _move_orphans(path: Path) -> None:
    """Move away the WAL of a file that is gone: SQLite would take it for the new file's, and mix two nights."""
    for ending in ("-wal", "-shm"):
        orphan = path.with_name(path.name + ending)
        if orphan.exists():
            orphan.replace(orphan.with_name(f"{orphan.name}.orphan"))


def _settle(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
