"""The shipped model: usable here, small, made by the documented command, frank about what it is."""

import inspect
from importlib.resources import files

import pytest

from crampwatch.training.command import train_command
from crampwatch.training.nights import SimulatedJob, simulated_night
from models import Label, Profile
from models.learned.classifier import LearnedClassifier
from models.learned.storage import shipped_model
from models.profile import shipped_models

NAMES = shipped_models()


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_model_reproduces_its_probes_and_is_small(name: str) -> None:
    assert shipped_model(name).card.name == name
    weights = files("models.learned").joinpath("weights", name, "model.skops").read_bytes()
    assert len(weights) < 3_000_000


def test_the_card_says_what_the_model_rests_on() -> None:
    card = shipped_model("learned-1").card
    assert "Phase 0" in card.phase
    assert "no recording of a nocturnal cramp exists" in card.limits[0]
    assert card.data.source == "simulated"
    assert card.data.seed != 20261  # the seed of the test cohorts


def test_the_defaults_of_the_command_are_what_the_shipped_model_was_trained_with() -> None:
    defaults = {name: p.default for name, p in inspect.signature(train_command).parameters.items()}
    data = shipped_model("learned-1").card.data
    assert (defaults["seed"], defaults["wearers"]) == (data.seed, data.wearers)
    assert defaults["wearers"] * defaults["nights"] == data.nights


def test_on_an_unseen_night_every_episode_has_one_label_and_probabilities_that_sum_to_one() -> None:
    classifier = LearnedClassifier(shipped_model("learned-1"), Profile(name="test").rules)
    for example in simulated_night(SimulatedJob(seed=5, wearer=2, night=0)).examples:
        judged = classifier.judge(example.features)
        assert sum(judged.probability.values()) == pytest.approx(1.0)
        assert judged.label in set(Label)
