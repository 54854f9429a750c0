"""Fitting: calibrated gradient-boosted trees, people kept together, the same result on any number of cores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from models.labels import Label
from models.learned.examples import LabelledNight
from models.learned.inputs import Floats, inputs_of
from models.learned.operating_point import Metrics, by_rules, called_cramps, metrics, operating_point

FOLDS = 5
PEOPLE_MIN = 8  # with each label, so that it is in every fold and in the rest of every fold
FOLD_SEED, TREE_SEED = 1, 3  # fixed: the seed of a training is that of its data
Indices = NDArray[np.int64]


class FittingError(ValueError):
    """Data that nothing can be learned from; the message says what is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fitted estimator with its operating point, its cross-validated metrics, and those of the rules."""

    estimator: Any
    operating_point: float
    metrics: Metrics
    rules: Metrics
    inputs: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Labelled episodes of all nights: inputs (n, n_inputs), labels (n,), wearers (n,)."""

    inputs: Floats
    labels: NDArray[np.str_]
    wearers: NDArray[np.str_]


def fit(nights: Sequence[LabelledNight]) -> Fitted:
    """Fit all nights; choose and measure the operating point on people that a fit has not seen.

    Every wearer is in one of five folds. The episodes of a fold are judged by trees that were fitted to the other
    four; from these judgements come the temperature, one number that all share, and the operating point. Metrics of
    a fold are those at the operating point that the other four give.
    Raises `FittingError` where there is no cramp, and for a label that fewer than eight wearers have.
    """
    table = _table(nights)
    _check(table)
    folds = list(_folds(table))
    with threadpool_limits(1):
        estimator = _calibrated(table, folds)
        fold_of = {w: k for k, (_, held) in enumerate(folds) for w in table.wearers[held]}
        fold = [fold_of.get(night.wearer, 0) for night in nights]
        probability = _out_of_fold(nights, fold, estimator)
        measured = _cross_fitted(nights, fold, probability)
    return Fitted(estimator, operating_point(nights, probability), measured, by_rules(nights), table.inputs)


def _table(nights: Sequence[LabelledNight]) -> _Table:
    rows = [
        (example, example.label, night.wearer)
        for night in nights
        for example in (*night.examples, *night.poorer)
        if example.label is not None
    ]
    table = _Table(
        inputs_of([example.features for example, _, _ in rows]),
        np.array([label.value for _, label, _ in rows], np.str_),
        np.array([wearer for _, _, wearer in rows], np.str_),
    )
    for column in table.inputs.T:
        if len(set(table.wearers[np.isfinite(column)].tolist())) < PEOPLE_MIN:
            column[:] = 0.0  # hardly ever measured, as without accelerometers: no tree may ask for it
    return table


def _check(table: _Table) -> None:
    if Label.CRAMP.value not in table.labels:
        raise FittingError("no episode is a cramp: nothing can be learned from these nights")
    for label in sorted(set(table.labels.tolist())):
        people = len(set(table.wearers[table.labels == label].tolist()))
        if people < PEOPLE_MIN:
            raise FittingError(
                f"{people} wearers have an episode that is {label}, {PEOPLE_MIN} are needed: "
                "add nights of more people, or take this label away"
            )


def _folds(table: _Table) -> Iterator[tuple[Indices, Indices]]:
    """Yield (fit, held out) rows; no wearer is on both sides, and labels are spread as evenly as they go."""
    folds = cast("Any", StratifiedGroupKFold(FOLDS, shuffle=True, random_state=FOLD_SEED))
    yield from folds.split(table.inputs, table.labels, table.wearers)


def _trees() -> Any:
    """Return unfitted trees; not tuned; few leaves: no wearer by heart."""
    return cast("Any", HistGradientBoostingClassifier)(
        max_iter=120,
        learning_rate=0.06,
        max_leaf_nodes=12,
        min_samples_leaf=15,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=TREE_SEED,
    )


def _calibrated(table: _Table, folds: list[tuple[Indices, Indices]]) -> Any:
    """Fit one estimator to all rows and calibrate it by predictions on held-out wearers."""
    model = cast("Any", CalibratedClassifierCV)(
        _trees(),
        method="temperature",  # one number keeps the order of episodes; isotonic steps would tie them
        cv=folds,
        ensemble=False,
    )
    model.fit(table.inputs, table.labels)
    return model.set_params(cv=None)  # the rows of the folds are of no use afterwards, and large


def _out_of_fold(nights: Sequence[LabelledNight], folds: Sequence[int], estimator: Any) -> list[Floats]:
    """Return p(cramp) of the examples of every night, from trees that never saw its wearer."""
    temperature = estimator.calibrated_classifiers_[0].calibrators[0]
    probability: list[Floats] = [np.empty(0)] * len(nights)
    for fold in range(FOLDS):
        table = _table([n for n, k in zip(nights, folds, strict=True) if k != fold])
        trees = _trees().fit(table.inputs, table.labels)
        cramp = list(trees.classes_).index(Label.CRAMP.value)
        for i, night in enumerate(nights):
            if folds[i] == fold and night.examples:
                shown = inputs_of([example.features for example in night.examples])
                scores = temperature.predict(trees.decision_function(shown))
                probability[i] = np.asarray(scores[:, cramp], np.float64)
    return probability


def _cross_fitted(nights: Sequence[LabelledNight], folds: Sequence[int], probability: Sequence[Floats]) -> Metrics:
    """Measure every fold at the operating point of the other folds."""
    points: list[float] = []
    for fold in range(FOLDS):
        others = [i for i, k in enumerate(folds) if k != fold]
        points.append(operating_point([nights[i] for i in others], [probability[i] for i in others]))
    called = [called_cramps(n, p, points[k]) for n, p, k in zip(nights, probability, folds, strict=True)]
    return metrics(nights, called)
