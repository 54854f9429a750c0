"""The results of a study in the nightly log: which recordings belong to a version of it, and what they say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from models import Label
from nights.log.audit import Actor, Change, digest, record
from nights.log.audit.contents import key_of
from nights.log.log import logged_nights
from nights.log.schema import AuditEntry, Base, StudyLock, StudyVersion, VersionNight
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


def versions_of(connection: Connection, study: str) -> list[Version]:
    """Return the versions of a study, oldest first."""
    wanted = select(StudyVersion.__table__).where(StudyVersion.study == study).order_by(StudyVersion.number)
    return [
        Version(row["number"], row["profile"], row["profile_hash"], row["software"])
        for row in connection.execute(wanted).mappings()
    ]


def version_of(connection: Connection, study: str, number: int | None) -> Version:
    """Return a version by its number, or the only one that there is.

    Raises `RecordsError` where there is no such version, and where several are and none is named: which of two
    scorings is the endpoint is never guessed, and the newest may be half made.
    """
    there = versions_of(connection, study)
    if not there:
        raise RecordsError(f"study {study} has no scored night in this log; run crampwatch trial score first")
    found = [version for version in there if number in (None, version.number)]
    if len(found) == 1:
        return found[0]
    named = ", ".join(f"{version.number} ({version.profile}, {version.software})" for version in there)
    if number is None:
        raise RecordsError(f"study {study} has the versions {named}; say which one with --version")
    raise RecordsError(f"study {study} has no version {number} in this log, but {named}")


def locked_versions(connection: Connection, study: str) -> list[int]:
    """Return the numbers of the frozen versions of a study."""
    return sorted(connection.scalars(select(StudyLock.number).where(StudyLock.study == study)))


def begin_version(
    connection: Connection,
    study: str,
    of: Version,
    by: Actor,
    at: datetime,
    why: str = "scored by this profile",
) -> None:
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
    record(connection, by, at, [_added(connection, StudyVersion, "version", values, why)])


def join_version(  # noqa: PLR0913 - one parameter per fact
    connection: Connection,
    study: str,
    number: int,
    nights: Mapping[str, int],
    by: Actor,
    at: datetime,
    *,
    origin: Mapping[str, object] | None = None,
) -> None:
    """Enter results, by the recordings that they come from, into a version of a study.

    `origin`, JSON, says where these recordings were found; `origins` gives it back. Raises `RecordsError` where the
    version is locked; the caller's transaction must then end.
    """
    rows = [
        {"study": study, "number": number, "recording": recording, "night_id": night_id}
        for recording, night_id in nights.items()
    ]
    if not rows:
        return
    connection.execute(insert(VersionNight), rows)
    why = "belongs to this version of the study"
    said = {} if origin is None else {"origin": dict(origin)}
    changes = [_added(connection, VersionNight, "version_night", row, why, said) for row in rows]
    record(connection, by, at, changes)
    # only now: whoever locks holds the end of the audit trail until the lock is there to be seen
    if number in locked_versions(connection, study):
        raise RecordsError(f"version {number} of study {study} is locked; nothing can be added to it")


def recording_key(sha256: str, channel: str) -> str:
    """Return what a recording of one leg is known by in a version: the hash of its content, and its channel."""
    return f"{sha256} {channel}"


def origins(connection: Connection, study: str, number: int) -> Iterator[dict[str, Any]]:
    """Give what `join_version` was told of the origin of each recording of a version, from the audit trail."""
    wanted = select(AuditEntry.after).where(
        AuditEntry.kind == "version_night", AuditEntry.key.startswith(f"{study}/{number}/", autoescape=True)
    )
    for after in connection.scalars(wanted):
        if after is not None and "origin" in after:
            yield after["origin"]


def night_ids(connection: Connection, study: str, number: int) -> list[int]:
    """Return the ids of the results of a version, in order."""
    wanted = select(VersionNight.night_id).where(VersionNight.study == study, VersionNight.number == number)
    return sorted(connection.scalars(wanted))


def results(connection: Connection, study: Study, number: int) -> Iterator[Result]:
    """Give the results of a version that say their leg and when they began, of the study's participants."""
    zones = {participant.id: ZoneInfo(study.zone_of(participant)) for participant in study.participants}
    ids = night_ids(connection, study.name, number)
    for night, episodes, gaps in logged_nights(connection, ids, (Label.CRAMP,)):
        if night.participant in zones:
            found = result_of(night, episodes, gaps, zones[night.participant])
            if found is not None:
                yield found


def _added(
    connection: Connection,
    table: type[Base],
    kind: str,
    values: Mapping[str, object],
    why: str,
    more: Mapping[str, object] | None = None,
) -> Change:
    """Return what the audit trail says of a new row, as the database gives it back."""
    keys = [column == values[column.name] for column in table.__table__.primary_key]
    row = connection.execute(select(table.__table__).where(*keys)).mappings().one()
    said = {name: value for name, value in row.items() if not isinstance(value, datetime)}
    after = {"digest": digest(dict(row)), **said, **(more or {})}
    return Change(kind=kind, key=key_of(table, row), before=None, after=after, why=why)
