"""The night record as JSON values: strict JSON, `null` for what is undefined or missing, times in s."""

from dataclasses import asdict, fields
from math import isfinite
from typing import Any

from models import Features, Label, ScoredEpisode
from nights.record import NightRecord, Recording
from signals import seconds_at

SCHEMA = "crampwatch-night"
SCHEMA_VERSION = 1
NOTICE = (
    "Research software, not a medical device. No public recording of a nocturnal cramp exists; "
    "no scoring profile is validated on one."
)
SECONDS_PER_HOUR = 3600.0

JsonObject = dict[str, Any]
FEATURES = tuple(field.name for field in fields(Features))


def night_summary(record: NightRecord) -> JsonObject:
    """Return all that is said of the night as a whole, without its episodes; ready for `json.dumps`."""
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "notice": NOTICE,
        "recording": _recording(record.recording),
        "provenance": asdict(record.provenance),
        "monitored_s": number(record.monitored_s),
        "usable_s": number(record.usable_s),
        "lost_s": lost_s(record),
        "gaps": gaps(record),
        "cramp_count": record.cramp_count,
        "missing": None if record.missing is None else record.missing.value,
        "valid": record.valid,
        "leg_movements": _leg_movements(record),
        "cramp_durations_s": [s.episode.duration_s for s in record.episodes if s.label is Label.CRAMP],
        "too_short": record.too_short,
        "mains_hz": list(record.mains_hz),
    }


def night_document(record: NightRecord) -> JsonObject:
    """Return the complete record: the summary and every episode with features and criteria."""
    periodic_s = record.periodic_onsets_s
    return {**night_summary(record), "episodes": [_episode(scored, periodic_s) for scored in record.episodes]}


def number(value: float) -> float | None:
    """Return a value as JSON has it: None for NaN, and for infinity, a ratio to nothing."""
    return value if isfinite(value) else None


def lost_s(record: NightRecord) -> JsonObject:
    """Return the seconds lost to every cause."""
    return {reason.value: seconds for reason, seconds in record.lost_s.items()}


def gaps(record: NightRecord) -> list[JsonObject]:
    """Return the losses one by one, seconds from the start of the file."""
    fs_hz = record.recording.fs_hz
    return [
        {
            "onset_s": seconds_at(gap.first_sample, fs_hz),
            "duration_s": seconds_at(gap.end - gap.first_sample, fs_hz),
            "reason": gap.reason.value,
        }
        for gap in record.gaps
    ]


def features(scored: ScoredEpisode) -> JsonObject:
    """Return every feature of an episode by its name."""
    return {name: number(getattr(scored.features, name)) for name in FEATURES}


def criteria(scored: ScoredEpisode) -> list[JsonObject]:
    """Return every criterion held against an episode, met or not."""
    return [
        {
            "feature": reason.feature,
            "value": number(reason.value),
            "limit": number(reason.limit),
            "at_least": reason.at_least,
            "met": reason.met,
            "text": reason.text,
        }
        for reason in scored.reasons
    ]


def _recording(recording: Recording) -> JsonObject:
    night, start = recording.night, recording.start
    return {
        **asdict(recording),
        "night": None if night is None else night.isoformat(),
        "start": None if start is None else start.isoformat(),
        "remarks": list(recording.remarks),
    }


def _leg_movements(record: NightRecord) -> JsonObject:
    movements = record.leg_movements
    usable_h = record.usable_s / SECONDS_PER_HOUR
    return {
        "n_candidates": movements.n_candidates,
        "n_periodic": movements.n_periodic,
        "n_series": len(movements.series),
        "plm_index": movements.n_periodic / usable_h if usable_h > 0 else None,
    }


def _episode(scored: ScoredEpisode, periodic_s: frozenset[float]) -> JsonObject:
    episode = scored.episode
    return {
        "onset_s": episode.start_s,
        "duration_s": episode.duration_s,
        "began": episode.began.value,
        "ended": episode.ended.value,
        "label": scored.label.value,
        "probability": {label.value: number(p) for label, p in scored.probability.items()},
        "candidate": scored.candidate,
        "periodic": episode.start_s in periodic_s,
        "features": features(scored),
        "criteria": criteria(scored),
    }
