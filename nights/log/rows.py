"""What goes into the tables of the log, and what comes out of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models import Label
from nights.night_json import JsonObject, criteria, features, gaps, lost_s
from nights.record import NightRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRow:
    """One result in the log; `cramp_count` is None exactly where `missing` says why, `scored_at` is in UTC.

    The battery is that of the sensor, full at 1; None where the recording does not say.
    """

    id: int
    participant: str
    leg: str | None
    muscle: str | None
    channel: str
    night: date | None
    start_local: str | None
    zone: str | None
    file: str
    recording_sha256: str
    monitored_s: float
    usable_s: float
    lost_s: dict[str, float]
    cramp_count: int | None
    missing: str | None
    valid: bool
    n_candidates: int
    n_periodic: int
    n_series: int
    has_acceleration: bool
    fs_hz: float
    software: str
    profile: str
    profile_hash: str
    model: str
    config_hash: str
    scored_at: datetime
    battery_start_share: float | None
    battery_end_share: float | None
    battery_start_v: float | None
    battery_end_v: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRow:
    """One episode of a logged night; `reasons` are the criteria, None in `features` is undefined."""

    night_id: int
    number: int
    onset_s: float
    duration_s: float
    label: str
    probability: float
    probability_cramp: float
    reasons: list[dict[str, Any]]
    features: dict[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """One stretch of a logged night that was lost."""

    night_id: int
    number: int
    onset_s: float
    duration_s: float
    reason: str


def night_values(record: NightRecord, scored_at: datetime) -> JsonObject:
    """Return the columns of a night."""
    of, made_by, movements = record.recording, record.provenance, record.leg_movements
    return {
        "participant": of.participant,
        "leg": of.leg,
        "muscle": of.muscle,
        "channel": of.channel,
        "night": of.night,
        "start_local": None if of.start is None else of.start.isoformat(),
        "zone": of.zone,
        "file": of.file,
        "recording_sha256": of.sha256,
        "monitored_s": record.monitored_s,
        "usable_s": record.usable_s,
        "lost_s": lost_s(record),
        "cramp_count": record.cramp_count,
        "missing": None if record.missing is None else record.missing.value,
        "valid": record.valid,
        "n_candidates": movements.n_candidates,
        "n_periodic": movements.n_periodic,
        "n_series": len(movements.series),
        "has_acceleration": of.has_acceleration,
        "fs_hz": of.fs_hz,
        "software": made_by.software,
        "profile": made_by.profile,
        "profile_hash": made_by.profile_hash,
        "model": made_by.model,
        "config_hash": made_by.config_hash,
        "scored_at": scored_at,
        "battery_start_share": of.battery and of.battery.start_share,
        "battery_end_share": of.battery and of.battery.end_share,
        "battery_start_v": of.battery and of.battery.start_v,
        "battery_end_v": of.battery and of.battery.end_v,
    }


def episode_values(record: NightRecord) -> list[JsonObject]:
    """Return the columns of every episode of a night."""
    return [
        {
            "number": number,
            "onset_s": scored.episode.start_s,
            "duration_s": scored.episode.duration_s,
            "label": scored.label.value,
            "probability": scored.probability[scored.label],
            "probability_cramp": scored.probability[Label.CRAMP],
            "reasons": criteria(scored),
            "features": features(scored),
        }
        for number, scored in enumerate(record.episodes, start=1)
    ]


def gap_values(record: NightRecord) -> list[JsonObject]:
    """Return the columns of every gap of a night."""
    return [{"number": number, **gap} for number, gap in enumerate(gaps(record), start=1)]
