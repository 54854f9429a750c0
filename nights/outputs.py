"""The files in which a scored night is handed on: `<name>_events.tsv` and `<name>_night.json`."""

import json
import os
from pathlib import Path

from nights.events_table import events_table
from nights.night_json import night_document
from nights.record import NightRecord


def write_events(record: NightRecord, path: Path) -> None:
    """Write the table of episodes to `path`, whole or not at all; the same record gives the same bytes."""
    write_whole(path, events_table(record))


def write_night(record: NightRecord, path: Path) -> None:
    """Write the complete night record as JSON to `path`, whole or not at all; the same record, the same bytes."""
    write_whole(path, json.dumps(night_document(record), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever reads `path` finds the old content or the new one, never a part.

    The folder must exist; OSError is raised where it cannot be written, and nothing is left behind.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
