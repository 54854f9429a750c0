"""One record per participant for the analysis: baseline, flags, nights expected, seen and valid."""

from collections.abc import Iterator
from itertools import groupby

from trial.endpoint import PeriodRow, period_rows
from trial.endpoint.rows import WEEK_OF_NIGHTS_H
from trial.exports.cdisc import terms
from trial.exports.cdisc.adam import PROVENANCE
from trial.exports.cdisc.devices import elements, joined
from trial.exports.cdisc.model import Row, Value
from trial.exports.cdisc.subjects import Subject
from trial.exports.data import StudyData
from trial.nightly import ParticipantNight
from trial.study import PeriodKind

PLACES = 6


def subject_level(data: StudyData, subjects: dict[str, Subject]) -> Iterator[Row]:
    """Give the records of ADSL."""
    nights = {name: list(of) for name, of in groupby(data.nights, key=lambda night: night.participant)}
    for name, subject in subjects.items():
        rows = list(period_rows(data.study, nights[name]))
        yield {
            **identity(data, subject),
            **planned("TRT01P", subject),
            **_flags(rows),
            **_baseline(rows),
            **_nights(rows),
            "AP01SDT": subject.treatment[0] if subject.treatment else None,
            "AP01EDT": subject.treatment[1] if subject.treatment else None,
            "LEGS": " AND ".join(terms.LATERALITY[leg] for leg in subject.participant.legs),
            **provenance(data, nights[name]),
        }


def identity(data: StudyData, subject: Subject) -> dict[str, Value]:
    """Return who a row of an analysis data set is about."""
    return {
        "STUDYID": data.study.name,
        "USUBJID": subject.usubjid,
        "SUBJID": subject.participant.id,
        "SITEID": subject.participant.site,
    }


def planned(name: str, subject: Subject) -> dict[str, Value]:
    """Return the planned treatment under a variable's name; nothing at all while the study is blinded."""
    return {} if subject.arm is None else {name: subject.arm, f"{name}N": subject.arm_number}


def provenance(data: StudyData, nights: list[ParticipantNight]) -> dict[str, Value]:
    """Return what nights were made by, under the names of the variables for it."""
    made_by = joined((one for night in nights for leg in night.legs for one in leg.made_by), data.version)
    return {variable.name: value for variable, value in zip(PROVENANCE, elements(made_by), strict=True)}


def _flags(rows: list[PeriodRow]) -> dict[str, Value]:
    baselines = [row.baseline_valid for row in rows if row.baseline_valid is not None]
    run_in = any(row.kind is PeriodKind.RUN_IN for row in rows)
    seen = any(row.monitoring.nights_seen for row in rows if row.kind is PeriodKind.TREATMENT)
    return {
        "ITTFL": "Y",
        "SEENFL": "Y" if seen else "N",
        "BLVALFL": ("Y" if baselines and all(baselines) else "N") if run_in else None,
    }


def _baseline(rows: list[PeriodRow]) -> dict[str, Value]:
    seen = [row.measures for row in rows if row.kind is PeriodKind.RUN_IN and row.measures.cramps is not None]
    hours = sum(measures.exposure_h for measures in seen)
    if not hours:
        return {}
    rate = sum(measures.cramps or 0 for measures in seen) / hours * WEEK_OF_NIGHTS_H
    return {"BLRATE": round(rate, PLACES), "BLEXPHRS": round(hours, PLACES)}


def _nights(rows: list[PeriodRow]) -> dict[str, Value]:
    treatment = [row for row in rows if row.kind is PeriodKind.TREATMENT]
    return {
        "NGTEXP": sum(row.monitoring.nights_expected for row in treatment),
        "NGTSEEN": sum(row.monitoring.nights_seen for row in treatment),
        "NGTVAL": sum(row.monitoring.nights_valid for row in treatment),
        "WKVAL": sum(row.valid_weeks for row in treatment),
    }
