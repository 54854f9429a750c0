"""Resources of one participant: who, with which sensor, by which software. No name, no birth date: a pseudonym."""

from uuid import UUID, uuid5

from trial.exports.data import StudyData
from trial.exports.fhir.codes import ACT_REASON, NAMESPACE, Json, coding, concept
from trial.nightly import LegNight
from trial.study import Participant
from trial.study.parts import Assigned

SIMULATED = "simulated trial"
"""What the software that wrote a made-up trial calls itself by."""


def identifier(data: StudyData, *parts: object) -> UUID:
    """Return the identifier of a thing of this version of the study: the same thing has the same one for good."""
    return uuid5(NAMESPACE, "/".join(str(part) for part in (data.study.name, data.version.number, *parts)))


def reference(to: UUID) -> Json:
    """Return a reference to a resource of the same bundle."""
    return {"reference": f"urn:uuid:{to}"}


def meta(data: StudyData) -> Json:
    """Return what every resource is marked with: research only, and test data where nobody was measured."""
    if SIMULATED not in data.version.software:
        return {"tag": [coding("research-only")]}
    test = {"system": ACT_REASON, "code": "HTEST", "display": "test health data"}
    return {"tag": [coding("research-only"), coding("simulated")], "security": [test]}


def patient(data: StudyData, person: Participant) -> Json:
    """Return the participant, by pseudonym only."""
    named = {"use": "secondary", "system": f"urn:uuid:{uuid5(NAMESPACE, data.study.name)}", "value": person.id}
    return {
        "resourceType": "Patient",
        "id": str(identifier(data, person.id)),
        "meta": meta(data),
        "identifier": [named],
    }


def research_study(data: StudyData) -> Json:
    """Return the study; whether it goes on is not known here, so that it is called active."""
    return {
        "resourceType": "ResearchStudy",
        "id": str(identifier(data, "study")),
        "meta": meta(data),
        "identifier": [{"system": f"urn:uuid:{uuid5(NAMESPACE, 'studies')}", "value": data.study.name}],
        "title": data.study.title,
        "status": "active",
    }


def research_subject(data: StudyData, person: Participant) -> Json:
    """Return that the participant is in the study, with the arm where the study has been unblinded."""
    arm = {"assignedArm": data.arm_of[person.id]} if data.arm_of is not None else {}
    return {
        "resourceType": "ResearchSubject",
        "id": str(identifier(data, person.id, "subject")),
        "meta": meta(data),
        "status": "on-study",
        "study": reference(identifier(data, "study")),
        "individual": reference(identifier(data, person.id)),
        **arm,
    }


def sensor_of(person: Participant, leg: LegNight) -> Assigned | None:
    """Return the sensor that the study assigns to a leg in a night."""
    for device in person.devices:
        begun = device.first_night is None or device.first_night <= leg.night
        over = device.last_night is not None and device.last_night < leg.night
        if device.leg == leg.leg and begun and not over:
            return device
    return None


def sensor(data: StudyData, serial: str) -> Json:
    """Return a sensor."""
    return {
        "resourceType": "Device",
        "id": str(identifier(data, "sensor", serial)),
        "meta": meta(data),
        "serialNumber": serial,
        "type": concept("sensor"),
    }


def scorer_id(data: StudyData, leg: LegNight, serial: str | None) -> UUID:
    """Return the identifier of what counted a night."""
    made_by = [f"{one.software} {one.profile_hash} {one.model} {one.config_hash}" for one in leg.made_by]
    return identifier(data, "software", *made_by, serial)


def scorer(data: StudyData, leg: LegNight, serial: str | None) -> Json:
    """Return what counted a night: software, profile, model and configuration as versions of one device.

    An Observation of R4 has one device: this one, whose parent is the sensor that it read.
    """
    version = data.version
    said = {"software": [version.software], "profile": [version.profile], "profile_hash": [version.profile_hash]}
    said |= {"model": [one.model for one in leg.made_by], "config_hash": [one.config_hash for one in leg.made_by]}
    said["study version"] = [str(version.number)]
    parent = {} if serial is None else {"parent": reference(identifier(data, "sensor", serial))}
    return {
        "resourceType": "Device",
        "id": str(scorer_id(data, leg, serial)),
        "meta": meta(data),
        "deviceName": [{"name": "CrampWatch", "type": "manufacturer-name"}],
        "type": concept("software"),
        "version": [
            {"type": {"text": name}, "value": value}
            for name, values in said.items()
            for value in dict.fromkeys(values)
        ],
        **parent,
    }
