"""The packets of a study with what was read, as the log has them."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, select

from nights.log.schema import Packet, Reading, VersionNight
from trial.records import locked_versions
from trial.review.errors import ReviewError
from trial.review.verdicts import State, Verdict, state_of, verdict_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReading:
    """What one reader called one packet."""

    id: int
    packet_id: int
    reader: str
    label: str
    comment: str
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPacket:
    """One episode that is read blind: `night_id` and `number` say which; `readings` as they were entered."""

    id: int
    code: str
    night_id: int
    number: int
    readings: tuple[StoredReading, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """What the readers called it, in the order of their readings."""
        return tuple(reading.label for reading in self.readings)

    @property
    def state(self) -> State:
        """How far it has come."""
        return state_of(self.labels)

    @property
    def verdict(self) -> Verdict | None:
        """What the readers come to, None while a reading is wanted."""
        return verdict_of(self.labels)

    def by(self, reader: str) -> StoredReading | None:
        """Return what a reader said of it, None where that one has not read it."""
        return next((reading for reading in self.readings if reading.reader == reader), None)


def packets_of(connection: Connection, study: str, number: int | None = None) -> list[StoredPacket]:
    """Return the packets of a version of a study, of all versions without a number, in order of their codes."""
    wanted = select(Packet.__table__).where(Packet.study == study)
    if number is not None:
        of_version = select(VersionNight.night_id).where(VersionNight.study == study, VersionNight.number == number)
        wanted = wanted.where(Packet.night_id.in_(of_version))
    readings = _readings(connection, study)
    found = [
        StoredPacket(
            id=row["id"],
            code=row["code"],
            night_id=row["night_id"],
            number=row["number"],
            readings=readings.get(row["id"], ()),
        )
        for row in connection.execute(wanted).mappings()
    ]
    return sorted(found, key=lambda packet: packet.code)


def drawn_packets(connection: Connection, study: str, number: int) -> list[StoredPacket]:
    """Return the packets of a version; raises `ReviewError` where none was drawn."""
    found = packets_of(connection, study, number)
    if not found:
        raise ReviewError(
            f"no packet was drawn from version {number} of study {study}; run crampwatch trial review draw first"
        )
    return found


def refuse_locked(connection: Connection, study: str) -> None:
    """Raise `ReviewError` where any version of a study is locked: its packets and readings are frozen."""
    if locked := locked_versions(connection, study):
        raise ReviewError(
            f"version {locked[0]} of study {study} is locked; its packets and readings are frozen with it, "
            "nothing was changed"
        )


def _readings(connection: Connection, study: str) -> dict[int, tuple[StoredReading, ...]]:
    wanted = (
        select(Reading.__table__)
        .join(Packet, Packet.id == Reading.packet_id)
        .where(Packet.study == study)
        .order_by(Reading.packet_id, Reading.id)
    )
    rows = [StoredReading(**row) for row in connection.execute(wanted).mappings()]
    return {packet: tuple(of) for packet, of in groupby(rows, key=lambda reading: reading.packet_id)}
