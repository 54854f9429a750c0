"""What stands in the tables of an export: every column once, with its kind, its unit and its meaning."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds; an empty place is missing in all of them, and never 0."""

    LABEL = "label"  # one of a few words
    TEXT = "text"
    TEXTS = "texts"
    COUNT = "count"
    COUNTS = "counts"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; its meaning is that of docs/glossary.md, word for word. `unit` as in UCUM, None without one."""

    kind: Kind
    meaning: str
    unit: str | None = None


MADE_BY = ("version", "profile", "profile_hash", "software", "model", "config_hash")
"""Columns of every row that comes from results: by what they were made."""

COLUMNS = {
    "study": Column(Kind.LABEL, "name of the study"),
    "participant": Column(Kind.LABEL, "pseudonym of the participant"),
    "site": Column(Kind.LABEL, "centre of the participant"),
    "zone": Column(Kind.LABEL, "IANA zone of the participant's nights"),
    "legs": Column(Kind.LABEL, "monitored legs, `L`, `R` or `L;R`"),
    "arm": Column(Kind.LABEL, "what the participant was given; only in an export that unblinds"),
    "period": Column(Kind.LABEL, "name of the period in the study"),
    "kind": Column(Kind.LABEL, "what the period is for: `run-in`, `treatment`, `follow-up`"),
    "week": Column(Kind.COUNT, "week within the period, from 1", "wk"),
    "night": Column(Kind.DAY, "date of the evening of a night, which lasts from local noon to noon"),
    "first_night": Column(Kind.DAY, "first night that the study expects of the participant or the week"),
    "last_night": Column(Kind.DAY, "last night that the study expects of the participant"),
    "leg": Column(Kind.LABEL, "instrumented leg, `L` or `R`"),
    "state": Column(
        Kind.LABEL, "`valid`; `short`: counted, but too little was seen for a valid night; `missing`: nothing was"
    ),
    "reason": Column(Kind.LABEL, "why a night is missing or short; empty for a valid one"),
    "legs_missing": Column(
        Kind.TEXT, "legs of which nothing was seen in that night, as `leg=reason`, joined by semicolons"
    ),
    "cramps": Column(
        Kind.COUNT, "primary count of the study (muscles or awakenings); empty where nothing was seen"
    ),
    "exposure_h": Column(Kind.NUMBER, "hours in which a cramp of the primary count would have been seen", "h"),
    "rate_56h": Column(Kind.NUMBER, "primary count per seven nights of eight hours; empty where nothing was seen"),
    "muscles": Column(Kind.COUNT, "cramps, each leg's for itself; empty where nothing was seen"),
    "leg_h": Column(Kind.NUMBER, "usable hours, summed over legs", "h"),
    "awakenings": Column(
        Kind.COUNT, "cramps, those of both legs that come together as one; empty where nothing was seen"
    ),
    "seen_h": Column(Kind.NUMBER, "hours in which at least one leg was seen", "h"),
    "mean_duration_s": Column(Kind.NUMBER, "mean length of the cramps; empty without one", "s"),
    "longest_s": Column(Kind.NUMBER, "length of the longest cramp; empty without one", "s"),
    "mean_intensity": Column(Kind.NUMBER, "mean of `intensity` over the cramps; empty without one", "1"),
    "cramp_free": Column(
        Kind.FLAG, "whether the night had no cramp; empty where a short or missing night hides it"
    ),
    "leg_cramps": Column(Kind.COUNT, "cramps of this leg in this night; empty where nothing was seen"),
    "usable_h": Column(Kind.NUMBER, "hours of this leg in which a cramp would have been seen", "h"),
    "monitored_h": Column(Kind.NUMBER, "hours of this leg from first to last sample, over its recordings", "h"),
    "started_at": Column(Kind.INSTANT, "first sample of the leg in this night; empty where there is none"),
    "ended_at": Column(Kind.INSTANT, "last sample of the leg in this night; empty where there is none"),
    "onset_at": Column(Kind.INSTANT, "onset of the cramp"),
    "utc_offset_min": Column(
        Kind.COUNT, "minutes by which local time was ahead of UTC then; negative west of Greenwich", "min"
    ),
    "results": Column(Kind.COUNTS, "ids in the nightly log of the results that the night comes from"),
    "left_out": Column(Kind.COUNTS, "ids of results that overlap one of those and saw less"),
    "cramp_number": Column(Kind.COUNT, "number of the cramp in the night of its leg, from 1, in order of onset"),
    "duration_s": Column(Kind.NUMBER, "length of the cramp", "s"),
    "intensity": Column(Kind.NUMBER, "median level of the cramp over the resting floor", "1"),
    "valid": Column(Kind.FLAG, "whether the week has as many valid nights as the study asks for"),
    "nights_expected": Column(Kind.COUNT, "nights that the study expects"),
    "nights_seen": Column(Kind.COUNT, "nights of which something was seen"),
    "nights_valid": Column(Kind.COUNT, "valid nights"),
    "nights_cramp_free": Column(Kind.COUNT, "valid nights without a cramp"),
    "missing": Column(Kind.TEXT, "missing nights by reason, as `reason=nights`, joined by semicolons"),
    "per_monitored_week": Column(
        Kind.NUMBER, "seven times the mean primary count of the seen nights; empty without one"
    ),
    "felt": Column(Kind.COUNT, "cramps written in the diary of the night; a night without an entry has no row"),
    "times_local": Column(Kind.TEXTS, "local times `HH:MM` of the cramps felt, as far as they were written down"),
    "severity": Column(Kind.NUMBER, "worst of the night from 0 to 10, as written down; empty where not", "1"),
    "source": Column(Kind.LABEL, "file that the diary entry was imported from"),
    "line": Column(Kind.COUNT, "line of the diary entry in that file"),
    "version": Column(Kind.COUNT, "version of the study in the nightly log"),
    "profile": Column(Kind.LABEL, "scoring profile"),
    "profile_hash": Column(Kind.LABEL, "hash of all settings of the profile"),
    "software": Column(Kind.LABEL, "what scored, with its version"),
    "model": Column(
        Kind.LABEL, "what labelled the episodes; several joined by semicolons; empty where nothing was"
    ),
    "config_hash": Column(
        Kind.LABEL, "hash of what was said about the recording; several joined by semicolons; empty without one"
    ),
}

TABLES = {
    "participants": (
        "study", "participant", "site", "zone", "legs", "arm", "first_night", "last_night",
        "nights_expected", "nights_seen", "nights_valid", *MADE_BY,
    ),
    "nights": (
        "study", "participant", "site", "period", "kind", "week", "night", "state", "reason",
        "cramps", "exposure_h", "rate_56h", "muscles", "leg_h", "awakenings", "seen_h",
        "mean_duration_s", "longest_s", "mean_intensity", "cramp_free", *MADE_BY,
    ),
    "leg_nights": (
        "study", "participant", "site", "leg", "period", "kind", "week", "night", "state", "reason",
        "leg_cramps", "usable_h", "monitored_h", "started_at", "ended_at", "utc_offset_min",
        "results", "left_out", *MADE_BY,
    ),
    "cramps": (
        "study", "participant", "site", "leg", "period", "week", "night", "cramp_number",
        "onset_at", "utc_offset_min", "duration_s", "intensity", *MADE_BY,
    ),
    "weeks": (
        "study", "participant", "site", "period", "kind", "week", "first_night", "valid",
        "nights_expected", "nights_seen", "nights_valid", "nights_cramp_free", "missing", "per_monitored_week",
        "cramps", "exposure_h", "rate_56h", "muscles", "leg_h", "awakenings", "seen_h",
        "mean_duration_s", "longest_s", "mean_intensity", *MADE_BY,
    ),
    "diary": ("study", "participant", "night", "felt", "times_local", "severity", "source", "line"),
}  # fmt: skip
"""The tables of a study and their columns in order; `arm` is left out as long as the study is blinded."""
