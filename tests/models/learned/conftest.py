"""One small model for all tests of this folder."""

from pathlib import Path

import pytest

from crampwatch.training.training import Trained, trained
from models.learned.card import SIMULATED_LIMITS, TrainingData
from models.learned.storage import LearnedModel, load_model
from tests.models.learned.made_examples import night

DATA = TrainingData(
    source="simulated", seed=1, wearers=20, nights=20, profiles={}, recordings=(), episodes={"cramp": 40}
)


@pytest.fixture(scope="session")
def small() -> Trained:
    """Return a model of twenty made-up nights."""
    return trained("small-1", [night(i) for i in range(20)], DATA, SIMULATED_LIMITS)


@pytest.fixture
def folder(small: Trained, tmp_path: Path) -> Path:
    """Return the folder of the small model, to be damaged."""
    small.write(tmp_path / "small-1")
    return tmp_path / "small-1"


@pytest.fixture
def model(folder: Path) -> LearnedModel:
    """Return the small model as loaded."""
    return load_model(folder)
