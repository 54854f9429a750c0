"""From outcomes to the log: results, their place in the version and the audit trail, in one transaction each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import IntegrityError

from crampwatch.trialling.scoring.belonging import Mapped
from crampwatch.trialling.scoring.places import Place
from crampwatch.trialling.scoring.task import Outcome, ScoredLeg
from nights.log import LogError
from nights.log.audit import Actor
from nights.log.errors import reported
from nights.log.log import enter_night, same_result
from nights.log.schema import Night, VersionNight
from trial.records import Version, join_version, origins, recording_key
from trial.study import Study

Mark = tuple[str, int, str, str]
"""URL, size, mark and what a map says: a recording with the same ones is the same without being read."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What the log made of an outcome: legs that are new in the version, legs there already, why others are not."""

    new: tuple[ScoredLeg, ...]
    there: tuple[ScoredLeg, ...]
    failed: tuple[str, ...]


class Entry:
    """Enters outcomes into a version of a study."""

    def __init__(self, engine: Engine, study: Study, version: Version, by: Actor) -> None:
        self._engine = engine
        self._study = study.name
        self._version = version
        self._by = by

    def enter(self, outcome: Outcome, at: datetime) -> Entered:
        """Enter what is new of an outcome, all or nothing.

        A result that the log has already is taken as it is. Raises `LogError` where the database cannot be used or
        the role does not allow it, and `RecordsError` where the version has been locked meanwhile.
        """
        with reported(self._engine.url):
            try:
                return self._enter(outcome, at)
            except IntegrityError:  # another program has entered the same meanwhile: now it is there
                return self._enter(outcome, at)

    def _enter(self, outcome: Outcome, at: datetime) -> Entered:
        new: list[tuple[ScoredLeg, int | None]] = []
        there: list[ScoredLeg] = []
        failed: list[str] = list(outcome.failed)
        with self._engine.begin() as connection:
            for leg in outcome.legs:
                try:
                    known = self._known(connection, leg)
                    if known:
                        there.append(leg)
                    else:
                        new.append((leg, same_result(connection, leg.night)))
                except (_NotSoError, LogError) as error:
                    failed.append(f"leg {leg.leg}: {error}")
            ids = {
                _key(leg): enter_night(connection, leg.night, leg.episodes, leg.gaps, self._by)
                if night_id is None
                else night_id
                for leg, night_id in new
            }
            origin = _origin(outcome)
            join_version(connection, self._study, self._version.number, ids, self._by, at, origin=origin)
        return Entered(tuple(leg for leg, _ in new), tuple(there), tuple(failed))

    def _known(self, connection: Connection, leg: ScoredLeg) -> bool:
        """Whether the version has this recording; raises `_NotSoError` where it has it as somebody else's."""
        made_by = (leg.night["profile_hash"], leg.night["software"])
        if made_by != (self._version.profile_hash, self._version.software):
            raise _NotSoError(f"was scored by {made_by[1]}, profile {made_by[0]}, unlike the version")
        wanted = (
            select(Night.participant, Night.leg)
            .join(VersionNight, VersionNight.night_id == Night.id)
            .where(VersionNight.study == self._study, VersionNight.number == self._version.number)
            .where(VersionNight.recording == _key(leg))
        )
        found = connection.execute(wanted).first()
        if found is None:
            return False
        if tuple(found) != (leg.participant, leg.leg):
            raise _NotSoError(
                f"is in version {self._version.number} already, as that of {found[0]} {found[1]}, not of "
                f"{leg.participant} {leg.leg}; a recording is in a version once"
            )
        return True


class _NotSoError(Exception):
    """A result cannot enter this version; the message says why."""


def marks_there(connection: Connection, study: Study, version: Version) -> dict[Mark | None, bool]:
    """Return the recordings known by URL, size and mark, and whether all their legs are in the version."""
    in_version: dict[Mark, set[str]] = {}
    should: dict[Mark, set[str]] = {}
    for origin in origins(connection, study.name, version.number):
        mark = (origin["url"], origin["size"], origin["mark"], origin["map"])
        in_version.setdefault(mark, set()).update(origin["legs"])
        should.setdefault(mark, set()).update(origin["wanted"])
    return {mark: legs <= in_version[mark] for mark, legs in should.items()}


def mark_of(place: Place, mapped: Sequence[Mapped]) -> Mark | None:
    """Return by what a recording is known again without being read, None where its filesystem does not tell."""
    return None if place.mark is None else (place.url, place.size, place.mark, _map_text(mapped))


def missing_legs(connection: Connection, study: Study, version: Version) -> Iterator[tuple[str, str]]:
    """Give the participants and legs of a study of which a version has no recording."""
    wanted = (
        select(Night.participant, Night.leg)
        .join(VersionNight, VersionNight.night_id == Night.id)
        .where(VersionNight.study == study.name, VersionNight.number == version.number)
        .distinct()
    )
    there = {tuple(row) for row in connection.execute(wanted)}
    for participant in study.participants:
        for leg in participant.legs:
            if (participant.id, leg) not in there:
                yield participant.id, leg


def _key(leg: ScoredLeg) -> str:
    return recording_key(leg.night["recording_sha256"], leg.night["channel"])


def _map_text(mapped: Sequence[Mapped]) -> str:
    return "; ".join(f"{one.participant} {one.leg or ''} {one.zone or ''}".strip() for one in mapped)


def _origin(outcome: Outcome) -> dict[str, object]:
    place = outcome.place
    return {
        "url": place.url,
        "size": place.size,
        "mark": place.mark,
        "map": _map_text(outcome.mapped),
        "legs": [f"{leg.participant} {leg.leg}" for leg in outcome.legs],
        "wanted": [f"{participant} {leg}" for participant, leg in outcome.wanted],
    }
