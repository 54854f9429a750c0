"""Counts and hours of every night, and how long and how strong every cramp was, as findings about the cramps."""

from collections.abc import Iterator
from datetime import date

from trial.exports.cdisc import terms
from trial.exports.cdisc.devices import Scorers
from trial.exports.cdisc.events import diary_nights, diary_reference, link, reference
from trial.exports.cdisc.model import Row, Type, Value
from trial.exports.cdisc.subjects import Subject
from trial.exports.cdisc.terms import Measure
from trial.exports.data import StudyData
from trial.nightly import LegNight, ParticipantNight
from trial.nightly.results import SECONDS_PER_HOUR
from trial.study import Period

Measured = tuple[Measure, float | None]
NOT_WRITTEN, NOT_COMPUTED = "not_written", "not_computed"


def of_leg(leg: LegNight) -> list[Measured]:
    """Return what was measured of a leg in a night: hours are None where nothing was received, 0 is an answer."""
    received = bool(leg.results)
    return [
        (terms.CRAMPS, None if leg.cramps is None else len(leg.cramps)),
        (terms.MONITORED, leg.monitored_s / SECONDS_PER_HOUR if received else None),
        (terms.USABLE, leg.usable_s / SECONDS_PER_HOUR if received else None),
    ]


def of_night(night: ParticipantNight) -> list[Measured]:
    """Return what was measured of both legs of a night together."""
    received = any(leg.results for leg in night.legs)
    return [
        (terms.AWAKENINGS, night.awakenings),
        (terms.SEEN, night.seen_s / SECONDS_PER_HOUR if received else None),
    ]


def reason_of(night: ParticipantNight) -> str | None:
    """Say why a night is not valid: the reason of its first leg that is not."""
    return next((leg.reason for leg in night.legs if leg.reason), None)


def rounded(measure: Measure, value: float) -> float:
    """Return a value with as many places as the measure has: the same number in findings and in analysis."""
    return int(value) if measure.type is Type.INTEGER else round(float(value), measure.places)


def findings(data: StudyData, subjects: dict[str, Subject], scorers: Scorers) -> Iterator[Row]:
    """Give the records of FA."""
    for night in data.nights:
        subject = subjects[night.participant]
        base = _base(data, subject, night.period, night.night) | {"FACAT": terms.EMG, "FALOC": terms.CALF}
        scorer = scorers.of(made for leg in night.legs for made in leg.made_by)
        together = base | {"SPDEVID": scorer, "FAREFID": reference(*night.legs)}
        for measured in of_night(night):
            yield together | _result(measured, reason_of(night))
        for leg in night.legs:
            yield from _findings_of_leg(base, leg, scorers)
    for subject, period, night, entry in diary_nights(data, subjects):
        base = _base(data, subject, period, night) | {
            "FACAT": terms.DIARY,
            "FAREFID": diary_reference(entry),
            "FAEVAL": terms.SUBJECT,
        }
        yield base | _result((terms.FELT, entry.cramps if entry else None), terms.NO_ENTRY)
        if entry and entry.severity is not None:
            yield base | _result((terms.SEVERITY, entry.severity), NOT_WRITTEN)


def _findings_of_leg(base: dict[str, Value], leg: LegNight, scorers: Scorers) -> Iterator[Row]:
    of = base | {
        "SPDEVID": scorers.of(leg.made_by),
        "FAREFID": reference(leg),
        "FALAT": terms.LATERALITY[leg.leg],
    }
    for measured in of_leg(leg):
        yield of | _result(measured, leg.reason)
    for number, cramp in enumerate(leg.cramps or (), start=1):
        of_cramp = of | {"FALNKID": link(leg, number)}
        yield of_cramp | _result((terms.DURATION, cramp.duration_s), None)
        yield of_cramp | _result((terms.INTENSITY, cramp.intensity), NOT_COMPUTED)


def _result(measured: Measured, reason: str | None) -> dict[str, Value]:
    measure, value = measured
    what: dict[str, Value] = {"FATESTCD": measure.code, "FATEST": measure.label}
    if value is None:
        return what | {"FASTAT": terms.NOT_DONE, "FAREASND": reason}
    number = rounded(measure, value)
    text = str(number).removesuffix(".0")
    return what | {
        "FAORRES": text,
        "FAORRESU": measure.unit,
        "FASTRESC": text,
        "FASTRESN": number,
        "FASTRESU": measure.unit,
    }


def _base(data: StudyData, subject: Subject, period: Period | None, night: date) -> dict[str, Value]:
    return {
        "STUDYID": data.study.name,
        "DOMAIN": "FA",
        "USUBJID": subject.usubjid,
        "FAOBJ": terms.CRAMP,
        "EPOCH": terms.EPOCHS[period.kind] if period else None,
        "FADTC": night.isoformat(),
        "FADY": subject.study_day(night),
    }
