"""The words that stand in the data sets, and what was measured, under one code in findings and in analysis."""

from dataclasses import dataclass, replace

from signals import Leg
from trial.exports.cdisc.model import Codelist, Type
from trial.nightly import NightState
from trial.study import PeriodKind

CRAMP, CALF = "NOCTURNAL LEG CRAMP", "CALF"
EMG, DIARY = "SURFACE EMG", "DIARY"
LATERALITY: dict[Leg, str] = {"L": "LEFT", "R": "RIGHT"}
NOT_DONE = "NOT DONE"
NO_ENTRY = "no_diary_entry"
BLINDED = "BLINDED"
SUBJECT = "STUDY SUBJECT"
SENSOR_TYPE, SCORER_TYPE = "SURFACE EMG SENSOR", "SCORING SOFTWARE"
EPOCHS = {PeriodKind.RUN_IN: "RUN-IN", PeriodKind.TREATMENT: "TREATMENT", PeriodKind.FOLLOW_UP: "FOLLOW-UP"}
STATES = {NightState.VALID: "VALID", NightState.SHORT: "SHORT", NightState.MISSING: "MISSING"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something that is measured; `codelist` terms are made of code and label. `unit` None means a bare number."""

    code: str
    label: str
    unit: str | None
    type: Type
    places: int
    method: str


def _count(code: str, label: str, method: str) -> Measure:
    return Measure(code=code, label=label, unit=None, type=Type.INTEGER, places=0, method=method)


def _hours(code: str, label: str, method: str) -> Measure:
    return Measure(code=code, label=label, unit="HOURS", type=Type.FLOAT, places=6, method=method)


CRAMPS = _count("NCRMP", "Number of Cramps", "Counted cramps that begin in the night")
AWAKENINGS = _count("NAWAK", "Number of Awakenings", "Counted cramps, those of both legs that come together as one")
MONITORED = _hours("MONHRS", "Monitored Hours", "From the first to the last sample")
USABLE = _hours("USEHRS", "Usable Hours", "Hours in which a cramp would have been seen")
SEEN = _hours("SEENHRS", "Hours with a Leg Seen", "Hours in which at least one leg was usable")
FELT = _count("NFELT", "Number of Cramps Felt", "As written down; a night without an entry is missing, not 0")
SEVERITY = Measure(
    code="SEVFELT",
    label="Worst Severity Felt",
    unit=None,
    type=Type.FLOAT,
    places=2,
    method="Worst of the night from 0 to 10, as written down",
)
DURATION = Measure(
    code="DUR", label="Duration", unit="sec", type=Type.FLOAT, places=3, method="From onset to end of the cramp"
)
INTENSITY = Measure(
    code="INTENS",
    label="Intensity",
    unit="RATIO",
    type=Type.FLOAT,
    places=6,
    method="Median EMG level of the cramp over the resting floor",
)
OF_LEGS = (CRAMPS, MONITORED, USABLE)
"""Measured of every leg; in the analysis also under the code with L or R at its end."""
OF_NIGHTS = (AWAKENINGS, SEEN)
OF_DIARIES = (FELT, SEVERITY)
OF_CRAMPS = (DURATION, INTENSITY)
TESTS = (*OF_LEGS, *OF_NIGHTS, *OF_DIARIES, *OF_CRAMPS)


def one_leg(measure: Measure, leg: Leg) -> Measure:
    """Return what a measure of legs is called in the analysis where it is of one leg."""
    label = f"{measure.label}, {LATERALITY[leg].capitalize()} Leg"
    return replace(measure, code=f"{measure.code}{leg}", label=label, method=f"{measure.method}; of one leg")


def _summed(measure: Measure) -> Measure:
    return replace(measure, method=f"{measure.method}; summed over the monitored legs")


PARAMETERS = (
    *(_summed(measure) for measure in OF_LEGS),
    *OF_NIGHTS,
    *(one_leg(measure, leg) for leg in LATERALITY for measure in OF_LEGS),
    *OF_DIARIES,
)


def _list(name: str, label: str, *terms: tuple[str, str]) -> Codelist:
    return Codelist(name=name, label=label, terms=terms)


YES_NO = _list("NY", "No Yes Response", ("N", "No"), ("Y", "Yes"), ("U", "Unknown"))
YES = _list("YONLY", "Yes, or null", ("Y", "Yes"))
STATUS = _list("ND", "Not Done", (NOT_DONE, "Not Done"))
SIDE = _list("LAT", "Laterality", ("LEFT", "Left"), ("RIGHT", "Right"))
EPOCH = _list("EPOCH", "Epoch", *((epoch, epoch.capitalize()) for epoch in EPOCHS.values()))
UNIT = _list("UNIT", "Unit", ("HOURS", "Hour"), ("sec", "Second"), ("RATIO", "Ratio"))
CATEGORY = _list("HOWSEEN", "How a Cramp Was Seen", (EMG, "Counted from surface EMG"), (DIARY, "Written down"))
TEST_CODE = _list("FATESTCD", "Findings About Test Code", *((test.code, test.label) for test in TESTS))
TEST = _list("FATEST", "Findings About Test Name", *((test.label, test.label) for test in TESTS))
PARAMETER_CODE = _list("PARAMCD", "Parameter Code", *((one.code, one.label) for one in PARAMETERS))
NIGHT_STATE = _list(
    "NGHTSTAT",
    "Status of a Night",
    ("VALID", "Long enough to stand for itself"),
    ("SHORT", "Something was seen: counted, weighed by its exposure"),
    ("MISSING", "Nothing was seen: no count"),
)
DEVICE_CODE = _list(
    "DIPARMCD",
    "Device Identifier Element",
    ("DEVTYPE", "Device Type"),
    ("SERIAL", "Serial Number"),
    ("SOFTWARE", "Software and Version"),
    ("PROFILE", "Scoring Profile"),
    ("PROFHASH", "Hash of the Scoring Profile"),
    ("MODEL", "Classifier"),
    ("CFGHASH", "Hash of the Configuration"),
)
IN_USE_CODE = _list(
    "DUTESTCD",
    "Device In-Use Test",
    ("SCORER", "Scored By (SPDEVID)"),
    ("VALIDH", "Usable Hours of a Valid Night"),
    ("VALIDSHR", "Usable Share of a Valid Night"),
    ("TOGETHER", "Onsets of One Awakening, Apart at Most"),
)
