"""The disk below a night file: a connection that notices when its file is no longer there, and errors in words."""

import errno
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

from recordings.errors import StorageError, UnreadableRecordingError
from recordings.night_file.rows import Row
from recordings.night_file.tables import BUSY_S

CAUSES = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk fails, is full or is gone",
    sqlite3.SQLITE_READONLY: "the disk or the file is read-only",
    sqlite3.SQLITE_CANTOPEN: "the file or its folder cannot be opened; it is gone, read-only or not ours",
    sqlite3.SQLITE_PERM: "the file is not ours to write",
    sqlite3.SQLITE_BUSY: "another program holds the file",
    sqlite3.SQLITE_LOCKED: "another program holds the file",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; go on in a new one",
    sqlite3.SQLITE_NOTADB: "the file is damaged; go on in a new one",
}
PRIMARY = 0xFF  # the low byte of an extended result code
WAL = "-wal"
WAL_PAGES = 256  # 4 MB, some two minutes: what a copy without the WAL lacks


@contextmanager
def reported(path: Path) -> Generator[None]:
    """Turn what SQLite or the system says into a `StorageError` with the cause in words."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        cause = CAUSES.get(code & PRIMARY, str(error)) if isinstance(code, int) else str(error)
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        raise StorageError(f"{path} cannot be written: {cause} ({name}: {error})") from error
    except (UnreadableRecordingError, UnicodeDecodeError) as error:
        raise StorageError(f"{path} cannot be written: {error}") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error


def is_for_want_of_room(error: BaseException | None) -> bool:
    """Whether the connection is as good as before: a new one, or a reader's, would need room for its own files."""
    code = error.sqlite_errorcode if isinstance(error, sqlite3.OperationalError) else None
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)


class Connection:
    """A connection for writing. What it commits is on the disk, in the file of that name, when `write` returns.

    WAL, so that others read while this one writes. `synchronous = FULL`: SQLite waits for the disk after every
    commit, with NORMAL a power cut would take all since the last checkpoint, minutes of the night.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wal = path.with_name(path.name + WAL)
        self._file_identity = _identity(path)
        self._wal_identity: tuple[int, int] | None = None  # until the first commit has made it
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=rw",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            if not self._connection.execute("SELECT EXISTS (SELECT 1 FROM finished)").fetchone()[0]:
                self._connection.execute("PRAGMA journal_mode = WAL")  # would change a byte of a finished file
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
        except BaseException:
            self._connection.close()
            raise

    @property
    def raw(self) -> sqlite3.Connection:
        """SQLite's own connection."""
        return self._connection

    def write(self, statements: Iterable[tuple[str, Sequence[Row]]]) -> None:
        """Run every statement with each of its rows, all in one transaction.

        Raises `sqlite3.Error`, or `FileNotFoundError` where the file or the WAL beside it is not the one that was
        opened: SQLite would go on writing into a deleted file without a word.
        """
        self._check_identity()
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement, rows in statements:
                connection.executemany(statement, rows)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if self._wal_identity is None:
            self._wal_identity = _identity(self._wal)

    def make_one_file(self) -> None:
        """Bring all content from the WAL into the file and do without a WAL from now on.

        While another program has the file open the WAL stays, empty; the content is whole in either case.
        """
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try:
            self._connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise

    def close(self) -> None:
        """Let go of the file; SQLite then brings the content of the WAL into it, where the disk allows."""
        self._connection.close()

    def _check_identity(self) -> None:
        for path, identity in ((self._path, self._file_identity), (self._wal, self._wal_identity)):
            if identity is not None and _identity(path) != identity:
                raise FileNotFoundError(errno.ENOENT, "another file stands in its place", str(path))


def _identity(path: Path) -> tuple[int, int]:
    """Return what tells this file from another one of the same name; raises `FileNotFoundError`."""
    found = path.stat()
    return found.st_dev, found.st_ino
