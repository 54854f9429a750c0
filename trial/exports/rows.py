"""The rows of the exported tables: plain values by column, None where something is missing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from trial.endpoint import night_rows, week_rows
from trial.endpoint.rows import MadeBy, Measures, Monitoring, NightRow, WeekRow
from trial.exports.columns import MADE_BY
from trial.exports.data import StudyData
from trial.nightly import LegNight, NightState, ParticipantNight
from trial.nightly.results import SECONDS_PER_HOUR
from trial.nightly.spans import Span
from trial.study import Study

Row = dict[str, object]
SECONDS_PER_MINUTE = 60


def zones_of(study: Study) -> dict[str, ZoneInfo]:
    """Return the zone of every participant's nights."""
    return {participant.id: ZoneInfo(study.zone_of(participant)) for participant in study.participants}


def local_time(posix_s: float, zone: ZoneInfo) -> datetime:
    """Return a moment on the clock of a zone, with its distance from UTC, to the microsecond."""
    return datetime.fromtimestamp(posix_s, UTC).astimezone(zone)


def recorded_spans(data: StudyData) -> dict[tuple[int, date], Span]:
    """Return the monitored time of every result by its id and night, divided at local noon as the nights are."""
    zones = zones_of(data.study)
    return {
        (part.id, part.night): part.monitored
        for result in data.results
        for part in result.by_night(zones[result.participant])
    }


def recorded(leg: LegNight, spans: Mapping[tuple[int, date], Span]) -> Span | None:
    """Return the time from the first to the last sample of a leg in a night, None where there is none."""
    found = [spans[number, leg.night] for number in leg.results]
    return (min(begin for begin, _ in found), max(end for _, end in found)) if found else None


def legs_of(data: StudyData) -> Iterator[LegNight]:
    """Give the nights of single legs, in the order of the study."""
    return (leg for night in data.nights for leg in night.legs)


def made_by(data: StudyData, legs: Iterable[LegNight]) -> Row:
    """Return what made the results of some nights; model and configuration are None where there is no result."""
    distinct = dict.fromkeys(one for leg in legs for one in leg.made_by)
    return _version(data) | {
        "model": ";".join(dict.fromkeys(one.model for one in distinct)) or None,
        "config_hash": ";".join(dict.fromkeys(one.config_hash for one in distinct)) or None,
    }


def participant_table(data: StudyData) -> Iterator[Row]:
    """Give one row per participant; the arm is there only where the study has been unblinded."""
    nights_of: dict[str, list[ParticipantNight]] = {}
    for night in data.nights:
        nights_of.setdefault(night.participant, []).append(night)
    for person in data.study.participants:
        nights = nights_of[person.id]
        dates = [night.night for night in nights]
        yield {
            "study": data.study.name,
            "participant": person.id,
            "site": person.site,
            "zone": data.study.zone_of(person),
            "legs": ";".join(person.legs),
            **({"arm": data.arm_of[person.id]} if data.arm_of is not None else {}),
            "first_night": min(dates),
            "last_night": max(dates),
            "nights_expected": len(nights),
            "nights_seen": sum(night.state is not NightState.MISSING for night in nights),
            "nights_valid": sum(night.state is NightState.VALID for night in nights),
            **made_by(data, (leg for night in nights for leg in night.legs)),
        }


def night_table(data: StudyData) -> Iterator[Row]:
    """Give one row per expected night of a participant, over all legs."""
    for row in night_rows(data.study, data.nights):
        yield _flat(data, row)


def week_table(data: StudyData) -> Iterator[Row]:
    """Give one row per week of a participant."""
    for row in week_rows(data.study, data.nights):
        yield _flat(data, row)


def leg_night_table(data: StudyData) -> Iterator[Row]:
    """Give one row per expected night of a leg."""
    spans, zones = recorded_spans(data), zones_of(data.study)
    for leg in legs_of(data):
        span = recorded(leg, spans)
        begin, end = (local_time(at, zones[leg.participant]) for at in span) if span else (None, None)
        yield {
            **_place(data, leg),
            "kind": leg.period.kind.value,
            "state": leg.state.value,
            "reason": leg.reason,
            "leg_cramps": None if leg.cramps is None else len(leg.cramps),
            "usable_h": leg.usable_s / SECONDS_PER_HOUR,
            "monitored_h": leg.monitored_s / SECONDS_PER_HOUR,
            "started_at": begin,
            "ended_at": end,
            "utc_offset_min": None if begin is None else offset_min(begin),
            "results": list(leg.results),
            "left_out": list(leg.left_out),
            **made_by(data, [leg]),
        }


def cramp_table(data: StudyData) -> Iterator[Row]:
    """Give one row per counted cramp."""
    zones = zones_of(data.study)
    for leg in legs_of(data):
        for number, cramp in enumerate(leg.cramps or (), start=1):
            onset = local_time(cramp.onset_s, zones[leg.participant])
            yield {
                **_place(data, leg),
                "cramp_number": number,
                "onset_at": onset,
                "utc_offset_min": offset_min(onset),
                "duration_s": cramp.duration_s,
                "intensity": cramp.intensity,
                **made_by(data, [leg]),
            }


def diary_table(data: StudyData) -> Iterator[Row]:
    """Give one row per diary entry; a night without an entry has none."""
    for entry in data.diary:
        yield {
            "study": data.study.name,
            "participant": entry.participant,
            "night": entry.night,
            "felt": entry.cramps,
            "times_local": list(entry.times_local),
            "severity": entry.severity,
            "source": entry.source,
            "line": entry.line,
        }


def offset_min(local: datetime) -> int:
    """Return by how many minutes a local time is ahead of UTC."""
    offset = local.utcoffset()
    if offset is None:
        raise ValueError(f"{local} does not say how far it is from UTC")
    return round(offset.total_seconds() / SECONDS_PER_MINUTE)


def _place(data: StudyData, leg: LegNight) -> Row:
    return {
        "study": data.study.name,
        "participant": leg.participant,
        "site": leg.site,
        "leg": leg.leg,
        "period": leg.period.name,
        "week": leg.week,
        "night": leg.night,
    }


def _version(data: StudyData) -> Row:
    version = data.version
    values = (version.number, version.profile, version.profile_hash, version.software)
    return dict(zip(MADE_BY, values, strict=False))


def _flat(data: StudyData, row: NightRow | WeekRow) -> Row:
    """Return a row of the endpoint with its measures side by side."""
    return {"study": data.study.name, **_fields(row), **_version(data)}


def _fields(row: NightRow | WeekRow | Measures | Monitoring | MadeBy) -> Row:
    flat: Row = {}
    for field in fields(row):
        value: object = getattr(row, field.name)
        if isinstance(value, Measures | Monitoring | MadeBy):
            flat |= _fields(value)
        elif isinstance(row, Monitoring) and field.name == "missing":
            flat["missing"] = ";".join(f"{reason}={nights}" for reason, nights in row.missing)
        elif isinstance(row, MadeBy):
            flat[field.name] = value or None
        else:
            flat[field.name] = value.value if isinstance(value, Enum) else value
    return flat
