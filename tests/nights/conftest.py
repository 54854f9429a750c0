"""The nights that most tests of `nights` look at; each is scored once."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from nights import NightRecord
from tests.nights.databases import new_database
from tests.nights.made_nights import contract, rest, scored
from tests.postgresql import binaries, server


@pytest.fixture(scope="session")
def quiet_night() -> NightRecord:
    """Four minutes of rest."""
    return scored(rest(4))


@pytest.fixture(scope="session")
def lead_off_night() -> NightRecord:
    """Four minutes of a constant value: no electrode has contact."""
    return scored(np.full(240_000, 5.0))


@pytest.fixture(scope="session")
def cramp_night() -> NightRecord:
    """Rest, from second 120 a contraction of 60 s, and from second 220.5 one of 2 s; the leg lies still."""
    return scored(contract(contract(rest(5), 120.0, 60.0), 220.5, 2.0))


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
