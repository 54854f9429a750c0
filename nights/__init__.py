"""Scored episodes in, one night record out: exposure, the nightly log, result files, the report."""

from nights.record import Missing, NightRecord, Provenance, Recording, ValidNight
from nights.scoring import Flag, NightScorer

__all__ = ["Flag", "Missing", "NightRecord", "NightScorer", "Provenance", "Recording", "ValidNight"]
