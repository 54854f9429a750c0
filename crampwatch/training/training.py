"""From labelled nights to a model folder: what `crampwatch train` does."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from crampwatch.batch import progress_bar
from crampwatch.scoring import InputError
from crampwatch.simulating import settings_hash
from crampwatch.training.annotated import annotated_night, annotated_recordings
from crampwatch.training.nights import (
    SAMPLES,
    SimulatedJob,
    sample_night,
    simulated_night,
)
from crampwatch.training.wearers import PROFILE_CYCLE, TRAINING_PROFILES
from models import Label, RuleSettings
from models.learned.card import (
    ANNOTATED_LIMITS,
    PHASE,
    SCHEMA,
    SCHEMA_VERSION,
    SIMULATED_LIMITS,
    Card,
    TrainingData,
    verdict_of,
)
from models.learned.examples import LabelledNight
from models.learned.fitting import Fitted, FittingError, fit
from models.learned.inputs import INPUTS, Floats
from models.learned.storage import (
    asked,
    library_versions,
    probe_error,
    probes_of,
    serialised,
    shipped_model,
    write_model,
)

PROBES = 40

Job = TypeVar("Job")


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted model with its weights and card."""

    fitted: Fitted
    weights: bytes
    card: Card

    def write(self, folder: Path) -> None:
        """Write the model folder."""
        write_model(folder, self.weights, self.card)


def train_simulated(name: str, seed: int, wearers: int, nights: int) -> Trained:
    """Train on simulated nights and the real samples; the result follows from the arguments alone.

    Raises `InputError` where there are too few people with cramps among the wearers.
    """
    jobs = [SimulatedJob(seed, wearer, night) for wearer in range(wearers) for night in range(nights)]
    labelled = [*_made(simulated_night, jobs), *(sample_night(sample) for sample in SAMPLES)]
    used = sorted({job.profile for job in jobs}, key=PROFILE_CYCLE.index)
    data = TrainingData(
        source="simulated",
        seed=seed,
        wearers=wearers,
        nights=len(jobs),
        profiles={profile: settings_hash(TRAINING_PROFILES[profile]) for profile in used},
        recordings=tuple(SAMPLES),
        episodes=_counted(labelled),
    )
    return trained(name, labelled, data, SIMULATED_LIMITS)


def train_annotated(name: str, folder: Path) -> Trained:
    """Train on the annotated recordings below a folder, by the same path."""
    recordings = annotated_recordings(folder)
    labelled = _made(annotated_night, recordings)
    data = TrainingData(
        source="annotated",
        seed=None,
        wearers=len({night.wearer for night in labelled}),
        nights=len(labelled),
        profiles={},
        recordings=tuple(path.name for path in recordings),
        episodes=_counted(labelled),
    )
    return trained(name, labelled, data, ANNOTATED_LIMITS)


def trained(name: str, nights: Sequence[LabelledNight], data: TrainingData, limits: tuple[str, ...]) -> Trained:
    """Fit labelled nights and write the card."""
    try:
        fitted = fit(nights)
    except FittingError as error:
        raise InputError(str(error)) from error
    weights, rules = serialised(fitted.estimator), RuleSettings()
    card = Card(
        schema=SCHEMA,
        schema_version=SCHEMA_VERSION,
        name=name,
        phase=PHASE,
        limits=limits,
        data=data,
        inputs=INPUTS,
        medians=tuple(np.nanmedian(fitted.inputs, axis=0).tolist()),
        classes=tuple(Label(label) for label in fitted.estimator.classes_.tolist()),
        moving_g=rules.moving_g,
        gait_g=rules.gait_g,
        operating_point=fitted.operating_point,
        metrics=fitted.metrics,
        rules_metrics=fitted.rules,
        verdict=verdict_of(fitted.metrics, fitted.rules),
        versions=library_versions(),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        probes=probes_of(fitted.estimator, _probe_inputs(fitted)),
    )
    return Trained(fitted, weights, card)


def difference_from_shipped(result: Trained, name: str) -> float:
    """Return by how much a training's answers to a shipped model's probes, or its operating point, differ."""
    shipped = shipped_model(name).card
    points = abs(result.card.operating_point - shipped.operating_point)
    return max(points, probe_error(result.fitted.estimator, shipped.probes))


def _made(make: Callable[[Job], LabelledNight], jobs: Sequence[Job]) -> list[LabelledNight]:
    """Make labelled nights on all cores, in order; fresh interpreters, as in `crampwatch.batch`."""
    workers = max(1, min(len(jobs), os.cpu_count() or 1))
    nights: list[LabelledNight] = []
    with (
        progress_bar(wanted=True) as bar,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
    ):
        task = bar.add_task("nights", total=len(jobs))
        for night in pool.map(make, jobs):
            nights.append(night)
            bar.advance(task)
    return nights


def _counted(nights: Sequence[LabelledNight]) -> dict[str, int]:
    counts = Counter(e.label.value if e.label else "unlabelled" for night in nights for e in night.examples)
    return dict(sorted(counts.items()))


def _probe_inputs(fitted: Fitted) -> Floats:
    """Return episodes from the least to the most cramp-like: probes must ask where answers differ."""
    cramp = fitted.estimator.classes_.tolist().index(Label.CRAMP.value)
    order = np.argsort(asked(fitted.estimator, fitted.inputs)[:, cramp], kind="stable")
    at = np.linspace(0, 1, PROBES) ** 0.25 * (len(order) - 1)  # cramps are few: more from the upper end
    return fitted.inputs[order[np.round(at).astype(int)]]
