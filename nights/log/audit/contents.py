"""What the digest of a thing covers: every column of its rows as the database gives them back.

A column that a migration added to nights (`ADDED_TO_NIGHT`) is left out where it is null, as it is in every row
from before, so that digests from before stay true. Taking its value away, or giving it one, is found all the same.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, inspect, select

from nights.log.audit.chain import digest
from nights.log.schema import (
    ADDED_TO_NIGHT,
    Base,
    BoundSensor,
    DiaryEntry,
    EpisodeOfNight,
    GapOfNight,
    Night,
    Packet,
    Reading,
    StudyLock,
    StudyVersion,
    VersionNight,
)

BATCH = 50  # nights; a night of 60 episodes takes a megabyte as objects


def night_digest(connection: Connection, night_id: int) -> str:
    """Return the digest of one night with its episodes and gaps, as they are in the database now."""
    return next(digest for _, digest in night_digests(connection, [night_id]))


def all_nights(
    connection: Connection, absent: Collection[str] = (), computed: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    """Give key and digest of every night, in constant memory; `absent` as in `night_digests`.

    `computed` are digests of nights that this transaction has computed already; they are not computed again.
    """
    there = computed or {}
    yield from there.items()
    ids = connection.scalars(select(Night.id).order_by(Night.id))
    yield from night_digests(connection, [number for number in ids if str(number) not in there], absent)


def night_digests(
    connection: Connection, ids: list[int], absent: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Give key and digest of nights by their ids, in constant memory.

    `absent` are columns that the table does not have yet, for migrations.
    """
    for first in range(0, len(ids), BATCH):
        yield from _digests_at_once(connection, ids[first : first + BATCH], absent)


def key_of(table: type[Base], row: RowMapping) -> str:
    """Return what identifies a row: its primary key, joined by slashes."""
    return "/".join(str(row[column.name]) for column in inspect(table).primary_key)


def _rows_of(table: type[Base]) -> Callable[[Connection], Iterator[tuple[str, str]]]:
    """Return what gives key and digest of every row of a table."""

    def of(connection: Connection) -> Iterator[tuple[str, str]]:
        for row in connection.execute(select(table.__table__)).mappings():
            yield key_of(table, row), digest(dict(row))

    return of


CONTENTS: dict[str, Callable[[Connection], Iterator[tuple[str, str]]]] = {
    "night": all_nights,
    "sensor": _rows_of(BoundSensor),
    "diary": _rows_of(DiaryEntry),
    "packet": _rows_of(Packet),
    "reading": _rows_of(Reading),
    "version": _rows_of(StudyVersion),
    "version_night": _rows_of(VersionNight),
    "study_lock": _rows_of(StudyLock),
}
"""By kind of thing: key and digest of all that are in the tables."""


def _digests_at_once(connection: Connection, ids: list[int], absent: Collection[str]) -> Iterator[tuple[str, str]]:
    columns = [column for column in Night.__table__.columns if column.name not in absent]
    nights = connection.execute(select(*columns).where(Night.id.in_(ids)).order_by(Night.id)).mappings().all()
    episodes = _parts(connection, EpisodeOfNight, ids)
    gaps = _parts(connection, GapOfNight, ids)
    for night in nights:
        number = night["id"]
        said = {name: value for name, value in night.items() if value is not None or name not in ADDED_TO_NIGHT}
        whole = {"night": said, "episodes": episodes.get(number, []), "gaps": gaps.get(number, [])}
        yield str(number), digest(whole)


def _parts(
    connection: Connection, table: type[EpisodeOfNight | GapOfNight], ids: list[int]
) -> dict[int, list[dict[str, Any]]]:
    wanted = select(table.__table__).where(table.night_id.in_(ids)).order_by(table.night_id, table.number)
    found = connection.execute(wanted)
    names = list(found.keys())
    of_night: dict[int, list[dict[str, Any]]] = {}
    for row in found:  # rows as plain tuples: there are a million of them in the log of a trial
        of_night.setdefault(row.night_id, []).append(dict(zip(names, row, strict=True)))
    return of_night
