"""FHIR bundles, held against the models of R4B and the invariants of the standard; a zero is never an absence."""

import json
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.codesystem import CodeSystem
from pydantic import ValidationError

from tests.trial.exports.made import ARMS, made_data
from trial.exports.data import StudyData
from trial.exports.fhir import write_fhir
from trial.exports.fhir.codes import ABSENT, REASONS, SYSTEM

Json = dict[str, Any]

R4_ABSENT = {
    "unknown", "asked-unknown", "temp-unknown", "not-asked", "asked-declined", "masked", "not-applicable",
    "unsupported", "as-text", "error", "not-a-number", "negative-infinity", "positive-infinity", "not-performed",
    "not-permitted",
}  # fmt: skip
"""All codes of http://terminology.hl7.org/CodeSystem/data-absent-reason in R4."""


def bundles(folder: Path, data: StudyData) -> dict[str, Json]:
    folder.mkdir(exist_ok=True)
    files = write_fhir(data, folder)
    assert sorted(path.name for path in files) == ["Bundle-A-001.json", "Bundle-B-002.json", "CodeSystem.json"]
    return {path.stem.removeprefix("Bundle-"): json.loads(path.read_text("utf-8")) for path in files}


@pytest.fixture
def blinded(tmp_path: Path) -> dict[str, Json]:
    return bundles(tmp_path / "blinded", made_data())


def resources(bundle: Json, kind: str) -> list[Json]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def counts(bundle: Json) -> dict[tuple[str, str], Json]:
    """Return the counts of nights by leg and date."""
    found = [o for o in resources(bundle, "Observation") if o["code"]["coding"][0]["code"] == "night-cramp-count"]
    return {(o["bodySite"]["text"], o["effectivePeriod"]["start"][:10]): o for o in found}


def component(observation: Json, code: str) -> Json:
    return next(c for c in observation["component"] if c["code"]["coding"][0]["code"] == code)


def test_the_models_of_fhir_take_every_bundle_and_would_not_take_any(blinded: dict[str, Json]) -> None:
    CodeSystem.model_validate(blinded.pop("CodeSystem"))
    for bundle in blinded.values():
        Bundle.model_validate(bundle)
    counted = counts(blinded["A-001"])["left calf", "2026-03-27"]
    counted["valueInteger"] = 2  # two values at once
    with pytest.raises(ValidationError):
        Bundle.model_validate(blinded["A-001"])


def test_a_zero_has_a_value_and_a_missing_night_has_a_reason_instead(blinded: dict[str, Json]) -> None:
    nights = counts(blinded["A-001"])
    assert len(nights) == 8
    zero = nights["left calf", "2026-03-29"]
    assert zero["valueQuantity"] == {
        "value": 0,
        "unit": "cramps",
        "system": "http://unitsofmeasure.org",
        "code": "{count}",
    }
    assert "dataAbsentReason" not in zero
    assert component(zero, "usable-time")["valueQuantity"]["value"] == 8.0
    missing = nights["left calf", "2026-03-30"]
    assert "valueQuantity" not in missing
    assert missing["dataAbsentReason"] == {
        "coding": [{"system": ABSENT, "code": "error"}],
        "text": "lead_off: an electrode had no contact",
    }
    assert component(missing, "usable-time")["valueQuantity"]["value"] == 0.0
    assert component(missing, "monitored-time")["valueQuantity"]["value"] == 8.0
    unknown = nights["right calf", "2026-03-30"]
    assert unknown["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert unknown["dataAbsentReason"]["text"].startswith("not_received")
    assert unknown["effectivePeriod"] == {
        "start": "2026-03-30T12:00:00+02:00",
        "end": "2026-03-31T12:00:00+02:00",
    }


def test_a_short_night_keeps_its_count_and_says_so(blinded: dict[str, Json]) -> None:
    short = counts(blinded["B-002"])["left calf", "2026-03-27"]
    assert short["valueQuantity"]["value"] == 0
    assert component(short, "night-state")["valueCodeableConcept"]["coding"][0]["code"] == "short"
    assert component(short, "usable-time")["valueQuantity"] == {
        "value": 2.0,
        "unit": "h",
        "system": "http://unitsofmeasure.org",
        "code": "h",
    }
    assert short["note"] == [{"text": "short night: short_recording"}]


def test_the_night_of_23_hours_begins_and_ends_at_different_distances_from_utc(blinded: dict[str, Json]) -> None:
    night = counts(blinded["A-001"])["left calf", "2026-03-28"]
    assert night["effectivePeriod"] == {
        "start": "2026-03-28T22:00:00.000+01:00",
        "end": "2026-03-29T07:00:00.000+02:00",
    }
    not_received = counts(blinded["A-001"])["right calf", "2026-03-28"]
    assert not_received["effectivePeriod"] == {
        "start": "2026-03-28T12:00:00+01:00",
        "end": "2026-03-29T12:00:00+02:00",
    }


def test_every_cramp_is_a_member_of_its_night(blinded: dict[str, Json]) -> None:
    observations = {o["id"]: o for o in resources(blinded["A-001"], "Observation")}
    night = counts(blinded["A-001"])["left calf", "2026-03-27"]
    cramps = [observations[member["reference"].removeprefix("urn:uuid:")] for member in night["hasMember"]]
    assert [c["effectivePeriod"]["start"] for c in cramps] == [
        "2026-03-27T23:00:00.000+01:00",
        "2026-03-28T01:00:00.000+01:00",
    ]
    assert [component(c, "cramp-duration")["valueQuantity"]["value"] for c in cramps] == [60.0, 60.0]
    assert [component(c, "cramp-intensity")["valueQuantity"]["value"] for c in cramps] == [10.0, 10.0]
    all_cramps = [o for o in observations.values() if o["code"]["coding"][0]["code"] == "cramp"]
    assert len(all_cramps) == 4
    assert "hasMember" not in counts(blinded["A-001"])["left calf", "2026-03-29"]


def test_the_invariants_of_observations_hold(blinded: dict[str, Json]) -> None:
    for name in ARMS:
        for observation in resources(blinded[name], "Observation"):
            values = [key for key in observation if key.startswith("value")]
            assert not (values and "dataAbsentReason" in observation)  # obs-6
            inner = [c["code"]["coding"][0]["code"] for c in observation.get("component", ())]
            assert observation["code"]["coding"][0]["code"] not in inner  # obs-7
            for part in observation["component"]:
                assert sum(key.startswith("value") or key == "dataAbsentReason" for key in part) == 1  # obs-3
    assert {code for code, _ in REASONS.values()} <= R4_ABSENT


def test_every_reference_leads_somewhere_and_every_code_is_defined(blinded: dict[str, Json]) -> None:
    defined = {one["code"] for one in blinded["CodeSystem"]["concept"]}
    assert blinded["CodeSystem"]["url"] == SYSTEM
    for name in ARMS:
        bundle = blinded[name]
        urls = [entry["fullUrl"] for entry in bundle["entry"]]
        assert len(set(urls)) == len(urls)
        text = json.dumps(bundle)
        assert {part.split('"')[0] for part in text.split('"reference": "')[1:]} <= set(urls)
        used = {part.split('"code": "')[1].split('"')[0] for part in text.split(f'"system": "{SYSTEM}", ')[1:]
                if part.startswith('"code"')}  # fmt: skip
        assert used
        assert used <= defined
        for entry in bundle["entry"]:
            assert entry["request"]["method"] == "PUT"
            resource = entry["resource"]
            assert entry["request"]["url"] == f"{resource['resourceType']}/{resource['id']}"


def test_every_observation_says_what_made_it(blinded: dict[str, Json]) -> None:
    devices = {f"urn:uuid:{d['id']}": d for d in resources(blinded["A-001"], "Device")}
    for (site, start), observation in counts(blinded["A-001"]).items():
        device = devices[observation["device"]["reference"]]
        said = {one["type"]["text"]: one["value"] for one in device["version"]}
        assert said["software"] == "crampwatch 0.1.0"
        assert (said["profile"], said["profile_hash"]) == ("calf-1", "0" * 16)
        received = "not_received" not in observation.get("dataAbsentReason", {}).get("text", "")
        assert ("model" in said and "config_hash" in said) is received, (site, start)
    left = counts(blinded["A-001"])["left calf", "2026-03-27"]["device"]["reference"]
    assert devices[devices[left]["parent"]["reference"]]["serialNumber"] == "CW-0008"


def test_the_same_export_has_the_same_identifiers_and_a_lock_makes_it_final(
    tmp_path: Path, blinded: dict[str, Json]
) -> None:
    again = bundles(tmp_path / "again", made_data())
    assert again == blinded
    locked = bundles(tmp_path / "locked", made_data(locked=True))["A-001"]
    before, after = (resources(b, "Observation") for b in (blinded["A-001"], locked))
    assert [o["id"] for o in before] == [o["id"] for o in after]
    assert {o["status"] for o in before} == {"preliminary"}
    assert {o["status"] for o in after} == {"final"}


def test_the_arm_is_there_only_where_the_study_has_been_unblinded(tmp_path: Path, blinded: dict[str, Json]) -> None:
    assert not any(arm in json.dumps(blinded) for arm in ARMS.values())
    unblinded = bundles(tmp_path / "open", made_data(unblinded=True))
    assert {name: resources(unblinded[name], "ResearchSubject")[0]["assignedArm"] for name in ARMS} == ARMS
    Bundle.model_validate(unblinded["A-001"])


def test_nobody_is_named_and_made_up_data_say_so(blinded: dict[str, Json]) -> None:
    patient = resources(blinded["A-001"], "Patient")[0]
    assert set(patient) == {"resourceType", "id", "meta", "identifier"}
    assert patient["identifier"][0]["value"] == "A-001"
    assert {tag["code"] for tag in patient["meta"]["tag"]} == {"research-only"}
