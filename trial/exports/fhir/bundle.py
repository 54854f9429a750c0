"""Bundles: one transaction per participant, which any FHIR server takes, and which read by itself is complete.

Every entry is a PUT under an identifier made from what it is (UUID version 5), so that the same export sent twice
changes nothing, and another version of the study is other resources beside the first.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from trial.exports.data import StudyData
from trial.exports.fhir.codes import Json, code_system
from trial.exports.fhir.observations import night_observation
from trial.exports.fhir.resources import (
    identifier,
    meta,
    patient,
    research_study,
    research_subject,
    scorer,
    scorer_id,
    sensor,
    sensor_of,
)
from trial.exports.rows import legs_of, recorded, recorded_spans, zones_of
from trial.nightly import LegNight
from trial.nightly.spans import Span
from trial.study import Participant


def write_fhir(data: StudyData, out: Path) -> list[Path]:
    """Write a bundle per participant and the code system into a folder, which must exist; return the files."""
    nights: dict[str, list[LegNight]] = {participant.id: [] for participant in data.study.participants}
    for leg in legs_of(data):
        nights[leg.participant].append(leg)
    spans = recorded_spans(data)
    files = [_write(out / "CodeSystem.json", code_system(data.at.isoformat(timespec="seconds")))]
    for person in data.study.participants:
        document = participant_bundle(data, person, nights[person.id], spans)
        files.append(_write(out / f"Bundle-{person.id}.json", document))
    return files


def participant_bundle(
    data: StudyData, person: Participant, nights: list[LegNight], spans: Mapping[tuple[int, date], Span]
) -> Json:
    """Return all of one participant: who it is, what measured, and an Observation per night, leg and cramp."""
    zone = zones_of(data.study)[person.id]
    resources = [patient(data, person), research_study(data), research_subject(data, person)]
    devices: dict[object, Json] = {}
    observations: list[Json] = []
    for leg in nights:
        worn = sensor_of(person, leg)
        serial = None if worn is None else worn.serial
        if serial is not None and serial not in devices:
            devices[serial] = sensor(data, serial)
        scored_by = scorer_id(data, leg, serial)
        if scored_by not in devices:
            devices[scored_by] = scorer(data, leg, serial)
        observations += night_observation(data, leg, recorded(leg, spans), zone, scored_by)
    return {
        "resourceType": "Bundle",
        "id": str(identifier(data, person.id, "bundle")),
        "meta": meta(data),
        "type": "transaction",
        "timestamp": data.at.isoformat(timespec="milliseconds"),
        "entry": [_entry(resource) for resource in (*resources, *devices.values(), *observations)],
    }


def _entry(resource: Json) -> Json:
    name = str(resource["id"])
    return {
        "fullUrl": f"urn:uuid:{name}",
        "resource": resource,
        "request": {"method": "PUT", "url": f"{resource['resourceType']}/{name}"},
    }


def _write(path: Path, document: Json) -> Path:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")
    return path
