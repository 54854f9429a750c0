"""Unblinding: a command that reads who was given what proves the lock first and enters it into the audit trail."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from nights.log.audit import Actor
    from trial.study import Study


def prove_lock(connection: "Connection", plan: "Study", file: Path, number: int) -> None:
    """Refuse a study that is not locked, or no longer what was locked; `file` is its study file."""
    from trial.locking import LockError, prove  # noqa: PLC0415 - imports stay out of --help

    if findings := [str(finding) for finding in prove(connection, plan.name, file, number)]:
        raise LockError(f"the study is not what was locked; {len(findings)} findings, the first: {findings[0]}")


def enter_unblinding(connection: "Connection", plan: "Study", allocation: Path, by: "Actor", why: str) -> None:
    """Enter into the audit trail who reads an allocation file and what for; the caller commits."""
    from crampwatch.scoring import sha256_of  # noqa: PLC0415 - imports stay out of --help
    from nights.log.audit import Change, record  # noqa: PLC0415 - as above

    after = {"allocation": allocation.name, "sha256": sha256_of(allocation)}
    change = Change(kind="unblinding", key=plan.name, before=None, after=after, why=why)
    record(connection, by, datetime.now(UTC), [change])
