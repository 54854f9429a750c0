"""Codes: those of FHIR where it has them, and a code system of our own where nothing fits.

No LOINC or SNOMED CT code for a count of nocturnal leg cramps was found, nor one among those of personal devices.
We own no domain, so that the code system has a UUID for its name, which stays the same for good.
"""

from uuid import NAMESPACE_URL, uuid5

from nights.night_json import NOTICE

Json = dict[str, object]

NAMESPACE = uuid5(NAMESPACE_URL, "crampwatch trial export, FHIR")
"""From which all identifiers of the export are made (RFC 9562, version 5)."""

SYSTEM = f"urn:uuid:{uuid5(NAMESPACE, 'codes')}"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

CODES = {
    "night-cramp-count": ("Cramps of one calf in one night", "cramps counted from noon to noon, local time"),
    "usable-time": ("Usable time", "time in which a cramp of this calf would have been seen"),
    "monitored-time": ("Monitored time", "time from first to last sample, over all recordings of the night"),
    "night-state": ("State of the night", "whether the night is valid, short or missing by the study's rules"),
    "valid": ("Valid night", "enough was seen for the night to stand for itself"),
    "short": ("Short night", "counted, but too little was seen for a valid night"),
    "missing": ("Missing night", "nothing was seen: there is no count"),
    "cramp": (
        "Cramp of the calf",
        "an instrumented-calf cramp: a sustained involuntary contraction of 15 s or more",
    ),
    "cramp-duration": ("Duration", "length of the cramp"),
    "cramp-intensity": ("Intensity", "median EMG level of the cramp over the resting floor"),
    "sensor": ("Sensor on the calf", "EMG and acceleration"),
    "software": ("Scoring software", "what counted the cramps"),
    "research-only": ("Research only", NOTICE),
    "simulated": ("Simulated", "made up: nobody was measured"),
}

REASONS = {
    "not_received": ("unknown", "no recording of this night was received"),  # worn or not, nobody knows
    "not_worn": ("not-performed", "the sensor was not worn"),
    "lead_off": ("error", "an electrode had no contact"),
    "saturated": ("error", "the signal was at the limit of the converter"),
    "link_lost": ("error", "the radio or the cable was lost"),
    "sensor_restart": ("error", "the sensor started anew"),
    "sensor_fault": ("error", "the sensor sent what contradicts itself"),
    "host_stopped": ("error", "the computer at the bedside did not record"),
    "not_recorded": ("unknown", "marked as a gap, cause not stated"),
    "floor_unknown": ("unknown", "the muscle was active before any rest was seen: nothing to compare with"),
    "short_recording": ("unknown", "too little was recorded to see a cramp in"),
}
"""For our causes: the data-absent reason (FHIR R4, 4.3.14.136), and what happened in words."""


def coding(code: str) -> Json:
    """Return a code of our own system."""
    return {"system": SYSTEM, "code": code, "display": CODES[code][0]}


def concept(code: str) -> Json:
    """Return a concept by a code of our own system."""
    return {"coding": [coding(code)], "text": CODES[code][0]}


def quantity(value: float, unit: str, code: str) -> Json:
    """Return a number with its UCUM unit; whole numbers stay whole."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code}


def absent(reason: str | None) -> Json:
    """Return why there is no value: FHIR's code, and our cause as text; a cause that is not known is `unknown`."""
    code, words = REASONS.get(reason or "", ("unknown", "cause not known"))
    return {"coding": [{"system": ABSENT, "code": code}], "text": f"{reason}: {words}" if reason else words}


def code_system(at: str) -> Json:
    """Return our code system as a resource."""
    return {
        "resourceType": "CodeSystem",
        "id": str(uuid5(NAMESPACE, "codes")),
        "url": SYSTEM,
        "version": "1",
        "name": "CrampWatchCodes",
        "title": "Codes of CrampWatch for counts of nocturnal leg cramps",
        "status": "draft",
        "experimental": True,
        "date": at,
        "description": f"Local codes, since no standard ones were found. {NOTICE}",
        "caseSensitive": True,
        "content": "complete",
        "count": len(CODES),
        "concept": [
            {"code": code, "display": display, "definition": definition}
            for code, (display, definition) in CODES.items()
        ],
    }
