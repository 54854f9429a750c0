"""Scored nights, each scored once, and a folder of truth and predictions."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from nights import Flag, NightRecord
from tests.crampwatch.evaluating.tables import write_prediction, write_replay, write_truth
from tests.nights.made_nights import contract, rest, scored


@dataclass(frozen=True, slots=True)
class Scored:
    """A quiet night of 4 min, one with a cramp from second 120 to 180 of 5 min, and one without contact."""

    quiet: NightRecord
    cramp: NightRecord
    lead_off: NightRecord


@dataclass(frozen=True, slots=True)
class Cohort:
    """Folders with the truth and the predictions of the same nights."""

    truth: Path
    predicted: Path


@pytest.fixture(scope="session")
def records() -> Scored:
    return Scored(scored(rest(4)), scored(contract(rest(5), 120.0, 60.0)), scored(np.full(240_000, 5.0)))


@pytest.fixture
def cohort(tmp_path: Path, records: Scored) -> Cohort:
    """Five nights of three people: found, missed, false, quiet, and without a count."""
    truth, predicted = tmp_path / "truth", tmp_path / "predicted"
    write_truth(truth, "P1_night-1", "120 60 cramp short", "200 3 leg_movement plm")
    write_prediction(predicted, "P1_night-1", records.cramp, "P1")
    write_replay(predicted, "P1_night-1", records.cramp, Flag(120.0, 130.5))
    write_truth(truth, "P1_night-2", "100 30 cramp weak")
    write_prediction(predicted, "P1_night-2", records.quiet, "P1")
    write_truth(truth, "P2_night-1", "110 80 voluntary standing")
    write_prediction(predicted, "P2_night-1", records.cramp, "P2")
    write_truth(truth, "P2_night-2")
    write_prediction(predicted, "P2_night-2", records.quiet, "P2")
    write_truth(truth, "P3_night-1", "50 20 cramp short")
    write_prediction(predicted, "P3_night-1", records.lead_off, "P3")
    return Cohort(truth, predicted)
