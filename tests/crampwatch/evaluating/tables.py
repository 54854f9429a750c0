"""Files of truth and prediction; the predictions are written by the real scorer and its real writers."""

import json
from dataclasses import replace
from pathlib import Path

from crampwatch.telling import said_as_json
from nights import Flag, NightRecord, write_events, write_night
from tests.nights.made_nights import recording

CRAMP = (120.0, 60.0)
"""Onset and duration of the cramp in `cramp_night`."""


def write_prediction(folder: Path, name: str, record: NightRecord, participant: str = "P01") -> None:
    """Write a scored night as `crampwatch score` does, under another name."""
    folder.mkdir(parents=True, exist_ok=True)
    of = replace(record, recording=replace(recording(participant), file=f"{name}.edf"))
    write_events(of, folder / f"{name}_events.tsv")
    write_night(of, folder / f"{name}_night.json")


def write_truth(folder: Path, name: str, *rows: str, header: str = "onset\tduration\ttrial_type\tkind") -> Path:
    """Write a table of truth from rows of cells joined by spaces."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}_truth.tsv"
    path.write_text("".join(line + "\n" for line in (header, *(row.replace(" ", "\t") for row in rows))), "utf-8")
    return path


def write_replay(folder: Path, name: str, record: NightRecord, *flags: Flag) -> None:
    """Write what `crampwatch replay --json` says of a night."""
    said = [said_as_json(flag.raised_s, flag) for flag in flags] + [said_as_json(record.monitored_s, record)]
    (folder / f"{name}_replay.jsonl").write_text("".join(json.dumps(line) + "\n" for line in said), "utf-8")
