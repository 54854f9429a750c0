"""Nights of a study in a log, row by row, without a signal behind them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from nights.log.audit import SOFTWARE
from nights.log.log import enter_night
from signals import Leg
from trial.records import Version, begin_version, join_version
from trial.study import Study

SCORED_AT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
VERSION = Version(1, "calf-1", "0" * 16, "crampwatch 0.1.0")


def night(  # noqa: PLR0913 - one parameter per fact
    connection: Connection,
    evening: date,
    cramps_at_h: Sequence[float] = (),
    *,
    participant: str = "A-001",
    leg: Leg = "L",
    hours: float = 8.0,
    lost_h: Sequence[tuple[float, float, str]] = (),
    zone: str = "Europe/Zurich",
) -> tuple[str, int]:
    """Enter a night that begins at 22:00; return the key of its recording and its id."""
    start = datetime.combine(evening, datetime.min.time(), ZoneInfo(zone)) + timedelta(hours=22)
    sha256 = f"{participant}{leg}{evening}".encode().hex().ljust(64, "0")[:64]
    usable_s = 3600 * (hours - sum(b - a for a, b, _ in lost_h))
    values: dict[str, Any] = {
        "participant": participant, "leg": leg, "muscle": "GM", "channel": f"EMG {leg}-GM", "night": evening,
        "start_local": start.isoformat(), "zone": zone, "file": f"{participant}.edf", "recording_sha256": sha256,
        "monitored_s": hours * 3600, "usable_s": usable_s, "lost_s": {},
        "cramp_count": len(cramps_at_h) if usable_s else None, "missing": None if usable_s else "no_usable_time",
        "valid": True, "n_candidates": 0, "n_periodic": 0, "n_series": 0, "has_acceleration": True, "fs_hz": 1000.0,
        "software": VERSION.software, "profile": VERSION.profile, "profile_hash": VERSION.profile_hash,
        "model": "rules-1", "config_hash": "0" * 16, "scored_at": SCORED_AT,
    }  # fmt: skip
    episodes: list[dict[str, Any]] = [
        {
            "number": number, "onset_s": h * 3600, "duration_s": 60.0, "label": "cramp", "probability": 0.9,
            "probability_cramp": 0.9, "reasons": [], "features": {"median_ratio": 10.0},
        }
        for number, h in enumerate(cramps_at_h, start=1)
    ]  # fmt: skip
    gaps: list[dict[str, Any]] = [
        {"number": number, "onset_s": a * 3600, "duration_s": (b - a) * 3600, "reason": why}
        for number, (a, b, why) in enumerate(lost_h, start=1)
    ]
    return f"{sha256} EMG {leg}-GM", enter_night(connection, values, episodes, gaps, SOFTWARE)


def version_with(connection: Connection, study: Study, nights: Sequence[tuple[str, int]]) -> None:
    """Make version 1 of a study of these nights."""
    begin_version(connection, study.name, VERSION, SOFTWARE, SCORED_AT)
    join_version(connection, study.name, 1, dict(nights), SOFTWARE, SCORED_AT)
