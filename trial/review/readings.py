"""Entering what readers say: each packet once by each reader, two of them, and a third where they do not agree."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from nights.log.audit import Actor, Change, Role, digest, record
from nights.log.schema import Reading
from trial.review.errors import ReviewError
from trial.review.packets import StoredPacket, StoredReading, packets_of, refuse_locked
from trial.review.verdicts import PAIR, READ_LABELS, State
from trial.study import Study
from trial.study.parts import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a reader says of a packet; `where` is the place in a file that it comes from, empty where from none."""

    code: str
    label: str
    comment: str = ""
    where: str = ""


def open_to(packets: Iterable[StoredPacket], review: Review, reader: str) -> list[StoredPacket]:
    """Return what a reader has to read, in an order of the reader's own.

    It is that of a hash over reader and code, and tells nothing, codes being random. Raises `ReviewError` for a
    reader whom the study does not name.
    """
    _refuse_stranger(review, reader)
    found = [packet for packet in packets if _is_open(packet, review, reader) and not packet.by(reader)]
    return sorted(found, key=lambda packet: hashlib.sha256(f"{reader} {packet.code}".encode()).digest())


def enter_readings(connection: Connection, study: Study, reader: str, given: Sequence[Given], at: datetime) -> None:
    """Enter readings of one reader, all or none; the caller commits.

    Raises `ReviewError` with everything that is wrong: a reader whom the study does not name, an unknown code or
    label, a packet that this reader has read or has not to read; and where the study is locked.
    """
    by = Actor(reader, Role.REVIEWER)
    packets = _packets(connection, study, by, at)
    if problems := list(_problems(packets, study.review, reader, given)):
        raise ReviewError(*problems)
    changes: list[Change] = []
    for one in given:
        values = {"packet_id": packets[one.code].id, "reader": reader, "label": one.label, "comment": one.comment}
        number = connection.execute(insert(Reading).values(**values, read_at=at).returning(Reading.id)).scalar_one()
        changes.append(_change(connection, number, None, "read"))
    record(connection, by, at, changes)


def correct_reading(
    connection: Connection, study: Study, reader: str, given: Given, why: str, at: datetime
) -> None:
    """Put what a reader says now in the place of what was said before; both stay in the audit trail.

    Raises `ReviewError` where the reader has not read the packet, says the same again or gives no reason, and where
    the study is locked.
    """
    by = Actor(reader, Role.REVIEWER)
    packets = _packets(connection, study, by, at)
    packet = packets.get(given.code)
    before = packet.by(reader) if packet else None
    if before is None:
        raise ReviewError(f"{reader} has not read a packet {given.code}; there is nothing to correct")
    if problem := _label_problem(given.label):
        raise ReviewError(problem)
    if (before.label, before.comment) == (given.label, given.comment):
        raise ReviewError(f"packet {given.code} was read just so already; there is nothing to correct")
    if not why.strip():
        raise ReviewError(f"packet {given.code}: say why the reading is corrected")
    said = {"label": given.label, "comment": given.comment, "read_at": at}
    connection.execute(update(Reading).where(Reading.id == before.id).values(said))
    record(connection, by, at, [_change(connection, before.id, before, why)])


def _packets(connection: Connection, study: Study, by: Actor, at: datetime) -> dict[str, StoredPacket]:
    """Return the packets by their codes, as they stay until the transaction ends."""
    record(connection, by, at, [])  # lets one writer through at a time: no two readings can both be the second
    refuse_locked(connection, study.name)
    return {packet.code: packet for packet in packets_of(connection, study.name)}


def _problems(
    packets: dict[str, StoredPacket], review: Review, reader: str, given: Sequence[Given]
) -> Iterator[str]:
    _refuse_stranger(review, reader)
    seen: set[str] = set()
    for one in given:
        place = f"{one.where}: " if one.where else ""
        if problem := _label_problem(one.label):
            yield place + problem
        if one.code in seen:
            yield f"{place}packet {one.code} is there twice"
        seen.add(one.code)
        packet = packets.get(one.code)
        if packet is None:
            yield f"{place}there is no packet {one.code!r} in this study"
        elif packet.by(reader):
            yield f"{place}{reader} has read packet {one.code} already; correct it with `read` and --why"
        elif not _is_open(packet, review, reader):
            yield f"{place}packet {one.code} is not for {reader} to read: {_whose(review, reader)}"


def _is_open(packet: StoredPacket, review: Review, reader: str) -> bool:
    return packet.state is State.DISPUTED if reader == review.third else len(packet.readings) < PAIR


def _whose(review: Review, reader: str) -> str:
    return "the third reader reads disputes only" if reader == review.third else "two others have read it"


def _refuse_stranger(review: Review, reader: str) -> None:
    if reader not in (*review.readers, review.third):
        names = ", ".join((*review.readers, review.third))
        raise ReviewError(f"the study names no reader {reader!r}; it names {names}")


def _label_problem(label: str) -> str | None:
    return None if label in READ_LABELS else f"{label!r} is no label; the labels are {', '.join(READ_LABELS)}"


def _change(connection: Connection, number: int, before: StoredReading | None, why: str) -> Change:
    """Return what the audit trail says of a reading, as the database gives it back."""
    row = connection.execute(select(Reading.__table__).where(Reading.id == number)).mappings().one()
    said = {"packet_id": row["packet_id"], "reader": row["reader"]}
    return Change(
        kind="reading",
        key=str(number),
        before=None if before is None else said | {"label": before.label, "comment": before.comment},
        after={"digest": digest(dict(row))} | said | {"label": row["label"], "comment": row["comment"]},
        why=why,
    )
