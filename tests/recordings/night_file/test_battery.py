"""The battery of a sensor, from the notes of its night file to the log; nothing else of a result changes."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from nights.log import NightLog
from recordings.night_file import BatteryLevel, NightFile, Note, NoteKind, battery_in_words, battery_levels
from tests.recordings.night_file.made_nights import BEGAN
from tests.recordings.night_file.test_commands import COMPOSITE, as_night_file, here, run

__all__ = ["here"]  # a fixture

NOTHING = dict.fromkeys(("start_share", "end_share", "start_v", "end_v"))


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("battery 87 %, 3.91 V, 31.25 °C", BatteryLevel(0.87, 3.91)),
        ("battery 100 %, 4.2 V", BatteryLevel(1.0, 4.2)),
        ("battery 0 %", BatteryLevel(0.0, None)),
        ("battery 3.7 V, 30.0 °C, last started by power on", BatteryLevel(None, 3.7)),
        ("battery None %, 3.7 V, None °C", BatteryLevel(None, 3.7)),  # as files had it once
    ],
)
def test_a_level_is_read_from_its_note(text: str, level: BatteryLevel) -> None:
    assert list(battery_levels([Note(NoteKind.STATUS, text, BEGAN)])) == [level]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (NoteKind.STATUS, "battery None %, None V, None °C"),
        (NoteKind.STATUS, battery_in_words(BatteryLevel(None, None))),
        (NoteKind.STATUS, "restarted, 3 V"),
        (NoteKind.STATE, "battery 12 %, charge it"),
    ],
)
def test_what_says_no_level_gives_none(kind: NoteKind, text: str) -> None:
    assert list(battery_levels([Note(kind, text, BEGAN)])) == []


def test_every_level_is_read_as_it_was_said() -> None:
    levels = [BatteryLevel(percent / 100, (330 + percent) / 100) for percent in range(101)]
    notes = [Note(NoteKind.STATUS, battery_in_words(level), BEGAN) for level in levels]
    assert list(battery_levels(notes)) == levels


def scored_with(here: Path, name: str, notes: Sequence[str]) -> dict[str, object]:
    """Score a night whose sensor said this, and return what the record has under `battery`."""
    (here / name).mkdir()
    path = as_night_file(COMPOSITE, here / name, finished=False)
    file = NightFile.open(path)
    for number, text in enumerate(notes):
        file.note(NoteKind.STATUS, text, BEGAN + timedelta(seconds=number))
    file.finish()
    (record,) = json.loads(run("score", path, "--json", "--no-report", "--out", here / name / "out").stdout)
    return record["recording"]["battery"]


def test_the_first_and_the_last_level_of_a_night_go_into_its_record_and_the_log(here: Path) -> None:
    assert scored_with(here, "silent", []) is None
    both = ["battery 91 %, 4.05 V, 30.1 °C", "restarted", "battery 84 %, 3.98 V", "battery 73 %, 3.9 V, 31.0 °C"]
    said = {"start_share": 0.91, "end_share": 0.73, "start_v": 4.05, "end_v": 3.9}
    assert scored_with(here, "own", both) == said
    volts = {**NOTHING, "start_v": 3.9, "end_v": 3.75}
    assert scored_with(here, "umyo", ["battery 3.9 V", "battery 3.75 V"]) == volts
    with NightLog(f"sqlite:///{here / 'log.db'}") as log:
        rows = log.nights()
    assert [(row.battery_start_share, row.battery_end_share) for row in rows] == [
        (None, None),
        (0.91, 0.73),
        (None, None),
    ]
    assert [(row.battery_start_v, row.battery_end_v) for row in rows] == [(None, None), (4.05, 3.9), (3.9, 3.75)]
    tables = {next((here / name / "out").glob("*_events.tsv")).read_bytes() for name in ("silent", "own", "umyo")}
    assert len(tables) == 1  # every number and every hash of what made it is the same
