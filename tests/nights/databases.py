"""The databases that a log is tried on: SQLite, and a real PostgreSQL server."""

from sqlalchemy import create_engine, make_url, text


def new_database(pattern: str, name: str) -> str:
    """Make an empty database on a server and return its URL."""
    url = make_url(pattern.format("postgres")).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return pattern.format(name)
