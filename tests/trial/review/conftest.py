"""A study in a log of either kind, with three nights to be read."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from nights.log.database import open_database
from tests.trial.logs import version_with
from tests.trial.review.nights import FIRST, Made, night_with, study_in
from trial.study import Study

NIGHTS = (
    (Made(at_h=1.0), Made(at_h=2.5, duration_s=20.0)),
    (
        Made(at_h=1.0, label="voluntary", probability=0.4),
        Made(at_h=2.0, label="voluntary", probability=0.1),
        Made(at_h=3.0, label="voluntary", probability=0.0999),
        Made(at_h=4.0, label="leg_movement", probability=0.4, duration_s=14.999),
        Made(at_h=5.0, label="rhythmic", probability=0.4, duration_s=15.0),
    ),
    (),
)
"""Two cramps; three near misses, and of two that are none one is too unlikely and one too short; nothing."""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return study_in(tmp_path)[1]


@pytest.fixture
def engine(log_url: str, study: Study) -> Iterator[Engine]:
    """Return the database of a study with the nights above as its version 1."""
    engine = open_database(log_url)
    with engine.begin() as connection:
        nights = [night_with(connection, FIRST + timedelta(days=n), episodes) for n, episodes in enumerate(NIGHTS)]
        version_with(connection, study, nights)
    yield engine
    engine.dispose()
