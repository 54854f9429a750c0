"""The list of all that a locked study consists of, by hash, in one canonical text."""

import hashlib
import json
import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from nights.log.audit import digest, head_of
from nights.log.audit.contents import night_digests
from nights.log.schema import DiaryEntry, Packet, Reading
from trial.records import night_ids, version_of
from trial.study import Study

SCHEMA = "crampwatch-study-lock"
SCHEMA_VERSION = 1
Held = dict[str, dict[str, str]]
"""By kind of thing: key and digest of all that a version consists of."""

LIBRARIES = ("crampwatch", "numpy", "scipy", "pandas", "statsmodels", "sqlalchemy", "cryptography")


def manifest_of(
    connection: Connection, study: Study, study_file: Path, number: int, at: datetime, held: Held
) -> str:
    """Return the manifest of a version of a study, canonical JSON.

    `at` is the moment of locking, `held` the `contents` of the version.
    """
    scored = version_of(connection, study.name, number)
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "study": study.name,
        "study_file": study_file.name,
        "study_sha256": hashlib.sha256(study_file.read_bytes()).hexdigest(),
        "version": number,
        "profile": scored.profile,
        "profile_hash": scored.profile_hash,
        "scored_by": scored.software,
        "locked_at": at.isoformat(timespec="seconds"),
        "software": {name: version(name) for name in LIBRARIES} | {"python": sys.version.split()[0]},
        "audit_head": _head(connection),
        **held,
    }
    return canonical(document)


def contents(connection: Connection, study: str, number: int) -> Held:
    """Return key and digest of every result, diary entry, packet and reading of a version of a study."""
    return {
        "nights": dict(night_digests(connection, night_ids(connection, study, number))),
        "diary": _digests(connection, select(DiaryEntry.__table__).where(DiaryEntry.study == study)),
        "packets": _digests(connection, select(Packet.__table__).where(Packet.study == study)),
        "readings": _digests(
            connection,
            select(Reading.__table__).join(Packet, Packet.id == Reading.packet_id).where(Packet.study == study),
        ),
    }


def canonical(document: dict[str, Any]) -> str:
    """Return JSON with sorted keys and without blanks."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _head(connection: Connection) -> list[int | str]:
    head = head_of(connection)
    return [head.number, head.hash]


def _digests(connection: Connection, wanted: Any) -> dict[str, str]:
    return {str(row["id"]): digest(dict(row)) for row in connection.execute(wanted).mappings()}
