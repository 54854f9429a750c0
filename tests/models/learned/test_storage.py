"""A model folder is used only where card, weights and answers agree."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from models import ProfileError
from models.learned.card import ModelError
from models.learned.storage import CARD, WEIGHTS, LearnedModel, load_model


def rewrite(folder: Path, **changes: Any) -> None:
    card = json.loads((folder / CARD).read_text("utf-8"))
    (folder / CARD).write_text(json.dumps({**card, **changes}), "utf-8")


def test_a_model_gives_after_loading_what_it_gave_before(model: LearnedModel) -> None:
    assert len(model.card.probes) >= 20
    assert model.card.name == "small-1"
    assert "Phase 0" in model.card.phase


def test_weights_that_are_not_those_of_the_card_are_refused(folder: Path) -> None:
    with (folder / WEIGHTS).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelError, match="not the file that its card describes"):
        load_model(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "colour"),
        ({"schema_version": 2}, "this version reads crampwatch-model 1"),
        ({"schema": "other"}, "this version reads"),
        ({"inputs": ["duty"]}, "other features"),
        ({"probes": []}, "has 0 probes"),
        ({"operating_point": 1.0}, "operating point"),
    ],
)
def test_a_card_that_is_not_understood_is_refused(folder: Path, changes: dict[str, Any], message: str) -> None:
    rewrite(folder, **changes)
    with pytest.raises(ModelError, match=message):
        load_model(folder)


def test_answers_that_differ_are_refused_with_versions_and_remedy(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text("utf-8"))
    card["probes"][0]["expected"][0] += 1e-6
    rewrite(folder, probes=card["probes"], versions={**card["versions"], "scikit-learn": "0.1"})
    with pytest.raises(ModelError, match=r"scikit-learn 0\.1 \(here .*crampwatch train.*install scikit-learn 0\.1"):
        load_model(folder)


def test_answers_within_the_tolerance_are_accepted(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text("utf-8"))
    card["probes"][0]["expected"][0] += 1e-11
    rewrite(folder, probes=card["probes"])
    load_model(folder)


def test_a_type_that_is_not_trusted_is_refused(folder: Path) -> None:
    weights = skops.io.dumps(Path(WEIGHTS))
    (folder / WEIGHTS).write_bytes(weights)
    rewrite(folder, weights_sha256=hashlib.sha256(weights).hexdigest())
    with pytest.raises(ModelError, match="not trusted"):
        load_model(folder)


def test_an_estimator_that_gives_no_probabilities_is_refused(folder: Path) -> None:
    weights = skops.io.dumps(LinearRegression())
    (folder / WEIGHTS).write_bytes(weights)
    rewrite(folder, weights_sha256=hashlib.sha256(weights).hexdigest())
    with pytest.raises(ModelError, match="cannot be asked"):
        load_model(folder)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"card\.json cannot be read"):
        load_model(tmp_path)
