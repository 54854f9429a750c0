"""Reading what `crampwatch score` wrote of a night, and what `crampwatch replay --json` said of it live."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from crampwatch.evaluating.tables import Row, rows_of
from crampwatch.scoring import InputError
from models import Label
from models.evaluation import EvaluationError, PredictedEvent, RaisedFlag, Span
from nights import Missing
from nights.night_json import SCHEMA, SCHEMA_VERSION

EVENTS_ENDING, NIGHT_ENDING, REPLAY_ENDING = "_events.tsv", "_night.json", "_replay.jsonl"
COLUMNS = ("onset", "duration", "trial_type", "probability_cramp")
NIGHT_PART = "_night-"

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MadeBy:
    """By what predictions were made; predictions that differ in it are not evaluated together."""

    software: str
    profile: str
    profile_hash: str
    model: str

    def __str__(self) -> str:
        return f"{self.software}, profile {self.profile}:{self.profile_hash}, model {self.model}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One scored night as its files say."""

    participant: str
    monitored_s: float
    usable_s: float
    missing: str | None
    events: tuple[PredictedEvent, ...]
    lost: tuple[Span, ...]
    flags: tuple[RaisedFlag, ...] | None
    made_by: MadeBy


def read_prediction(events: Path) -> Prediction:
    """Read `<name>_events.tsv`, `<name>_night.json` beside it and, where it is there, `<name>_replay.jsonl`.

    Raises `InputError` where a file cannot be read or lacks something, and where the two disagree about the number
    of cramps or about what they were made by.
    """
    stem = events.name.removesuffix(EVENTS_ENDING)
    path = events.with_name(stem + NIGHT_ENDING)
    night = _night(path)
    predicted = tuple(_event(row) for row in rows_of(events, COLUMNS) if row.text("trial_type") not in set(Missing))
    try:
        counted, made_by = night["cramp_count"], _made_by(night)
        prediction = Prediction(
            participant=_participant(night["recording"], stem),
            monitored_s=float(night["monitored_s"]),
            usable_s=float(night["usable_s"]),
            missing=night["missing"],
            events=predicted,
            lost=tuple(Span(float(gap["onset_s"]), float(gap["duration_s"])) for gap in night["gaps"]),
            flags=_flags(events.with_name(stem + REPLAY_ENDING), made_by),
            made_by=made_by,
        )
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} lacks or garbles {error}: score the night again") from error
    except EvaluationError as error:
        raise InputError(f"{path}: {error}") from error
    in_table = sum(event.label is Label.CRAMP for event in predicted)
    if (counted is None) != (prediction.missing is not None) or in_table != (counted or 0):
        raise InputError(
            f"{events} has {in_table} cramps, {path.name} counts {counted}: "
            "they are not of the same scoring, score the night again"
        )
    return prediction


def _night(path: Path) -> JsonObject:
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read: {error}; `crampwatch score` writes it beside the events"
        ) from error
    if not isinstance(document, dict):
        raise InputError(f"{path} is no night record: score the night again")
    night = cast("JsonObject", document)
    said = night.get("schema"), night.get("schema_version")
    if said != (SCHEMA, SCHEMA_VERSION):
        raise InputError(
            f"{path} is {said}, not {(SCHEMA, SCHEMA_VERSION)}: score the night again with this version"
        )
    return night


def _event(row: Row) -> PredictedEvent:
    name = row.text("trial_type")
    if name not in set(Label):
        raise row.bad(f"trial_type {name!r} is unknown: a prediction has {', '.join(Label)}")
    try:
        return PredictedEvent(span=row.span(), label=Label(name), probability_cramp=row.number("probability_cramp"))
    except EvaluationError as error:
        raise row.bad(str(error)) from error


def _made_by(night: JsonObject) -> MadeBy:
    said = night["provenance"]
    return MadeBy(said["software"], said["profile"], said["profile_hash"], said["model"])


def _participant(recording: JsonObject, stem: str) -> str:
    """Return the pseudonym; where the recording had none, the scorer took its file name, and we its first part."""
    named: str = recording["participant"]
    return stem.split(NIGHT_PART, maxsplit=1)[0] if named == Path(recording["file"]).stem else named


def _flags(path: Path, made_by: MadeBy) -> tuple[RaisedFlag, ...] | None:
    """Return the flags of a replayed night; None where it was not replayed."""
    if not path.exists():
        return None
    try:
        said: list[JsonObject] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        ends = [_made_by(line) for line in said if line["said"] == "end"]
        flags = tuple(RaisedFlag(float(f["onset_s"]), float(f["at_s"])) for f in said if f["said"] == "flag")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is not what `crampwatch replay --json` writes: {error}") from error
    if not ends:
        raise InputError(f"{path} stops before the end of the night: replay it again")
    if ends != [made_by]:
        raise InputError(f"{path} was made by {ends[0]}, the scored night by {made_by}: replay it again")
    return flags
