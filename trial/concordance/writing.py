"""The comparison as files: one JSON document, and a table of nights, of weeks and of participants."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import groupby
from pathlib import Path

from nights.night_json import NOTICE
from nights.record import Provenance
from trial.cells import cell
from trial.concordance.concordance import LIMITS, Concordance
from trial.concordance.diary_endpoint import Endpoint
from trial.concordance.errors import ConcordanceError
from trial.concordance.nights import ConcordanceNight, Standing
from trial.concordance.plots import bland_altman_plot, felt_and_seen_plot
from trial.nightly.legs import DAYS_PER_WEEK

FILES = ("concordance.json", "nights.csv", "weeks.csv", "participants.csv", "bland_altman.svg", "felt_and_seen.svg")
TABLES = ("nights", "weeks")  # of a comparison, which are files of their own
MADE_BY = ("model", "config_hash")

Row = dict[str, object]


def must_be_new(out: Path) -> None:
    """Refuse a folder in which a comparison lies already."""
    there = [name for name in FILES if (out / name).exists()]
    if there:
        raise ConcordanceError(f"{out} has {', '.join(there)} already; a result is never written over")


def write_concordance(
    out: Path, found: Concordance, made_by: Mapping[str, str], endpoints: Sequence[Endpoint] = ()
) -> list[Path]:
    """Write all files into a folder and return them; `made_by` stands in the document and in every row."""
    must_be_new(out)
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document(found, made_by, endpoints), indent=1, ensure_ascii=False, allow_nan=False)
    (out / "concordance.json").write_text(text + "\n", encoding="utf-8")
    _write(out / "nights.csv", (night_row(night) for night in found.nights), made_by)
    _write(out / "weeks.csv", _week_rows(found), made_by)
    _write(out / "participants.csv", participant_rows(found.nights), made_by)
    for name, drawn in (("bland_altman", bland_altman_plot(found)), ("felt_and_seen", felt_and_seen_plot(found))):
        if drawn is not None:
            (out / f"{name}.svg").write_text(drawn, encoding="utf-8")
    return [out / name for name in FILES if (out / name).exists()]


def document(found: Concordance, made_by: Mapping[str, str], endpoints: Sequence[Endpoint] = ()) -> Row:
    """Return the comparison without its tables; `endpoints` is there only where arms were read."""
    agreed = {name: value for name, value in asdict(found).items() if name not in TABLES}
    with_arms = {"endpoints": [asdict(endpoint) for endpoint in endpoints]} if endpoints else {}
    return {"notice": NOTICE, "limits": LIMITS, **made_by, "concordance": agreed, **with_arms}


def night_row(night: ConcordanceNight) -> Row:
    """Return one night as a row; what does not exist is empty."""
    plain = {field.name: getattr(night, field.name) for field in fields(night) if field.name != "made_by"}
    offsets = ";".join(f"{offset:.0f}" for offset in night.offsets_s)
    return {**plain, "offsets_s": offsets, **_made_by([night])}


def participant_rows(nights: Sequence[ConcordanceNight]) -> Iterator[Row]:
    """Give one row per participant: nights by standing, and the sums over compared nights."""
    for participant, group in groupby(nights, key=lambda night: night.participant):
        of = list(group)
        compared = [night for night in of if night.standing is Standing.COMPARED]
        weeks = len(compared) / DAYS_PER_WEEK
        felt = sum(night.felt_monitored for night in compared)
        seen = sum(night.seen or 0 for night in compared)
        yield {
            "participant": participant,
            "site": of[0].site,
            "nights_expected": len(of),
            **{standing.value: sum(night.standing is standing for night in of) for standing in Standing},
            "felt": sum(night.felt or 0 for night in compared) if compared else None,
            "seen": seen if compared else None,
            **{
                name: sum(getattr(night, name) for night in compared) if compared else None
                for name in ("felt_and_seen", "felt_only", "seen_only", "felt_unmonitored")
            },
            "seen_h": sum(night.seen_h for night in compared),
            "felt_per_week": felt / weeks if compared else None,
            "seen_per_week": seen / weeks if compared else None,
            **_made_by(of),
        }


def _week_rows(found: Concordance) -> Iterator[Row]:
    nights: dict[tuple[str, int], list[ConcordanceNight]] = {}
    for night in found.nights:
        nights.setdefault((night.participant, night.week), []).append(night)
    for week in found.weeks:
        difference = week.felt_per_week - week.seen_per_week
        yield {**asdict(week), "difference": difference, **_made_by(nights[week.participant, week.week])}


def _made_by(nights: Iterable[ConcordanceNight]) -> Row:
    """Return model and configuration of nights, several joined by semicolons."""
    made_by: list[Provenance] = [one for night in nights for one in night.made_by]
    return {name: ";".join(sorted({getattr(one, name) for one in made_by})) for name in MADE_BY}


def _write(path: Path, rows: Iterable[Row], made_by: Mapping[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] | None = None
        for row in rows:
            flat = {name: cell(value) for name, value in {**row, **made_by}.items()}
            if writer is None:
                writer = csv.DictWriter(file, list(flat), lineterminator="\n")
                writer.writeheader()
            writer.writerow(flat)
