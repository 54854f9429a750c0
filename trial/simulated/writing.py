"""A made-up trial as files and a log, as a real one would be: study, allocation, diaries, nights."""

import csv
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import tomli_w
from sqlalchemy import Engine

from models.fingerprint import fingerprint
from nights.log.audit import SOFTWARE
from nights.log.log import enter_night
from nights.night_json import JsonObject
from trial.nightly import Result
from trial.records import Version, begin_version, join_version
from trial.simulated.trial import DIARY_FILE, SimulatedTrial
from trial.simulated.trial import SOFTWARE as MADE_BY

BATCH = 500

Show = Callable[[int, int], None]
"""Called with the nights written so far, and in all."""


def write_trial(
    trial: SimulatedTrial, out: Path, engine: Engine, at: datetime, show: Show = lambda _a, _b: None
) -> None:
    """Write `study.toml`, `allocation.csv`, `diary.csv` into a folder, and the nights into a log as version 1."""
    out.mkdir(parents=True, exist_ok=True)
    document = trial.study.model_dump(mode="python", exclude_none=True, exclude_defaults=True)
    (out / "study.toml").write_text(tomli_w.dumps(document), encoding="utf-8")
    _write_csv(out / "allocation.csv", ["participant", "arm"], sorted(trial.allocation.arm_of.items()))
    entries = [(entry.participant, entry.night.isoformat(), entry.cramps) for entry in trial.diary]
    _write_csv(out / DIARY_FILE, ["participant", "night", "cramps"], entries)
    zones = {person.id: ZoneInfo(trial.study.zone_of(person)) for person in trial.study.participants}
    name = trial.study.name
    made = Version(1, trial.study.profile, fingerprint(trial.study.profile), MADE_BY)
    with engine.begin() as connection:
        begin_version(connection, name, made, SOFTWARE, at)
    for first in range(0, len(trial.results), BATCH):
        with engine.begin() as connection:
            ids: dict[str, int] = {}
            for result in trial.results[first : first + BATCH]:
                night = _night(result, zones[result.participant], at)
                recording = f"{night['recording_sha256']} {night['channel']}"
                ids[recording] = enter_night(connection, night, _episodes(result), _gaps(result), SOFTWARE)
            join_version(connection, name, 1, ids, SOFTWARE, at)
        show(min(first + BATCH, len(trial.results)), len(trial.results))


def _write_csv(path: Path, columns: list[str], rows: list[tuple[str, ...]] | list[tuple[str, str, int]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _night(result: Result, zone: ZoneInfo, at: datetime) -> JsonObject:
    """Return the columns of a night."""
    begin = result.monitored[0]
    return {
        "participant": result.participant,
        "leg": result.leg,
        "muscle": "GM",
        "channel": f"EMG {result.leg}-GM",
        "night": result.night,
        "start_local": datetime.fromtimestamp(begin, UTC).astimezone(zone).isoformat(),
        "zone": str(zone),
        "file": f"simulated-{result.id:06d}",
        "recording_sha256": fingerprint([MADE_BY, result.id]).ljust(64, "0"),
        "monitored_s": result.monitored_s,
        "usable_s": result.usable_s,
        "lost_s": {why: sum(b - a for (a, b), of in result.lost if of == why) for _, why in result.lost},
        "cramp_count": len(result.cramps) if result.usable_s else None,
        "missing": None if result.usable_s else "no_usable_time",
        "valid": False,
        "n_candidates": 0,
        "n_periodic": 0,
        "n_series": 0,
        "has_acceleration": True,
        "fs_hz": 1000.0,
        **asdict(result.made_by),
        "scored_at": at,
    }


def _episodes(result: Result) -> list[JsonObject]:
    return [
        {
            "number": number,
            "onset_s": cramp.onset_s - result.monitored[0],
            "duration_s": cramp.duration_s,
            "label": "cramp",
            "probability": 1.0,
            "probability_cramp": 1.0,
            "reasons": [],
            "features": {"median_ratio": cramp.intensity},
        }
        for number, cramp in enumerate(result.cramps, start=1)
    ]


def _gaps(result: Result) -> list[JsonObject]:
    return [
        {"number": number, "onset_s": a - result.monitored[0], "duration_s": b - a, "reason": why}
        for number, ((a, b), why) in enumerate(result.lost, start=1)
    ]
