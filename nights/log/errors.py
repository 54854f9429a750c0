"""What can be wrong with a log, said in the words of whoever has to put it right."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, IntegrityError

PRIMARY_CODE = 0xFF  # SQLite's extended codes hold the primary one in their lowest byte
REMEDIES = {
    sqlite3.SQLITE_BUSY: "another program is writing to it; close that program or try again",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; check the path and that its folder can be written to",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; put a copy in its place, or move it away and score again",
    sqlite3.SQLITE_FULL: "the disk is full; make room and score again",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database; give another path, or move it away",
    sqlite3.SQLITE_READONLY: "the file or its folder is read-only; allow writing, or give another path",
}
OTHERWISE = "check that the database runs and that the URL is right"


class LogError(RuntimeError):
    """The log cannot be used, or not so; the message says why and what to do."""


def shown(url: URL) -> str:
    """Return the URL for a message, without its password."""
    return url.render_as_string(hide_password=True)


@contextmanager
def reported(url: URL) -> Generator[None]:
    """Turn what the database refuses into `LogError`; a broken constraint stays what it is."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise LogError(f"the log {shown(url)}: {error.orig}: {_remedy(error.orig)}") from error


def _remedy(cause: BaseException | None) -> str:
    if not isinstance(cause, sqlite3.Error):
        return OTHERWISE
    return REMEDIES.get(cause.sqlite_errorcode & PRIMARY_CODE, OTHERWISE)
