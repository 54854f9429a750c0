"""Which truth belongs to which prediction: by the name of the night, and nothing is left out silently."""

from dataclasses import dataclass
from pathlib import Path

from crampwatch.evaluating.predictions import EVENTS_ENDING, MadeBy, Prediction, read_prediction
from crampwatch.evaluating.truth import read_truth
from crampwatch.scoring import InputError
from models.evaluation import EvaluatedNight, EvaluationError

TRUTH_ENDING = "_truth.tsv"
SHOWN_MAX = 5


@dataclass(frozen=True, slots=True)
class Material:
    """The nights that have both sides, what made the predictions, and the names that have one side only."""

    nights: tuple[EvaluatedNight, ...]
    made_by: MadeBy
    only_in_truth: tuple[str, ...]
    only_in_predicted: tuple[str, ...]


def material_of(truth: Path, predicted: Path, *, allow_unpaired: bool) -> Material:
    """Read and pair two files or folders.

    In a folder, the name of a night keeps its subfolders. If the truth's folder holds any `_truth.tsv`, only
    these are its truth. Raises `InputError` for what cannot be read, for names on one side only unless they are
    allowed, and for predictions that were not all made by the same software, profile and model.
    """
    references = _named(truth, (TRUTH_ENDING, EVENTS_ENDING))
    predictions = _named(predicted, (EVENTS_ENDING,))
    both = sorted(references.keys() & predictions.keys())
    only_in_truth = tuple(sorted(references.keys() - predictions.keys()))
    only_in_predicted = tuple(sorted(predictions.keys() - references.keys()))
    if not both:
        raise InputError(
            f"no night is in both {truth} ({_some(only_in_truth)}) and {predicted} ({_some(only_in_predicted)}): "
            "NAME_truth.tsv goes with NAME_events.tsv"
        )
    if (only_in_truth or only_in_predicted) and not allow_unpaired:
        raise InputError(
            f"{len(only_in_truth)} nights have a truth only ({_some(only_in_truth)}), {len(only_in_predicted)} a "
            f"prediction only ({_some(only_in_predicted)}): complete them, or leave them out with --allow-unpaired"
        )
    read = {name: read_prediction(predictions[name]) for name in both}
    return Material(
        nights=tuple(_night(name, references[name], read[name]) for name in both),
        made_by=_one_maker(read),
        only_in_truth=only_in_truth,
        only_in_predicted=only_in_predicted,
    )


def _named(path: Path, endings: tuple[str, ...]) -> dict[str, Path]:
    """Return the tables at a path by the names of their nights, of the first ending that is there."""
    if not path.exists():
        raise InputError(f"there is no file or folder {path}")
    if path.is_file():
        ending = next((e for e in endings if path.name.endswith(e)), None)
        if ending is None:
            raise InputError(f"{path} is not named NAME{' or NAME'.join(endings)}: rename it")
        return {path.name.removesuffix(ending): path}
    for ending in endings:
        found = sorted(p for p in path.rglob(f"*{ending}") if p.is_file())
        if found:
            return {p.relative_to(path).as_posix().removesuffix(ending): p for p in found}
    raise InputError(f"{path} holds no table NAME{' or NAME'.join(endings)}")


def _night(name: str, truth: Path, prediction: Prediction) -> EvaluatedNight:
    try:
        return EvaluatedNight(
            name=name,
            participant=prediction.participant,
            monitored_s=prediction.monitored_s,
            usable_s=prediction.usable_s,
            missing=prediction.missing,
            truth=read_truth(truth),
            predicted=prediction.events,
            lost=prediction.lost,
            flags=prediction.flags,
        )
    except EvaluationError as error:
        raise InputError(str(error)) from error


def _one_maker(read: dict[str, Prediction]) -> MadeBy:
    """Return what made all the predictions; refuse a mixture."""
    first = {prediction.made_by: name for name, prediction in reversed(read.items())}
    if len(first) > 1:
        parts = "; ".join(f"{name} by {maker}" for maker, name in first.items())
        raise InputError(f"the predictions are a mixture, such as {parts}: evaluate each scoring apart")
    return next(iter(first))


def _some(names: tuple[str, ...]) -> str:
    """Name the first few."""
    if not names:
        return "none"
    more = len(names) - SHOWN_MAX
    return ", ".join(names[:SHOWN_MAX]) + (f" and {more} more" if more > 0 else "")
