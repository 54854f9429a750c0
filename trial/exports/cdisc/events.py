"""Cramps as clinical events, and nights without one: seen and free of cramps, short, or missing with the reason."""

from collections.abc import Iterator
from datetime import date, timedelta

from signals.time import NOON_H
from trial.diary import DiaryNight
from trial.exports.cdisc import terms
from trial.exports.cdisc.devices import Scorers
from trial.exports.cdisc.model import Row, Value
from trial.exports.cdisc.subjects import Subject
from trial.exports.data import StudyData
from trial.nightly import Cramp, LegNight, NightState
from trial.study import Period


def events(data: StudyData, subjects: dict[str, Subject], scorers: Scorers) -> Iterator[Row]:
    """Give the records of CE, those from EMG and those from the diary."""
    for night in data.nights:
        for leg in night.legs:
            yield from _of_leg(data, subjects[night.participant], leg, scorers)
    for subject, period, night, entry in diary_nights(data, subjects):
        yield from _of_diary(data, subject, (period, night), entry)


def link(leg: LegNight, number: int) -> str:
    """Name a cramp within its subject, by night, leg and place in the night; CE and FA, ADCE have it in common."""
    return f"{leg.night.isoformat()}-{leg.leg}-{number:03d}"


def reference(*legs: LegNight) -> str | None:
    """Name the logged results that nights of legs come from, by their numbers in the log."""
    return ";".join(str(number) for leg in legs for number in leg.results) or None


def times_of(subject: Subject, cramp: Cramp) -> tuple[str, str]:
    """Return onset and end on the subject's clock with the distance from UTC, in ms: no hour is there twice."""
    begin, end = (subject.local(at_s).isoformat(timespec="milliseconds") for at_s in (cramp.onset_s, cramp.end_s))
    return begin, end


def diary_nights(
    data: StudyData, subjects: dict[str, Subject]
) -> Iterator[tuple[Subject, Period | None, date, DiaryNight | None]]:
    """Give every expected night and every night with an entry; nothing where the study has no diary at all."""
    if not data.diary:
        return
    entries = {(entry.participant, entry.night): entry for entry in data.diary}
    for subject in subjects.values():
        planned: dict[date, Period] = {night: period for period, night in data.study.nights_of(subject.participant)}
        written = {night for participant, night in entries if participant == subject.participant.id}
        for night in sorted(planned.keys() | written):
            yield subject, planned.get(night), night, entries.get((subject.participant.id, night))


def diary_reference(entry: DiaryNight | None) -> str | None:
    """Say where an entry of a diary comes from."""
    return f"{entry.source}:{entry.line}" if entry else None


def _of_leg(data: StudyData, subject: Subject, leg: LegNight, scorers: Scorers) -> Iterator[Row]:
    base = _night(data, subject, leg.period, leg.night) | {
        "SPDEVID": scorers.of(leg.made_by),
        "CEREFID": reference(leg),
        "CECAT": terms.EMG,
        "CELOC": terms.CALF,
        "CELAT": terms.LATERALITY[leg.leg],
    }
    if leg.cramps is None:
        yield base | {"CESTAT": terms.NOT_DONE, "CEREASND": leg.reason}
    elif not leg.cramps:
        # a short night without a cramp is not known to be free of cramps
        yield base | {"CEOCCUR": "N" if leg.state is NightState.VALID else "U"}
    for number, cramp in enumerate(leg.cramps or (), start=1):
        begin, end = times_of(subject, cramp)
        yield base | {
            "CEOCCUR": "Y",
            "CESPID": f"{number:03d}",
            "CELNKID": link(leg, number),
            "CESTDTC": begin,
            "CEENDTC": end,
        }


def _of_diary(
    data: StudyData, subject: Subject, slot: tuple[Period | None, date], entry: DiaryNight | None
) -> Iterator[Row]:
    base = _night(data, subject, *slot) | {"CECAT": terms.DIARY, "CEREFID": diary_reference(entry)}
    if entry is None:
        yield base | {"CESTAT": terms.NOT_DONE, "CEREASND": terms.NO_ENTRY}
    elif not entry.cramps:
        yield base | {"CEOCCUR": "N"}
    else:
        for number in range(entry.cramps):
            time = entry.times_local[number] if number < len(entry.times_local) else None
            yield base | {
                "CEOCCUR": "Y",
                "CESPID": f"{number + 1:03d}",
                "CESTDTC": _as_written(entry.night, time) if time else None,
            }


def _as_written(night: date, time: str) -> str:
    """Return the day and time of a diary's clock, which says no distance from UTC."""
    day = night if int(time.partition(":")[0]) >= NOON_H else night + timedelta(days=1)
    return f"{day.isoformat()}T{time}"


def _night(data: StudyData, subject: Subject, period: Period | None, night: date) -> dict[str, Value]:
    return {
        "STUDYID": data.study.name,
        "DOMAIN": "CE",
        "USUBJID": subject.usubjid,
        "CETERM": terms.CRAMP,
        "CEDECOD": terms.CRAMP,
        "CEPRESP": "Y",
        "EPOCH": terms.EPOCHS[period.kind] if period else None,
        "CEDTC": night.isoformat(),
        "CEDY": subject.study_day(night),
    }
