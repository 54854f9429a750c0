"""The night file: every sample of a night as it was counted, safe from the moment that `commit` returns.

`NightFile` writes one, `StoredNight` replays one as a `signals.Source`, finished or not, also while it is written.
"""

from recordings.night_file.exporting import export_night
from recordings.night_file.header import NightHeader
from recordings.night_file.notes import (
    BatteryLevel,
    ClockAnchor,
    Note,
    NoteKind,
    battery_in_words,
    battery_levels,
)
from recordings.night_file.stored_night import StoredNight
from recordings.night_file.tables import is_night_file
from recordings.night_file.verifying import content_sha256, verify
from recordings.night_file.writer import NightFile

__all__ = [
    "BatteryLevel",
    "ClockAnchor",
    "NightFile",
    "NightHeader",
    "Note",
    "NoteKind",
    "StoredNight",
    "battery_in_words",
    "battery_levels",
    "content_sha256",
    "export_night",
    "is_night_file",
    "verify",
]
