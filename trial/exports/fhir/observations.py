"""Observations: the count of a leg in a night, and every cramp of it."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from signals import LEGS
from signals.time import NOON_H
from trial.exports.data import StudyData
from trial.exports.fhir.codes import CATEGORY, SYSTEM, Json, absent, coding, concept, quantity
from trial.exports.fhir.resources import identifier, meta, reference
from trial.exports.rows import local_time
from trial.nightly import Cramp, LegNight, NightState
from trial.nightly.results import SECONDS_PER_HOUR
from trial.nightly.spans import Span

PROCEDURE = {"coding": [{"system": CATEGORY, "code": "procedure", "display": "Procedure"}]}
"""The category of electrodiagnostics."""
PLACES = 6


def night_observation(
    data: StudyData, leg: LegNight, span: Span | None, zone: ZoneInfo, device: UUID
) -> list[Json]:
    """Return the count of a leg in a night, followed by its cramps.

    A count of 0 is a value of 0; a missing night has a data-absent reason and no value, over the night from noon to
    noon where nothing was recorded.
    """
    cramps = [
        _cramp(data, leg, number, cramp, zone) | {"device": reference(device)}
        for number, cramp in enumerate(leg.cramps or (), start=1)
    ]
    if leg.cramps is None:
        found: Json = {"dataAbsentReason": absent(leg.reason)}
    else:
        found = {"valueQuantity": quantity(len(leg.cramps), "cramps", "{count}")}
    short = {"note": [{"text": f"short night: {leg.reason}"}]} if leg.state is NightState.SHORT else {}
    count = {
        **_observation(data, leg, "night-cramp-count", "count"),
        "effectivePeriod": _period(span, zone) if span else _noon_to_noon(leg, zone),
        **found,
        **short,
        "device": reference(device),
        **({"hasMember": [reference(UUID(str(cramp["id"]))) for cramp in cramps]} if cramps else {}),
        "component": [
            {"code": concept("usable-time"), "valueQuantity": _hours(leg.usable_s)},
            {"code": concept("monitored-time"), "valueQuantity": _hours(leg.monitored_s)},
            {
                "code": concept("night-state"),
                "valueCodeableConcept": {"coding": [coding(leg.state.value)]},
            },
        ],
    }
    return [count, *cramps]


def _cramp(data: StudyData, leg: LegNight, number: int, cramp: Cramp, zone: ZoneInfo) -> Json:
    length: Json = {"valueQuantity": quantity(round(cramp.duration_s, PLACES), "s", "s")}
    if cramp.intensity is None:
        level: Json = {"dataAbsentReason": absent(None)}
    else:
        level = {"valueQuantity": quantity(round(cramp.intensity, PLACES), "times the resting floor", "1")}
    return {
        **_observation(data, leg, "cramp", f"cramp {number}"),
        "effectivePeriod": _period((cramp.onset_s, cramp.end_s), zone),
        "component": [{"code": concept("cramp-duration")} | length, {"code": concept("cramp-intensity")} | level],
    }


def _observation(data: StudyData, leg: LegNight, code: str, which: str) -> Json:
    place = (data.study.name, data.version.number, leg.participant, leg.leg, leg.night, which)
    return {
        "resourceType": "Observation",
        "id": str(identifier(data, leg.participant, leg.leg, leg.night, which)),
        "meta": meta(data),
        "identifier": [{"system": SYSTEM, "value": "/".join(str(part) for part in place)}],
        "status": "final" if data.locked else "preliminary",
        "category": [PROCEDURE],
        "code": concept(code),
        "subject": reference(identifier(data, leg.participant)),
        "bodySite": {"text": f"{LEGS[leg.leg]} calf"},
    }


def _hours(seconds: float) -> Json:
    return quantity(round(seconds / SECONDS_PER_HOUR, PLACES), "h", "h")


def _period(span: Span, zone: ZoneInfo) -> Json:
    begin, end = (local_time(at, zone).isoformat(timespec="milliseconds") for at in span)
    return {"start": begin, "end": end}


def _noon_to_noon(leg: LegNight, zone: ZoneInfo) -> Json:
    begin = datetime.combine(leg.night, time(NOON_H), zone)
    end = datetime.combine(leg.night + timedelta(days=1), time(NOON_H), zone)
    return {"start": begin.isoformat(), "end": end.isoformat()}
