"""Scored episodes in, one night record out: exposure, the nightly log, result files, the report."""

from nights.night_json import night_summary
from nights.outputs import write_events, write_night
from nights.record import Battery, Missing, NightRecord, Provenance, Recording, ValidNight
from nights.scoring import Flag, NightScorer

__all__ = [
    "Battery",
    "Flag",
    "Missing",
    "NightRecord",
    "NightScorer",
    "Provenance",
    "Recording",
    "ValidNight",
    "night_summary",
    "write_events",
    "write_night",
]
