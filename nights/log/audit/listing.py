"""What of the trail concerns one study, as a table for people; only the whole trail can be verified."""

import csv
from collections.abc import Iterator
from typing import Any, TextIO

from sqlalchemy import Connection

from nights.log.audit.chain import Entry
from nights.log.audit.trail import entries

COLUMNS = ("number", "at", "actor", "role", "kind", "key", "before", "after", "why", "hash")


def entries_of_study(connection: Connection, study: str) -> Iterator[Entry]:
    """Give the entries that concern a study, in order, from the trail alone, so that what was deleted is there too.

    These are its versions and their results, its diary, packets, readings, locks and unblindings, and the bindings
    of sensors to the participants of those results. Memory is that of the keys of results.
    """
    nights: set[str] = set()
    packets: set[int] = set()
    people: dict[str, str] = {}  # participants by result, of whatever study
    for entry in entries(connection):
        said = _said(entry)
        if entry.kind == "night" and "participant" in said:
            people[entry.key] = said["participant"]
        elif entry.kind == "version_night" and said.get("study") == study:
            nights.add(str(said["night_id"]))
        elif entry.kind == "packet" and said.get("study") == study:
            packets.add(int(entry.key))
    participants = {people[key] for key in nights if key in people}
    for entry in entries(connection):
        said = _said(entry)
        if (
            said.get("study") == study
            or (entry.kind == "study_lock" and entry.key.rpartition("/")[0] == study)
            or (entry.kind == "unblinding" and entry.key == study)
            or (entry.kind == "night" and entry.key in nights)
            or (entry.kind == "reading" and said.get("packet_id") in packets)
            or (entry.kind == "sensor" and said.get("participant") in participants)
        ):
            yield entry


def write_entries(found: Iterator[Entry], to: TextIO) -> int:
    """Write entries as CSV, one a line, and return how many.

    `before` and `after` read `name: value; …`, without digests. An empty `before` is a new thing, an empty `after`
    one that is gone. `number` and `hash` lead to the whole trail.
    """
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for entry in found:
        at = entry.at.isoformat(timespec="seconds")
        what = (entry.actor, entry.role, entry.kind, entry.key, _words(entry.before), _words(entry.after))
        writer.writerow((entry.number, at, *what, entry.why, entry.hash))
        count += 1
    return count


def _said(entry: Entry) -> dict[str, Any]:
    return entry.after or entry.before or {}


def _words(said: dict[str, Any] | None) -> str:
    return "; ".join(f"{name}: {value}" for name, value in (said or {}).items() if name != "digest")
