"""Locking: the manifest, its signature, and the entry in the audit trail, in one transaction."""

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select

from nights.log.audit import Actor, Change, digest, record, verify
from nights.log.schema import StudyLock
from trial.locking.errors import LockError
from trial.locking.keys import public_of
from trial.locking.manifest import contents, manifest_of
from trial.records import locked_versions
from trial.study import Study


def lock_study(  # noqa: PLR0913 - who locks what, when, by which key
    connection: Connection,
    study: Study,
    study_file: Path,
    number: int,
    *,
    key: Ed25519PrivateKey,
    by: Actor,
    at: datetime,
) -> str:
    """Lock a version of a study and return its manifest; the caller commits.

    Raises `LockError` where it is locked already, and where the audit trail does not agree with the tables: what
    has been tampered with is not frozen.
    """
    record(connection, by, at, [])  # holds every other writer until the caller commits: nothing slips in unlocked
    if number in locked_versions(connection, study.name):
        raise LockError(
            f"version {number} of study {study.name} is locked already; score a new version to change it"
        )
    held = contents(connection, study.name, number)
    if findings := list(verify(connection, nights=held["nights"])):
        shown = "; ".join(str(finding) for finding in findings[:3])
        raise LockError(f"the log does not agree with its audit trail ({len(findings)} findings): {shown}")
    manifest = manifest_of(connection, study, study_file, number, at, held)
    values = {
        "study": study.name,
        "number": number,
        "manifest": manifest,
        "signature": key.sign(manifest.encode()).hex(),
        "public_key": public_of(key),
        "locked_at": at,
    }
    connection.execute(insert(StudyLock).values(values))
    stored = connection.execute(_wanted(study.name, number)).mappings().one()
    after = {"digest": digest(dict(stored)), "signature": values["signature"], "public_key": values["public_key"]}
    change = Change(kind="study_lock", key=f"{study.name}/{number}", before=None, after=after, why="locked")
    record(connection, by, at, [change])
    return manifest


def _wanted(study: str, number: int):
    return select(StudyLock.__table__).where(StudyLock.study == study, StudyLock.number == number)
