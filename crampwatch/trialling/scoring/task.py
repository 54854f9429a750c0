"""One recording as one task for a worker: pure, and the same however often it is done."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crampwatch.scoring import InputError, Request, scored
from crampwatch.trialling.scoring.belonging import BelongingError, Mapped, Wearing, wearings_of
from crampwatch.trialling.scoring.places import Place, at_hand
from models import Profile
from nights import NightRecord
from nights.log.rows import episode_values, gap_values, night_values
from nights.night_json import JsonObject
from recordings import RecordingError
from signals import Leg
from trial.study import Study

REFUSED = (RecordingError, InputError, BelongingError)


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs: the recording, the study, the profile, what a map says; `at` stands as `scored_at`."""

    place: Place
    study: Study
    profile: Profile
    mapped: tuple[Mapped, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ScoredLeg:
    """The result of one leg as the log takes it, without ids; `remarks` are what there is to say about it."""

    participant: str
    leg: Leg
    night: JsonObject
    episodes: list[JsonObject]
    gaps: list[JsonObject]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a recording: the legs that should be in it, those that were scored, why others were not."""

    place: Place
    mapped: tuple[Mapped, ...] = ()
    wanted: tuple[tuple[str, Leg], ...] = ()
    legs: tuple[ScoredLeg, ...] = ()
    failed: tuple[str, ...] = ()
    seconds: float = 0.0


def score_task(task: Task) -> Outcome:
    """Score a recording, whatever is wrong with it."""
    began = time.monotonic()
    wanted: tuple[Wearing, ...] = ()
    legs: list[ScoredLeg] = []
    failed: list[str] = []
    try:
        with at_hand(task.place) as path:
            try:
                wanted = wearings_of(path, task.place.url, task.study, task.mapped)
            except REFUSED as error:
                failed.append(_said(error, path, task.place))
            for wearing in wanted:
                try:
                    legs.append(_score_leg(path, wearing, task))
                except REFUSED as error:
                    failed.append(f"leg {wearing.leg}: {_said(error, path, task.place)}")
    except InputError as error:
        failed.append(str(error))
    except OSError as error:
        failed.append(f"{error.filename or task.place.url}: {error.strerror or error}")
    return Outcome(
        place=task.place,
        mapped=task.mapped,
        wanted=tuple((wearing.participant, wearing.leg) for wearing in wanted),
        legs=tuple(legs),
        failed=tuple(failed),
        seconds=time.monotonic() - began,
    )


def _said(error: Exception, path: Path, place: Place) -> str:
    """Return an error's message with the recording's URL in place of the path of a copy."""
    return str(error).replace(str(path), place.url)


def _score_leg(path: Path, wearing: Wearing, task: Task) -> ScoredLeg:
    request = Request(
        profile=task.profile,
        emg=wearing.emg,
        participant=wearing.participant,
        zone=wearing.zone,
        leg=wearing.leg,
        report=False,
    )
    source, _, record = scored(path, request)
    if record.recording.start is None:
        raise BelongingError("does not say when it began, so that it is of no night of the study")
    return ScoredLeg(
        wearing.participant,
        wearing.leg,
        night_values(record, task.at),
        episode_values(record),
        gap_values(record),
        tuple(_remarks(record, source.streams[0].channels[0].leg, wearing, task.study)),
    )


def _remarks(record: NightRecord, said: Leg | None, wearing: Wearing, study: Study) -> Iterator[str]:
    yield from record.recording.remarks
    if said not in (None, wearing.leg):
        yield f"the channel says leg {said}, the map says {wearing.leg}"
    whose = next(one for one in study.participants if one.id == wearing.participant)
    night = record.recording.night
    if night not in {expected for _, expected in study.nights_of(whose)}:
        yield f"the night of {night} is not among those of {whose.id}'s periods"
