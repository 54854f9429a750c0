"""The nights that most tests of `nights` look at; each is scored once."""

import numpy as np
import pytest

from nights import NightRecord
from tests.nights.made_nights import contract, rest, scored


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
