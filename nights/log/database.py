"""Which database the log is, and how it is opened: driver, settings of SQLite, migrations."""

import json
import os
import sqlite3
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from platformdirs import user_data_path
from pydantic_core import from_json
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError

from nights.log.errors import PRIMARY_CODE, LogError, reported, shown
from nights.log.schema import REVISION, VERSION_TABLE

DATABASE_VARIABLE = "CRAMPWATCH_DB"
BUSY_TIMEOUT_MS = 30_000  # writers wait for each other; a night is written in milliseconds
RETRY_S = 0.01
MS_PER_S = 1000
SQLITE, POSTGRESQL = "sqlite", "postgresql"
ONE_AT_A_TIME = {SQLITE: "BEGIN IMMEDIATE", POSTGRESQL: "SELECT pg_advisory_xact_lock(7263746)"}  # any fixed number
EXTRAS = {"psycopg": "crampwatch[postgresql]"}


def default_url() -> str:
    """Return the URL in CRAMPWATCH_DB, or else that of `nights.db` in the user's data folder for crampwatch."""
    given = os.environ.get(DATABASE_VARIABLE)
    if given:
        return given
    path = user_data_path("crampwatch") / "nights.db"
    return URL.create(SQLITE, database=str(path)).render_as_string(hide_password=False)


def open_database(given: str) -> Engine:
    """Connect to a database, make it where there is none, and bring its tables up to date.

    Raises
    ------
    LogError
        Where the URL, the driver or the database is not such as can be used.
    """
    url = _url(given)
    engine = _engine(url)
    if url.get_backend_name() == SQLITE:
        _make_folder(url)
        event.listen(engine, "connect", _set_up_sqlite)
    with reported(url), engine.connect() as connection:
        revision = stored_revision(connection)
    if revision != REVISION:
        with reported(url):
            _migrate(engine)
    return engine


def stored_revision(connection: Connection) -> str | None:
    """Return the migration at which a database stands, None before the first."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - our own constant


def _url(given: str) -> URL:
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise LogError(
            f"{given!r} is no database URL; give one such as sqlite:////home/me/nights.db or "
            f"postgresql://me@server/nights, with the option or in {DATABASE_VARIABLE}"
        ) from error
    return url.set(drivername="postgresql+psycopg") if url.drivername == POSTGRESQL else url


def _engine(url: URL) -> Engine:
    try:
        return create_engine(url, json_serializer=partial(json.dumps, allow_nan=False), json_deserializer=from_json)
    except ModuleNotFoundError as error:
        name = error.name or str(error)
        raise LogError(
            f"the log {shown(url)} needs the driver {name!r}, which is not installed: "
            f"pip install '{EXTRAS.get(name, name)}'"
        ) from error
    except ArgumentError as error:
        raise LogError(f"the log {shown(url)}: {error}; sqlite:// and postgresql:// are tried and known") from error


def _make_folder(url: URL) -> None:
    if url.database and url.database != ":memory:" and not url.query:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LogError(
                f"the log {shown(url)}: its folder cannot be made: {error}; give another path"
            ) from error


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Set what SQLite does not remember, and once what it does."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    _write_ahead(cursor)
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Switch a new file to WAL; of programs that do so at once SQLite turns some away without any waiting."""
    deadline_s = monotonic() + BUSY_TIMEOUT_MS / MS_PER_S
    while cursor.execute("PRAGMA journal_mode").fetchone() == ("delete",):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY_CODE != sqlite3.SQLITE_BUSY or monotonic() > deadline_s:
                raise
            sleep(RETRY_S)


def _migrate(engine: Engine) -> None:
    """Bring the tables up to date, in one transaction; of several programs at once, one does it."""
    from alembic import command  # noqa: PLC0415 - slow to import, and seldom needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "nights.log:migrations")
    with engine.connect() as connection:
        connection.exec_driver_sql(ONE_AT_A_TIME[engine.dialect.name])
        revision = stored_revision(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if revision is not None and revision not in known:
            raise LogError(
                f"the log {shown(engine.url)} is at revision {revision!r}, this program knows {sorted(known)}: "
                "a newer version has made it; update crampwatch, or use a log of its own"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, REVISION)
        connection.commit()
