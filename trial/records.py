"""The results of a study in the nightly log: which recordings belong to a version of it, and what they say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select

from nights.log.audit import Actor, Change, digest, record
from nights.log.audit.contents import key_of
from nights.log.log import logged_nights
from nights.log.schema import Base, StudyVersion, VersionNight
from trial.errors import TrialError
from trial.nightly import Result, result_of
from trial.study import Study


class RecordsError(TrialError):
    """What was asked of a study's records is not there, or not so; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Version:
    """One scoring of a whole study by one profile and software."""

    number: int
    profile: str
    profile_hash: str
    software: str


def newest_version(connection: Connection, study: str) -> int:
    """Return the number of the newest version of a study; raises `RecordsError` where it has none."""
    number = connection.scalar(select(func.max(StudyVersion.number)).where(StudyVersion.study == study))
    if number is None:
        raise RecordsError(f"study {study} has no scored night in this log; run crampwatch trial score first")
    return number


def version_of(connection: Connection, study: str, number: int) -> Version:
    """Return a version by its number; raises `RecordsError` where there is none."""
    wanted = select(StudyVersion).where(StudyVersion.study == study, StudyVersion.number == number)
    row = connection.execute(wanted.with_only_columns(*StudyVersion.__table__.columns)).mappings().first()
    if row is None:
        raise RecordsError(f"study {study} has no version {number} in this log")
    return Version(number, row["profile"], row["profile_hash"], row["software"])


def begin_version(connection: Connection, study: str, of: Version, by: Actor, at: datetime) -> None:
    """Enter a new version of a study, without nights as yet."""
    values = {
        "study": study,
        "number": of.number,
        "profile": of.profile,
        "profile_hash": of.profile_hash,
        "software": of.software,
        "made_at": at,
    }
    connection.execute(insert(StudyVersion).values(values))
    record(connection, by, at, [_added(connection, StudyVersion, "version", values, "scored by this profile")])


def join_version(
    connection: Connection, study: str, number: int, nights: dict[str, int], by: Actor, at: datetime
) -> None:
    """Enter results, by the recordings that they come from, into a version of a study."""
    rows = [
        {"study": study, "number": number, "recording": recording, "night_id": night_id}
        for recording, night_id in nights.items()
    ]
    if rows:
        connection.execute(insert(VersionNight), rows)
        why = "belongs to this version of the study"
        record(connection, by, at, [_added(connection, VersionNight, "version_night", row, why) for row in rows])


def night_ids(connection: Connection, study: str, number: int) -> list[int]:
    """Return the ids of the results of a version, in order."""
    wanted = select(VersionNight.night_id).where(VersionNight.study == study, VersionNight.number == number)
    return sorted(connection.scalars(wanted))


def results(connection: Connection, study: Study, number: int) -> Iterator[Result]:
    """Give the results of a version that say their leg and when they began, of the study's participants."""
    zones = {participant.id: ZoneInfo(study.zone_of(participant)) for participant in study.participants}
    for night, episodes, gaps in logged_nights(connection, night_ids(connection, study.name, number)):
        if night.participant in zones:
            found = result_of(night, episodes, gaps, zones[night.participant])
            if found is not None:
                yield found


def _added(connection: Connection, table: type[Base], kind: str, values: Mapping[str, object], why: str) -> Change:
    """Return what the audit trail says of a new row, as the database gives it back."""
    keys = [column == values[column.name] for column in table.__table__.primary_key]
    row = connection.execute(select(table.__table__).where(*keys)).mappings().one()
    said = {name: value for name, value in row.items() if not isinstance(value, datetime)}
    return Change(
        kind=kind, key=key_of(table, row), before=None, after={"digest": digest(dict(row)), **said}, why=why
    )
