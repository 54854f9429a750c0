"""The databases that a log is tried on: SQLite, and a real PostgreSQL server."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.postgresql import binaries, new_database, server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Return a pattern of URLs on a running PostgreSQL server."""
    if binaries() is None and "CI" not in os.environ:
        pytest.skip("no PostgreSQL server is installed; apt-get install postgresql")
    with server() as pattern:
        yield pattern


@pytest.fixture(params=["sqlite", "postgresql"])
def log_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'nights.db'}"
    return new_database(request.getfixturevalue("postgresql"), f"log_{uuid4().hex}")
