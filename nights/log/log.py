"""The log: nights in, once each; rows out."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Select, insert, select
from sqlalchemy.exc import IntegrityError

from nights.log.audit import SOFTWARE, Actor, Change
from nights.log.audit import record as entered
from nights.log.audit.contents import night_digest
from nights.log.database import open_database
from nights.log.errors import LogError, reported
from nights.log.rows import EpisodeRow, GapRow, NightRow, episode_values, gap_values, night_values
from nights.log.schema import SAME_RESULT, EpisodeOfNight, GapOfNight, Night, as_utc
from nights.night_json import JsonObject
from nights.record import NightRecord

Row = TypeVar("Row", NightRow, EpisodeRow, GapRow)

Part = TypeVar("Part", EpisodeRow, GapRow)
BATCH = 200
SAID_OF_NIGHT = ("night", "start_local", "cramp_count", "missing")


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a record: the id of its night in the log, and whether it is new there."""

    night_id: int
    new: bool


class NightLog:
    """Every result of every night, in the database at `url`, which is made or brought up to date on opening.

    What is added goes into the audit trail in the same transaction, as done by `by`. Any number of programs may
    write and read one log at once. Close it, or use it in a `with` statement.

    Raises
    ------
    LogError
        From every method, where the database cannot be used; the message says why and what to do.
    """

    def __init__(self, url: str, by: Actor = SOFTWARE) -> None:
        self._engine = open_database(url)
        self._by = by

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def add(self, record: NightRecord, scored_at: datetime) -> Added:
        """Add a result with its episodes and gaps, all or nothing; one that is there already stays untouched.

        The same recording and channel of the same participant, by the same software, profile, model and
        configuration, is the same result. `scored_at` must be aware, or ValueError is raised; `LogError` where
        the same result is there with another night, start or count.
        """
        values = night_values(record, as_utc(scored_at))
        with reported(self._engine.url):
            try:
                with self._engine.begin() as connection:
                    night_id = enter_night(connection, values, episode_values(record), gap_values(record), self._by)
                    return Added(night_id, new=True)
            except IntegrityError:
                with self._engine.connect() as connection:
                    there = same_result(connection, values)
                if there is None:
                    raise
        return Added(there, new=False)

    def nights(
        self, participant: str | None = None, since: date | None = None, until: date | None = None
    ) -> list[NightRow]:
        """Return the results in order of their nights, those of unknown night last.

        `since` and `until` are evenings, both included; with either, nights of unknown date are left out.
        """
        wanted = select(Night.__table__).order_by(Night.night.is_(None), Night.night, Night.participant, Night.id)
        if participant is not None:
            wanted = wanted.where(Night.participant == participant)
        if since is not None:
            wanted = wanted.where(Night.night >= since)
        if until is not None:
            wanted = wanted.where(Night.night <= until)
        with reported(self._engine.url), self._engine.connect() as connection:
            return _rows(connection, wanted, NightRow)

    def night(self, night_id: int) -> tuple[NightRow, list[EpisodeRow], list[GapRow]]:
        """Return a result with its episodes and gaps in order; `LogError` where there is none of that id."""
        with reported(self._engine.url), self._engine.connect() as connection:
            found = _rows(connection, select(Night.__table__).where(Night.id == night_id), NightRow)
            if not found:
                raise LogError(f"no night {night_id} in the log; list the nights to see their ids")
            episodes = _rows(connection, _in_order(EpisodeOfNight, night_id), EpisodeRow)
            return found[0], episodes, _rows(connection, _in_order(GapOfNight, night_id), GapRow)


def logged_nights(
    connection: Connection, ids: Sequence[int], labels: Collection[str] | None = None
) -> Iterator[tuple[NightRow, list[EpisodeRow], list[GapRow]]]:
    """Give results by their ids, in that order, each with its episodes and gaps; memory is that of a batch.

    `labels` are those of the episodes that are wanted, None for all: most of a log is episodes that are no cramps.
    """
    for first in range(0, len(ids), BATCH):
        some = ids[first : first + BATCH]
        nights = {
            row.id: row for row in _rows(connection, select(Night.__table__).where(Night.id.in_(some)), NightRow)
        }
        of_nights = _of_nights(EpisodeOfNight, some)
        if labels is not None:
            of_nights = of_nights.where(EpisodeOfNight.label.in_(labels))
        episodes = _by_night(_rows(connection, of_nights, EpisodeRow))
        gaps = _by_night(_rows(connection, _of_nights(GapOfNight, some), GapRow))
        for night_id in some:
            yield nights[night_id], episodes.get(night_id, []), gaps.get(night_id, [])


def _by_night(rows: list[Part]) -> dict[int, list[Part]]:
    return {night_id: list(of_night) for night_id, of_night in groupby(rows, key=lambda row: row.night_id)}


def _of_nights(table: type[EpisodeOfNight | GapOfNight], ids: Sequence[int]) -> Select[Any]:
    return select(table.__table__).where(table.night_id.in_(ids)).order_by(table.night_id, table.number)


def enter_night(
    connection: Connection,
    night: JsonObject,
    episodes: Sequence[JsonObject],
    gaps: Sequence[JsonObject],
    by: Actor,
) -> int:
    """Insert a night, all that belongs to it and its audit entry; return its id. The caller commits.

    The values are those of `nights.log.rows`, without ids. The first statement writes, so that writers queue up.
    """
    night_id = connection.execute(insert(Night).values(night).returning(Night.id)).scalar_one()
    for table, rows in ((EpisodeOfNight, episodes), (GapOfNight, gaps)):
        if rows:
            connection.execute(insert(table), [{"night_id": night_id, **row} for row in rows])
    entered(connection, by, night["scored_at"], [_change(connection, night_id, night)])
    return night_id


def same_result(connection: Connection, night: JsonObject) -> int | None:
    """Return the id of a result in the log, None where it is not; `LogError` where it differs from this one."""
    same = [getattr(Night, column) == night[column] for column in SAME_RESULT]
    found = _rows(connection, select(Night.__table__).where(*same), NightRow)
    if not found:
        return None
    _refuse_other(found[0], night)
    return found[0].id


def _change(connection: Connection, night_id: int, values: JsonObject) -> Change:
    """Return what the audit trail says of a new night: its digest, and what it is in short."""
    said = ("participant", "leg", "cramp_count", "missing", "usable_s", "profile_hash", "recording_sha256")
    night = values["night"]
    after = {"digest": night_digest(connection, night_id), "night": None if night is None else night.isoformat()}
    return Change(
        kind="night",
        key=str(night_id),
        before=None,
        after=after | {name: values[name] for name in said},
        why="scored",
    )


def _refuse_other(there: NightRow, values: JsonObject) -> None:
    """Refuse a result that ought to be the one in the log and is not."""
    other = [name for name in SAID_OF_NIGHT if getattr(there, name) != values[name]]
    if other:
        differences = ", ".join(f"{name} {getattr(there, name)} there, {values[name]} here" for name in other)
        raise LogError(
            f"night {there.id} in the log is the same recording scored by the same software, profile, model and "
            f"configuration, but differs: {differences}. Nothing was changed; put this result into another log"
        )


def _in_order(table: type[EpisodeOfNight | GapOfNight], night_id: int) -> Select[Any]:
    return select(table.__table__).where(table.night_id == night_id).order_by(table.number)


def _rows(connection: Connection, wanted: Select[Any], row: type[Row]) -> list[Row]:
    return [row(**found) for found in connection.execute(wanted).mappings()]
