"""Nights and cramps for the analysis, every row with what it was made by."""

from collections.abc import Iterable, Iterator

from trial.exports.cdisc import terms
from trial.exports.cdisc.adam import PROVENANCE
from trial.exports.cdisc.devices import elements, joined
from trial.exports.cdisc.events import link, times_of
from trial.exports.cdisc.findings import Measured, of_leg, of_night, reason_of, rounded
from trial.exports.cdisc.model import Row, Value
from trial.exports.cdisc.subject_level import identity, planned, provenance
from trial.exports.cdisc.subjects import Subject, week_name
from trial.exports.cdisc.terms import Measure
from trial.exports.data import StudyData
from trial.nightly import Cramp, LegNight, NightState, ParticipantNight

ENDPOINTS = {"muscles": terms.CRAMPS, "awakenings": terms.AWAKENINGS}
WEEKS_OF_PERIOD = 1000
"""Distance of the numbers of two periods' weeks; no period has that many."""


def nights(data: StudyData, subjects: dict[str, Subject]) -> Iterator[Row]:
    """Give the records of ADNIGHT: every parameter of every expected night, with a value or with a reason."""
    endpoint = ENDPOINTS[data.study.endpoint.legs]
    felt = {(entry.participant, entry.night): entry.cramps for entry in data.diary}
    for night in data.nights:
        base = _night(data, subjects[night.participant], night)
        made_by = provenance(data, [night])
        reason = reason_of(night)
        for measured in (*_summed(night), *of_night(night)):
            flag = {"ENDPTFL": "Y" if measured[0] == endpoint else None}
            yield base | made_by | _state(night.state) | _value(measured, reason) | flag
        for leg in night.legs:
            of = base | _made_by(data, leg) | _state(leg.state)
            for measure, value in of_leg(leg):
                yield of | _value((terms.one_leg(measure, leg.leg), value), leg.reason)
        if data.diary:
            entry = felt.get((night.participant, night.night))
            yield base | made_by | _value((terms.FELT, entry), terms.NO_ENTRY) | {"PARCAT1": terms.DIARY}


def cramps(data: StudyData, subjects: dict[str, Subject]) -> Iterator[Row]:
    """Give the records of ADCE."""
    for night in data.nights:
        subject = subjects[night.participant]
        for leg in night.legs:
            for number, cramp in enumerate(leg.cramps or (), start=1):
                week = _week(data, subject, night)
                yield week | _cramp(subject, leg, number, cramp) | _made_by(data, leg) | _flag(leg.state)


def _summed(night: ParticipantNight) -> Iterator[Measured]:
    """Give what was measured of the legs, summed over those of which there is something."""
    for of_measure in zip(*(of_leg(leg) for leg in night.legs), strict=True):
        there = [value for _, value in of_measure if value is not None]
        yield of_measure[0][0], sum(there) if there else None


def _value(measured: Measured, reason: str | None) -> dict[str, Value]:
    measure, value = measured
    return {
        "PARCAT1": terms.EMG,
        "PARAM": _parameter(measure),
        "PARAMCD": measure.code,
        "AVAL": None if value is None else rounded(measure, value),
        "MISSRSN": reason if value is None else None,
    }


def _parameter(measure: Measure) -> str:
    return f"{measure.label} ({measure.unit})" if measure.unit else measure.label


def _cramp(subject: Subject, leg: LegNight, number: int, cramp: Cramp) -> dict[str, Value]:
    begin, end = times_of(subject, cramp)
    measures: Iterable[tuple[str, Measure, float | None]] = (
        ("ADURN", terms.DURATION, cramp.duration_s),
        ("AINTENS", terms.INTENSITY, cramp.intensity),
    )
    return {
        "CELNKID": link(leg, number),
        "CETERM": terms.CRAMP,
        "CEDECOD": terms.CRAMP,
        "CELAT": terms.LATERALITY[leg.leg],
        "CESTDTC": begin,
        "CEENDTC": end,
        "NIGHTDT": leg.night,
        "ASTDTM": subject.local(cramp.onset_s).replace(tzinfo=None, microsecond=0, fold=0),
        "AENDTM": subject.local(cramp.end_s).replace(tzinfo=None, microsecond=0, fold=0),
        "ADURU": "SECONDS",
        **{name: None if value is None else rounded(measure, value) for name, measure, value in measures},
        "NGHTSTAT": terms.STATES[leg.state],
    }


def _night(data: StudyData, subject: Subject, night: ParticipantNight) -> dict[str, Value]:
    return _week(data, subject, night) | {"ADT": night.night, "ADY": subject.study_day(night.night)}


def _week(data: StudyData, subject: Subject, night: ParticipantNight) -> dict[str, Value]:
    place = [period.name for period in data.study.periods].index(night.period.name) + 1
    return {
        **identity(data, subject),
        **planned("TRTP", subject),
        "EPOCH": terms.EPOCHS[night.period.kind],
        "AVISIT": week_name(night.period, night.week),
        "AVISITN": place * WEEKS_OF_PERIOD + night.week,
    }


def _state(state: NightState) -> dict[str, Value]:
    return {
        "NGHTSTAT": terms.STATES[state],
        "ANL02FL": None if state is NightState.MISSING else "Y",
        **_flag(state),
    }


def _flag(state: NightState) -> dict[str, Value]:
    return {"ANL01FL": "Y" if state is NightState.VALID else None}


def _made_by(data: StudyData, leg: LegNight) -> dict[str, Value]:
    made_by = joined(leg.made_by, data.version)
    return {variable.name: value for variable, value in zip(PROVENANCE, elements(made_by), strict=True)}
