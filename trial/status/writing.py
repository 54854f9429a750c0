"""How a study stands, as JSON values and as a CSV file of one row per leg; empty or null is what is not known."""

import csv
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, cast

from nights.night_json import NOTICE, JsonObject
from trial.cells import cell
from trial.errors import TrialError
from trial.records import Version
from trial.status.legs import LegStatus
from trial.status.sites import SiteStatus
from trial.status.weeks import Week

WEEKS = ("last_week", "week_before")


def status_document(
    study: str, of: Version | None, sites: Sequence[SiteStatus], legs: Sequence[LegStatus]
) -> JsonObject:
    """Return how a study stands, ready for `json.dumps` with dates as text; `of` is None before any result."""
    return {
        "notice": NOTICE,
        "study": study,
        **_made_by(of),
        "sites": [asdict(site) | {"why": dict(site.why), "attention": dict(site.attention)} for site in sites],
        "legs": [asdict(leg) | {"why": dict(leg.why), "attention": list(leg.attention)} for leg in legs],
    }


def write_status(path: Path, of: Version | None, legs: Sequence[LegStatus]) -> None:
    """Write one row per leg, with what made it. Raises `TrialError` where the file is there already."""
    try:
        file = path.open("x", encoding="utf-8", newline="")
    except FileExistsError as error:
        raise TrialError(f"{path} exists already; a table is never written over, name another file") from error
    weeks = [f"{field.name}_{week}" for week in WEEKS for field in fields(Week)]
    columns = [name for field in fields(LegStatus) for name in (weeks if field.name == WEEKS[0] else [field.name])]
    columns.remove(WEEKS[1])
    with file:
        writer = csv.DictWriter(file, [*columns, *_made_by(of)], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**_flat(leg), **_made_by(of)} for leg in legs)


def _made_by(of: Version | None) -> dict[str, Any]:
    names = {"version": "number", "profile": "profile", "profile_hash": "profile_hash", "software": "software"}
    return {name: getattr(of, field) if of else None for name, field in names.items()}


def _flat(leg: LegStatus) -> dict[str, object]:
    flat: dict[str, object] = {}
    for field in fields(leg):
        value: object = getattr(leg, field.name)
        if field.name in WEEKS:
            named = asdict(cast("Week", value)) if value else {}
            flat |= {f"{name.name}_{field.name}": cell(named.get(name.name)) for name in fields(Week)}
        else:
            flat[field.name] = cell(value)
    return flat
