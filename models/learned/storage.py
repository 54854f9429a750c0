"""A model folder: `model.skops` and `card.json`, written together, and read only where both can be trusted."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import skops.io
from skops.io.exceptions import UnsupportedTypeException, UntrustedTypesFoundException
from threadpoolctl import ThreadpoolController

from models.labels import Label
from models.learned.card import Card, ModelError, Probe
from models.learned.inputs import INPUTS, Floats

WEIGHTS, CARD = "model.skops", "card.json"
PROBE_TOLERANCE = 1e-9
PROBES_MIN = 20
LIBRARIES = ("crampwatch", "scikit-learn", "skops", "numpy")
TRUSTED = (
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
"""Types that a model file may hold besides those that skops itself trusts; anything else is refused."""

UNREADABLE = (AttributeError, ImportError, KeyError, TypeError, ValueError, OSError, UnsupportedTypeException)
"""What a file of another library version may fail with, when it is read and when it is asked."""


@dataclass(frozen=True, slots=True, eq=False)
class LearnedModel:
    """An estimator that was checked against its card."""

    estimator: Any
    card: Card

    def predict(self, inputs: Floats) -> Floats:
        """Return the probability of every class of the card, shape (n, n_classes)."""
        return asked(self.estimator, inputs)


def library_versions() -> dict[str, str]:
    """Return the versions on which a model's answers depend."""
    return {name: version(name) for name in LIBRARIES}


def serialised(estimator: Any) -> bytes:
    """Return the content of a model file."""
    return skops.io.dumps(estimator, compression=8, compresslevel=9)


def probes_of(estimator: Any, inputs: Floats) -> tuple[Probe, ...]:
    """Ask an estimator what it gives for some inputs, to be asked again whenever it is loaded."""
    expected = asked(estimator, inputs)
    return tuple(
        Probe(tuple(None if np.isnan(x) else x for x in row), tuple(answer))
        for row, answer in zip(inputs.tolist(), expected.tolist(), strict=True)
    )


def probe_error(estimator: Any, probes: Iterable[Probe]) -> float:
    """Return the largest difference between the answers that an estimator gives and those that are expected."""
    known = tuple(probes)
    inputs = np.array([[np.nan if x is None else x for x in probe.inputs] for probe in known])
    return float(np.abs(asked(estimator, inputs) - np.array([probe.expected for probe in known])).max())


def asked(estimator: Any, inputs: Floats) -> Floats:
    """Ask on one thread: the trees of one episode are no work to share, and sharing it takes up to a second."""
    with _threads().limit(limits=1):
        return np.asarray(estimator.predict_proba(inputs), np.float64)


@cache
def _threads() -> ThreadpoolController:
    """Find the thread pools of this process; they are all there once scikit-learn is imported."""
    return ThreadpoolController()


def write_model(folder: Path, weights: bytes, card: Card) -> None:
    """Write a model folder; the card's hash must be that of the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(weights)
    (folder / CARD).write_text(card.json(), "utf-8")


def load_model(folder: Path) -> LearnedModel:
    """Read a model folder and check it.

    Raises `ModelError` for a card that is not understood, weights that are not those of the card, a file that
    holds types that are not trusted, and answers to the probes that are off by more than 1e-9.
    """
    try:
        text, weights = (folder / CARD).read_text("utf-8"), (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise ModelError(
            f"{error.filename} cannot be read ({error.strerror}): a model is a folder of two files"
        ) from error
    card = Card.parse(text, str(folder / CARD))
    _check_card(card, folder)
    if hashlib.sha256(weights).hexdigest() != card.weights_sha256:
        raise ModelError(f"{folder / WEIGHTS} is not the file that its card describes: get both again")
    try:
        estimator = skops.io.loads(weights, trusted=list(TRUSTED))
    except UntrustedTypesFoundException as error:
        raise ModelError(f"{folder / WEIGHTS} holds types that are not trusted: {error}") from error
    except UNREADABLE as error:
        raise _other_version(card, f"it cannot be read ({error})") from error
    _check_probes(estimator, card)
    return LearnedModel(estimator, card)


@cache
def shipped_model(name: str) -> LearnedModel:
    """Load a shipped model once."""
    return load_model(Path(str(files("models.learned") / "weights" / name)))


def _check_card(card: Card, folder: Path) -> None:
    if card.inputs != INPUTS or len(card.medians) != len(INPUTS):
        raise ModelError(
            f"{folder / CARD} names other features than this version has: retrain with `crampwatch train`"
        )
    if len(card.probes) < PROBES_MIN:
        raise ModelError(f"{folder / CARD} has {len(card.probes)} probes, {PROBES_MIN} are asked: get it again")
    if Label.CRAMP not in card.classes or not 0 < card.operating_point < 1:
        raise ModelError(f"{folder / CARD} has no class cramp or no operating point between 0 and 1: get it again")
    for probe in card.probes:
        if len(probe.inputs) != len(INPUTS) or len(probe.expected) != len(card.classes):
            raise ModelError(f"{folder / CARD} has a probe of the wrong length: get it again")


def _check_probes(estimator: Any, card: Card) -> None:
    try:
        error = probe_error(estimator, card.probes)
    except UNREADABLE as failure:
        raise _other_version(card, f"it cannot be asked ({failure})") from failure
    if not error <= PROBE_TOLERANCE:
        raise _other_version(card, f"its probabilities differ by up to {error:.3g} from those of its card")


def _other_version(card: Card, what: str) -> ModelError:
    made, here = card.versions, library_versions()
    differing = [f"{n} {made.get(n, 'unknown')} (here {here[n]})" for n in LIBRARIES]
    return ModelError(
        f"model {card.name} cannot be used: {what}. It was made with {', '.join(differing)}: "
        f"retrain with `crampwatch train`, or install scikit-learn {made.get('scikit-learn', 'unknown')}"
    )
