"""From a checked diary to the log: all or nothing, once, and every change of an entry in the audit trail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from nights.log.audit import Actor, Change, digest, record
from nights.log.audit.contents import key_of
from nights.log.schema import DiaryEntry
from trial.diary.entries import DiaryNight, diary_of
from trial.diary.errors import DiaryError
from trial.records import locked_versions


@dataclass(frozen=True, slots=True)
class Imported:
    """How many nights an import added and changed, and how many were there already, the same."""

    new: int
    changed: int
    same: int


def import_diary(  # noqa: PLR0913 - who imports what, when, why, and how
    connection: Connection,
    study: str,
    entries: Sequence[DiaryNight],
    *,
    by: Actor,
    at: datetime,
    why: str,
    amend: bool = False,
) -> Imported:
    """Add the entries of a checked diary to the log; the caller commits.

    A night that is there with the same count, times and severity stays as it is, wherever it came from. One that is
    there with others is refused, or with `amend` changed, and `why` stands beside it in the audit trail. Raises
    `DiaryError`, having changed nothing, also where the study is locked and anything would change.
    """
    record(connection, by, at, [])  # takes the audit trail's head: of two imports at once the second sees the first
    there = {(entry.participant, entry.night): entry for entry in diary_of(connection, study)}
    new = [entry for entry in entries if (entry.participant, entry.night) not in there]
    other = [
        (there[entry.participant, entry.night], entry)
        for entry in entries
        if (entry.participant, entry.night) in there and not _same(there[entry.participant, entry.night], entry)
    ]
    if new or other:
        _must_not_be_locked(connection, study)
    if other and not amend:
        raise DiaryError(
            other[0][1].source,
            [f"line {entry.line}: {_difference(before, entry)}" for before, entry in other],
        )
    changes = [
        *_amended(connection, study, [entry for _, entry in other], why),
        *_added(connection, study, new, why),
    ]
    record(connection, by, at, changes)
    return Imported(len(new), len(other), len(entries) - len(new) - len(other))


def _same(one: DiaryNight, other: DiaryNight) -> bool:
    return (one.cramps, one.times_local, one.severity) == (other.cramps, other.times_local, other.severity)


def _difference(before: DiaryNight, entry: DiaryNight) -> str:
    def said(of: DiaryNight) -> str:
        times = f" at {';'.join(of.times_local)}" if of.times_local else ""
        severity = f", severity {of.severity:g}" if of.severity is not None else ""
        return f"{of.cramps} cramps{times}{severity}"

    return (
        f"{entry.participant} {entry.night} is in the log with {said(before)} (from {before.source} line "
        f"{before.line}), here with {said(entry)}; to change it, import with --amend and --why"
    )


def _must_not_be_locked(connection: Connection, study: str) -> None:
    if locked := locked_versions(connection, study):
        raise DiaryError(
            f"study {study}",
            [f"version {locked[0]} is locked, and its diary with it: no entry is added or changed after a lock"],
        )


def _added(connection: Connection, study: str, entries: Sequence[DiaryNight], why: str) -> list[Change]:
    if not entries:
        return []
    connection.execute(insert(DiaryEntry), [_values(study, entry) for entry in entries])
    rows = _rows(connection, study, entries)
    return [
        Change(kind="diary", key=key_of(DiaryEntry, row), before=None, after=_said(row), why=why) for row in rows
    ]


def _amended(connection: Connection, study: str, entries: Sequence[DiaryNight], why: str) -> list[Change]:
    before = _rows(connection, study, entries) if entries else []
    by_night = {(entry.participant, entry.night): entry for entry in entries}
    for row in before:
        entry = by_night[row["participant"], row["night"]]
        connection.execute(update(DiaryEntry).where(DiaryEntry.id == row["id"]).values(_values(study, entry)))
    after = _rows(connection, study, entries) if entries else []
    return [
        Change(kind="diary", key=key_of(DiaryEntry, new), before=_said(old), after=_said(new), why=why)
        for old, new in zip(before, after, strict=True)
    ]


def _rows(connection: Connection, study: str, entries: Iterable[DiaryNight]) -> list[RowMapping]:
    """Return the rows of these nights as the database gives them back, in the order of their ids."""
    nights = {(entry.participant, entry.night) for entry in entries}
    wanted = select(DiaryEntry.__table__).where(DiaryEntry.study == study).order_by(DiaryEntry.id)
    return [row for row in connection.execute(wanted).mappings() if (row["participant"], row["night"]) in nights]


def _values(study: str, entry: DiaryNight) -> dict[str, object]:
    return {
        "study": study,
        "participant": entry.participant,
        "night": entry.night,
        "cramps": entry.cramps,
        "times_local": list(entry.times_local),
        "severity": entry.severity,
        "source": entry.source,
        "line": entry.line,
    }


def _said(row: RowMapping) -> dict[str, object]:
    """Return what the audit trail keeps of an entry: all of it, with its digest."""
    said = {name: value for name, value in row.items() if name != "id"}
    return {"digest": digest(dict(row)), **said, "night": row["night"].isoformat()}
