"""What a new version of a study says otherwise than an earlier one: a table per recording, totals, a signature."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, select

from nights.log.schema import Night, VersionNight
from nights.night_json import NOTICE
from trial.errors import TrialError
from trial.locking.keys import is_signed, public_of
from trial.locking.manifest import canonical
from trial.records import Version
from trial.study import Study

SCHEMA, SCHEMA_VERSION = "crampwatch-study-differences", 1
TABLE, DOCUMENT = "differences.csv", "differences.json"
SECONDS_PER_HOUR = 3600.0
PROVENANCE = ("profile", "profile_hash", "software", "model", "config_hash")
BOTH = ("cramps", "missing", "usable_h", *PROVENANCE)
COLUMNS = (
    *("participant", "night", "leg", "recording", "change", "difference"),
    *(f"{name}_{when}" for name in BOTH for when in ("before", "after")),
)

Row = dict[str, str]


class DifferencesError(TrialError):
    """The differences cannot be written or are not what was signed; the message says why."""


def differences_of(connection: Connection, study: Study, before: Version, after: Version) -> list[Row]:
    """Return a row for each recording of either version, as text, in order of participant, night and leg.

    Raises `DifferencesError` where the new version lacks a recording of the earlier one: it is not complete yet.
    """
    was = {row["recording"]: row for row in _nights(connection, study, before)}
    now = {row["recording"]: row for row in _nights(connection, study, after)}
    if lacking := sorted(was.keys() - now.keys()):
        files = ", ".join(was[recording]["file"] for recording in lacking[:5])
        raise DifferencesError(
            f"version {after.number} lacks {len(lacking)} of the {len(was)} recordings of version {before.number} "
            f"({files}): no differences are written; put right what failed and give the same command again"
        )
    rows = [_row(recording, was.get(recording), found) for recording, found in now.items()]
    return sorted(rows, key=lambda row: (row["participant"], row["night"], row["leg"], row["recording"]))


def write_differences(
    folder: Path, rows: list[Row], study: Study, before: Version, after: Version, key: Ed25519PrivateKey
) -> dict[str, Any]:
    """Write `differences.csv` and `differences.json` with totals and a signature; return the signed content.

    The same rows give the same bytes. Raises `DifferencesError` where other ones are there already.
    """
    table = _table(rows)
    content = _content(rows, table, study, before, after)
    signature = key.sign(canonical(content).encode()).hex()
    document = {"content": content, "signature": signature, "public_key": public_of(key)}
    _write(folder / TABLE, table)
    _write(folder / DOCUMENT, json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return content


def prove_differences(folder: Path, public_key: str | None) -> dict[str, Any]:
    """Return the content of `differences.json`, proved to be what was signed, and the table with it.

    `public_key` is the key that must have signed, as kept elsewhere; without one that in the file is tried, which
    whoever can write the file could have replaced. Raises `DifferencesError` where anything is not as signed.
    """
    try:
        document = json.loads((folder / DOCUMENT).read_text("utf-8"))
        table = (folder / TABLE).read_bytes()
        content, signature, key = document["content"], document["signature"], document["public_key"]
    except OSError as error:
        raise DifferencesError(f"{error.filename} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DifferencesError(f"{folder / DOCUMENT} is no signed document: {error!r}") from error
    if not is_signed(canonical(content).encode(), signature, public_key or key):
        raise DifferencesError(f"{folder / DOCUMENT} was not signed by that key as it stands")
    if hashlib.sha256(table).hexdigest() != content["table_sha256"]:
        raise DifferencesError(f"{folder / TABLE} is not the table that was signed")
    return content


def _nights(connection: Connection, study: Study, version: Version) -> Iterator[RowMapping]:
    wanted = (
        select(VersionNight.recording, *Night.__table__.columns)
        .join(Night, Night.id == VersionNight.night_id)
        .where(VersionNight.study == study.name, VersionNight.number == version.number)
    )
    yield from connection.execute(wanted).mappings()


def _row(recording: str, was: RowMapping | None, now: RowMapping) -> Row:
    counts = (None if was is None else was["cramp_count"], now["cramp_count"])
    whole = {
        "participant": now["participant"],
        "night": "" if now["night"] is None else now["night"].isoformat(),
        "leg": now["leg"] or "",
        "recording": recording,
        "change": _change(was is None, *counts),
        "difference": "" if None in counts else f"{counts[1] - counts[0]:+d}",
    }
    return whole | _side(was, "before") | _side(now, "after")


def _side(night: RowMapping | None, when: str) -> Row:
    if night is None:
        return {f"{name}_{when}": "" for name in BOTH}
    said = {name: night[name] for name in PROVENANCE}
    said["cramps"] = "" if night["cramp_count"] is None else str(night["cramp_count"])
    said["missing"] = night["missing"] or ""
    said["usable_h"] = f"{night['usable_s'] / SECONDS_PER_HOUR:.4f}"
    return {f"{name}_{when}": said[name] for name in BOTH}


def _change(new: bool, was: int | None, now: int | None) -> str:  # noqa: FBT001 - of one recording
    """Say in words what became of a count; a missing one is not a zero."""
    if new:
        return "new recording"
    if was is None or now is None:
        before, after = ("missing" if count is None else "count" for count in (was, now))
        return "missing in both" if before == after else f"{before} to {after}"
    return "same" if was == now else "more" if now > was else "fewer"


def _content(rows: list[Row], table: str, study: Study, before: Version, after: Version) -> dict[str, Any]:
    both = [row for row in rows if row["difference"]]
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "notice": NOTICE,
        "study": study.name,
        "before": _made_by(before),
        "after": _made_by(after),
        "recordings": len(rows),
        "changes": dict(sorted(Counter(row["change"] for row in rows).items())),
        "counted_in_both": len(both),
        "cramps_before": sum(int(row["cramps_before"]) for row in both),
        "cramps_after": sum(int(row["cramps_after"]) for row in both),
        "difference": sum(int(row["difference"]) for row in both),
        "usable_h_before": f"{sum(float(row['usable_h_before'] or 0) for row in rows):.4f}",
        "usable_h_after": f"{sum(float(row['usable_h_after']) for row in rows):.4f}",
        "table": TABLE,
        "table_sha256": hashlib.sha256(table.encode()).hexdigest(),
    }


def _made_by(version: Version) -> dict[str, Any]:
    made_by = {"profile": version.profile, "profile_hash": version.profile_hash, "software": version.software}
    return {"version": version.number, **made_by}


def _table(rows: list[Row]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    """Write a file, whole or not at all; the same again is left as it is."""
    if path.exists():
        if path.read_bytes() != text.encode():
            raise DifferencesError(f"{path} is there already and says otherwise; name another --out")
        return
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="")
    part.replace(path)
