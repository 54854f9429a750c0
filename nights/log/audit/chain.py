"""The links of the chain: what an entry says, and the hash that ties it to the one before.

What is asked of an audit trail: 21 CFR 11.10(e) (who, when, what, earlier entries not obscured), ICH E6(R3) 4.2.2
(reason kept, corrections attributed to a person or a computerised system, unambiguous times such as UTC).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Any

from nights.log.errors import LogError

GENESIS = "0" * 64
"""Hash before the first entry."""


class Role(StrEnum):
    """In what capacity somebody acts."""

    PARTICIPANT = "participant"
    COORDINATOR = "coordinator"
    REVIEWER = "reviewer"
    STATISTICIAN = "statistician"
    ADMINISTRATOR = "administrator"
    SOFTWARE = "software"


MAY_CHANGE: dict[str, frozenset[Role]] = {
    "night": frozenset({Role.SOFTWARE, Role.COORDINATOR, Role.STATISTICIAN, Role.ADMINISTRATOR}),
    "sensor": frozenset({Role.SOFTWARE, Role.PARTICIPANT, Role.COORDINATOR, Role.ADMINISTRATOR}),
    "diary": frozenset({Role.PARTICIPANT, Role.COORDINATOR, Role.ADMINISTRATOR}),
    "reading": frozenset({Role.REVIEWER}),
    "packet": frozenset({Role.COORDINATOR, Role.STATISTICIAN, Role.ADMINISTRATOR}),
    "version": frozenset({Role.SOFTWARE, Role.STATISTICIAN, Role.ADMINISTRATOR}),
    "version_night": frozenset({Role.SOFTWARE, Role.STATISTICIAN, Role.ADMINISTRATOR}),
    "study_lock": frozenset({Role.STATISTICIAN, Role.ADMINISTRATOR}),
    "unblinding": frozenset({Role.STATISTICIAN, Role.ADMINISTRATOR}),
}
"""What is audited, and who may change it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, by an account or initials, and in what role."""

    name: str
    role: Role

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise LogError("somebody without a name cannot be in the audit trail; say who acts")


SOFTWARE = Actor(f"crampwatch {version('crampwatch')}", Role.SOFTWARE)
"""The program itself, where nobody in particular asked for what it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one thing: `before` is None for what is new, `after` is None for what is gone.

    `kind` is a key of `MAY_CHANGE`, `key` identifies the thing among its kind. `why` is in words.
    """

    kind: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link. `number` counts from 1 without a hole; `previous` is the hash of the entry before."""

    number: int
    at: datetime
    actor: str
    role: str
    kind: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    why: str
    previous: str
    hash: str

    def own_hash(self) -> str:
        """Compute the hash again from all that the entry says and the one before it."""
        return link_hash(
            self.number,
            self.at,
            Actor(self.actor, Role(self.role)),
            Change(kind=self.kind, key=self.key, before=self.before, after=self.after, why=self.why),
            self.previous,
        )


def link_hash(number: int, at: datetime, by: Actor, change: Change, previous: str) -> str:
    """SHA-256, hex, over the canonical JSON of an entry; the format is fixed for good."""
    return digest(
        {
            "number": number,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": by.name,
            "role": by.role.value,
            "kind": change.kind,
            "key": change.key,
            "before": change.before,
            "after": change.after,
            "why": change.why,
            "previous": previous,
        }
    )


def digest(value: object) -> str:
    """SHA-256, hex, over canonical JSON: sorted keys, no blanks, dates and moments as ISO text, floats exact."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_as_text
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a canonical document")
