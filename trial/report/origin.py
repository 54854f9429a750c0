"""Where a result comes from: files, lock, versions, models, and the head of the audit trail."""

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, select

from nights.log.audit import head_of
from nights.log.schema import StudyLock
from trial.locking import LockError
from trial.nightly import Result
from trial.records import Version
from trial.study import Study

LIBRARIES = ("crampwatch", "numpy", "scipy", "pandas", "statsmodels", "matplotlib", "typst")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """All that a reader needs to make the result again and to prove that it was made from locked data.

    `models` and `configurations` are the distinct ones of all results, sorted. `audit_head` is the head of the
    audit trail after the unblinding was entered, `locked_audit_head` that of the lock. Times are UTC, ISO 8601.
    """

    study: str
    study_file: str
    study_sha256: str
    allocation_file: str
    allocation_sha256: str
    version: int
    profile: str
    profile_hash: str
    scored_by: str
    models: tuple[str, ...]
    configurations: tuple[str, ...]
    locked_at: str
    public_key: str
    signature: str
    locked_audit_head: tuple[int, str]
    audit_head: tuple[int, str]
    software: tuple[tuple[str, str], ...]
    analysed_at: str

    @property
    def simulated(self) -> bool:
        """Whether no participant of the trial exists."""
        return "simulated" in self.profile or "simulated" in self.scored_by


def origin_of(  # noqa: PLR0913 - one parameter per source
    connection: Connection,
    study: Study,
    study_file: Path,
    allocation_file: Path,
    scored: Version,
    results: Sequence[Result],
    *,
    at: datetime,
) -> Origin:
    """Collect the origin of an analysis at the aware moment `at`; raises `LockError` where there is no lock."""
    wanted = select(StudyLock.__table__).where(StudyLock.study == study.name, StudyLock.number == scored.number)
    lock = connection.execute(wanted).mappings().first()
    if lock is None:
        raise LockError(f"version {scored.number} of study {study.name} is not locked")
    manifest = json.loads(lock["manifest"])
    head = head_of(connection)
    return Origin(
        study=study.name,
        study_file=study_file.name,
        study_sha256=_sha256(study_file),
        allocation_file=allocation_file.name,
        allocation_sha256=_sha256(allocation_file),
        version=scored.number,
        profile=scored.profile,
        profile_hash=scored.profile_hash,
        scored_by=scored.software,
        models=tuple(sorted({result.made_by.model for result in results})),
        configurations=tuple(sorted({result.made_by.config_hash for result in results})),
        locked_at=manifest["locked_at"],
        public_key=lock["public_key"],
        signature=lock["signature"],
        locked_audit_head=tuple(manifest["audit_head"]),
        audit_head=(head.number, head.hash),
        software=(*((name, version(name)) for name in LIBRARIES), ("python", sys.version.split()[0])),
        analysed_at=at.astimezone(UTC).isoformat(timespec="seconds"),
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
