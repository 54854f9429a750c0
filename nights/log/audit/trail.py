"""The chain in the database: entries are added in the transaction of their change, and never touched again."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TextIO

from sqlalchemy import Connection, insert, select, update

from nights.log.audit.chain import GENESIS, MAY_CHANGE, Actor, Change, Entry, link_hash
from nights.log.errors import LogError
from nights.log.schema import AuditEntry, AuditHead, as_utc

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain. Kept elsewhere, it shows later whether the end was cut off."""

    number: int
    hash: str


def record(connection: Connection, by: Actor, at: datetime, changes: Sequence[Change]) -> Head:
    """Add one entry per change, in the caller's transaction; call it last, as it lets one writer through at a time.

    Raises `LogError` where the actor's role may not change such a thing; the caller's transaction must then end.
    """
    for change in changes:
        if by.role not in MAY_CHANGE[change.kind]:
            allowed = ", ".join(sorted(MAY_CHANGE[change.kind]))
            raise LogError(f"{by.name} acts as {by.role} and may not change a {change.kind}; {allowed} may")
    number, previous = _take_head(connection)
    rows: list[dict[str, object]] = []
    for change in changes:
        number += 1
        link = link_hash(number, as_utc(at), by, change, previous)
        rows.append(
            {
                "number": number,
                "at": as_utc(at),
                "actor": by.name,
                "role": by.role.value,
                "kind": change.kind,
                "key": change.key,
                "before": change.before,
                "after": change.after,
                "why": change.why,
                "previous": previous,
                "hash": link,
            }
        )
        previous = link
    if rows:
        connection.execute(insert(AuditEntry), rows)
        connection.execute(update(AuditHead).values(number=number, hash=previous))
    return Head(number, previous)


def head_of(connection: Connection) -> Head:
    """Return the end of the chain as the database has it."""
    number, link = connection.execute(select(AuditHead.number, AuditHead.hash)).one()
    return Head(number, link)


def entries(connection: Connection, first: int = 1) -> Iterator[Entry]:
    """Give the entries in order, from number `first` on, in constant memory."""
    while True:
        page = (
            select(AuditEntry.__table__).where(AuditEntry.number >= first).order_by(AuditEntry.number).limit(PAGE)
        )
        rows = connection.execute(page).mappings().all()
        for row in rows:
            yield Entry(**row)
        if len(rows) < PAGE:
            return
        first = rows[-1]["number"] + 1


def export_trail(connection: Connection, to: TextIO) -> Head:
    """Write the whole trail as JSON lines, entry by entry, and return its head."""
    head = Head(0, GENESIS)
    for entry in entries(connection):
        plain = {**asdict(entry), "at": entry.at.isoformat(timespec="microseconds")}
        to.write(json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True) + "\n")
        head = Head(entry.number, entry.hash)
    return head


def _take_head(connection: Connection) -> tuple[int, str]:
    """Return the head and keep it from other writers until the transaction ends.

    A write takes the lock in every database; SELECT FOR UPDATE would not in SQLite.
    """
    taken = connection.execute(
        update(AuditHead).values(number=AuditHead.number).returning(AuditHead.number, AuditHead.hash)
    ).one()
    return taken.number, taken.hash
