"""Whether the chain holds, and whether the tables still are what the chain says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from nights.log.audit.chain import GENESIS, Role
from nights.log.audit.contents import CONTENTS, all_nights
from nights.log.audit.trail import Head, entries, head_of


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def verify(
    connection: Connection, exported: Iterable[Head] = (), nights: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Give everything in which the trail, or a table that it speaks of, has been changed behind its back.

    `exported` are heads kept elsewhere: an end cut off together with the database's own head is seen only by them.
    `nights` are digests of nights that the caller has just computed in this transaction, which saves the time to do
    it again.
    """
    heads = {head.number: head.hash for head in exported}
    known: dict[tuple[str, str], str | None] = {}
    number, link = 0, GENESIS
    for entry in entries(connection):
        where = f"audit entry {entry.number}"
        if entry.number != number + 1:
            yield Finding(where, f"follows number {number}: entries are missing or out of order")
        if entry.previous != link:
            yield Finding(where, "does not tie in with the entry before it: one of the two is not the original")
        if entry.role not in set(Role) or entry.own_hash() != entry.hash:
            yield Finding(where, "does not have the hash of what it says: it was edited")
        number, link = entry.number, entry.hash
        if heads.pop(number, link) != link:
            yield Finding(where, "is not the entry whose hash was exported")
        known[entry.kind, entry.key] = None if entry.after is None else entry.after.get("digest")
    yield from _ends(Head(number, link), head_of(connection), heads)
    yield from _contents(connection, known, nights)


def _ends(last: Head, head: Head, heads: dict[int, str]) -> Iterator[Finding]:
    if last != head:
        yield Finding(
            f"audit entry {last.number}", f"is the last one, the head says {head.number}: the end was cut off"
        )
    for number in sorted(heads):
        yield Finding(f"audit entry {number}", "was exported once and is not there: the end was cut off")


def _contents(
    connection: Connection, known: dict[tuple[str, str], str | None], nights: Mapping[str, str] | None
) -> Iterator[Finding]:
    """Hold the tables against the last digest that the trail has of each thing in them."""
    for kind, digests in CONTENTS.items():
        held = all_nights(connection, computed=nights) if kind == "night" else digests(connection)
        for key, found in held:
            said = known.pop((kind, key), None)
            if said is None:
                yield Finding(f"{kind} {key}", "is in its table, but the audit trail knows nothing of it")
            elif said != found:
                yield Finding(f"{kind} {key}", "is not what the audit trail says it is: it was edited")
    for (kind, key), said in sorted(known.items()):
        if kind in CONTENTS and said is not None:
            yield Finding(f"{kind} {key}", "is in the audit trail, but no longer in its table: it was deleted")
