"""Nights of a study with episodes of every kind, in a log, without a signal behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from nights.log.audit import SOFTWARE
from nights.log.log import enter_night
from trial.study import Study, read_study

FIRST = date(2026, 3, 2)
AT = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One episode: when in the night, how long, what the program calls it and how sure it is of a cramp."""

    at_h: float
    duration_s: float = 60.0
    label: str = "cramp"
    probability: float = 0.9


def study_in(folder: Path) -> tuple[Path, Study]:
    """Write the template of a study; return its file and the study."""
    path = folder / "study.toml"
    path.write_text(files("trial.study").joinpath("template.toml").read_text("utf-8"), "utf-8")
    return path, read_study(path)


def night_with(connection: Connection, evening: date, episodes: Sequence[Made], **said: Any) -> tuple[str, int]:
    """Enter a night of 8 h of participant A-001, or as said otherwise; return its recording's key and its id."""
    start = datetime.combine(evening, datetime.min.time(), ZoneInfo("Europe/Zurich")) + timedelta(hours=22)
    values: dict[str, Any] = {
        "participant": "A-001", "leg": "L", "muscle": "GM", "channel": "EMG L-GM", "night": evening,
        "start_local": start.isoformat(), "zone": "Europe/Zurich", "file": "A-001.edf",
        "recording_sha256": f"{evening}".encode().hex().ljust(64, "0"), "monitored_s": 8 * 3600.0,
        "usable_s": 8 * 3600.0, "lost_s": {}, "cramp_count": sum(made.label == "cramp" for made in episodes),
        "missing": None, "valid": True, "n_candidates": 0, "n_periodic": 0, "n_series": 0,
        "has_acceleration": True, "fs_hz": 1000.0, "software": "crampwatch 0.1.0", "profile": "calf-1",
        "profile_hash": "0" * 16, "model": "rules-1", "config_hash": "0" * 16, "scored_at": AT,
    }  # fmt: skip
    values |= said
    rows: list[dict[str, Any]] = [
        {
            "number": number, "onset_s": made.at_h * 3600, "duration_s": made.duration_s, "label": made.label,
            "probability": max(made.probability, 1 - made.probability), "probability_cramp": made.probability,
            "reasons": [{"feature": "still_s", "text": f"{made.label} because"}],
            "features": {
                "median_ratio": 10.0, "floor_uv": 3.1416, "interval_s": made.at_h, "gap_s": 1.46e-12,
                "turn_deg": None,
            },
        }
        for number, made in enumerate(episodes, start=1)
    ]  # fmt: skip
    night_id = enter_night(connection, values, rows, [], SOFTWARE)
    return f"{values['recording_sha256']} {values['channel']}", night_id
