"""What the probabilities are worth: the FROC curve over all thresholds, and calibration."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.events import EvaluatedNight
from models.evaluation.intervals import Proportion, wilson
from models.evaluation.matching import Tolerance, assign, weights

Floats = NDArray[np.float64]

THRESHOLDS_MAX = 200
N_BINS = 10


@dataclass(frozen=True, slots=True)
class FrocPoint:
    """Sensitivity and false cramps if every episode of at least this probability were counted."""

    threshold: float
    sensitivity: float
    false_per_night: float


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Episodes with a probability in `[low, high)`, the last bin with its end: said on average, and seen."""

    low: float
    high: float
    mean_probability: float
    observed: Proportion


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far probabilities hold: the bins that are not empty, and the Brier score beside that of the base rate."""

    n_episodes: int
    n_cramps: int
    brier: float
    brier_of_base_rate: float
    bins: tuple[CalibrationBin, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """The episodes of a night: what each is worth for each cramp, and its probability of being one."""

    worth: Floats
    probability: Floats


def froc(nights: Sequence[EvaluatedNight], tolerance: Tolerance) -> tuple[FrocPoint, ...] | None:
    """Return the free-response curve, thresholds falling, over nights that have a count.

    Every label is admitted by its probability of a cramp alone, and matched anew at each threshold. Sensitivity can
    change only at the probability of an episode that touches a true cramp: these are the thresholds, thinned to
    200. None where an episode has no probability, or there is no true cramp or no night.
    """
    scored = _scored(nights, tolerance)
    if scored is None:
        return None
    n_cramps = sum(len(night.worth) for night in scored)
    if n_cramps == 0:
        return None
    hits = [night for night in scored if night.worth.any()]
    apart = sorted(float(p) for night in scored for p in night.probability[~night.worth.any(axis=0)])
    return tuple(
        FrocPoint(
            threshold=threshold,
            sensitivity=sum(len(assign(n.worth[:, n.probability >= threshold])) for n in hits) / n_cramps,
            false_per_night=(len(apart) - bisect_left(apart, threshold)) / len(scored),
        )
        for threshold in _thresholds(hits)
    )


def _thresholds(hits: Sequence[_Scored]) -> list[float]:
    touching = [night.probability[night.worth.any(axis=0)] for night in hits]
    distinct = np.unique(np.concatenate(touching))[::-1] if touching else np.zeros(0)
    if len(distinct) > THRESHOLDS_MAX:
        distinct = distinct[np.unique(np.linspace(0, len(distinct) - 1, THRESHOLDS_MAX).round().astype(int))]
    return [float(threshold) for threshold in distinct]


def calibration(nights: Sequence[EvaluatedNight], tolerance: Tolerance) -> Calibration | None:
    """Return reliability in ten bins and the Brier score (Brier 1950, Mon Weather Rev 78:1) over all episodes.

    An episode is a cramp where the one-to-one matching of all episodes, whatever their label, pairs it with a
    true one; what else touches a cramp is none, as it would count twice. None where an episode has no
    probability, or there is no episode.
    """
    scored = _scored(nights, tolerance)
    if scored is None:
        return None
    said = np.concatenate([night.probability for night in scored] or [np.zeros(0)])
    if not len(said):
        return None
    seen = np.concatenate([_is_cramp(night) for night in scored])
    rate = float(seen.mean())
    place = np.minimum((said * N_BINS).astype(int), N_BINS - 1)
    return Calibration(
        n_episodes=len(said),
        n_cramps=int(seen.sum()),
        brier=float(((said - seen) ** 2).mean()),
        brier_of_base_rate=rate * (1 - rate),
        bins=tuple(
            CalibrationBin(
                low=i / N_BINS,
                high=(i + 1) / N_BINS,
                mean_probability=float(said[place == i].mean()),
                observed=wilson(int(seen[place == i].sum()), int((place == i).sum())),
            )
            for i in np.unique(place).tolist()
        ),
    )


def _is_cramp(night: _Scored) -> Floats:
    seen = np.zeros(len(night.probability))
    for _, j in assign(night.worth):
        seen[j] = 1.0
    return seen


def _scored(nights: Sequence[EvaluatedNight], tolerance: Tolerance) -> list[_Scored] | None:
    """Return the nights with a count, None where a probability is not given."""
    scored: list[_Scored] = []
    for night in nights:
        if night.missing is not None:
            continue
        probabilities = [event.probability_cramp for event in night.predicted]
        given = [p for p in probabilities if p is not None]
        if len(given) < len(probabilities):
            return None
        true = [event.span for event in night.true_cramps]
        worth = weights(true, [event.span for event in night.predicted], tolerance)
        scored.append(_Scored(worth, np.array(given, dtype=np.float64)))
    return scored
