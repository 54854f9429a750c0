"""The proof that a locked study is still what was locked."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select

from nights.log.audit import Finding, Head, verify
from nights.log.schema import StudyLock
from trial.locking.errors import LockError
from trial.locking.keys import is_signed
from trial.locking.manifest import contents


def prove(
    connection: Connection, study: str, study_file: Path, number: int, public_key: str | None = None
) -> Iterator[Finding]:
    """Give everything that is not as it was when the study was locked; nothing where all is.

    `public_key` is the key that must have signed, as kept elsewhere; without one only the key in the database is
    tried, which whoever owns the database could have replaced. Raises `LockError` where there is no lock.
    """
    wanted = select(StudyLock.__table__).where(StudyLock.study == study, StudyLock.number == number)
    lock = connection.execute(wanted).mappings().first()
    if lock is None:
        raise LockError(f"version {number} of study {study} is not locked")
    manifest: str = lock["manifest"]
    if not is_signed(manifest.encode(), lock["signature"], public_key or lock["public_key"]):
        yield Finding(
            "manifest", "was not signed by that key as it stands: it was edited, or another key signed it"
        )
        return
    document = json.loads(manifest)
    try:
        file_hash = hashlib.sha256(study_file.read_bytes()).hexdigest()
    except OSError as error:
        raise LockError(f"{study_file} cannot be read: {error.strerror}") from error
    if file_hash != document["study_sha256"]:
        yield Finding(f"study file {study_file.name}", "is not the one that was locked")
    held = contents(connection, study, number)
    yield from _changed(document, held)
    yield from verify(connection, [Head(*document["audit_head"])], held["nights"])


def _changed(document: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> Iterator[Finding]:
    for kind, found in now.items():
        locked = document[kind]
        for key in sorted(locked.keys() | found.keys()):
            if key not in found:
                yield Finding(f"{kind} {key}", "was locked and is gone")
            elif key not in locked:
                yield Finding(f"{kind} {key}", "was added after the lock")
            elif locked[key] != found[key]:
                yield Finding(f"{kind} {key}", "is not what was locked: it was edited")
