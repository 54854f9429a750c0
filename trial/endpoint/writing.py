"""The tables of the endpoint as CSV files, every row with what made it; empty where nothing was seen."""

import csv
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from trial.cells import cell
from trial.endpoint.rows import LegRow, MadeBy, Measures, Monitoring, NightRow, PeriodRow, WeekRow


def write_table(
    path: Path,
    rows: Iterable[LegRow] | Iterable[NightRow] | Iterable[WeekRow] | Iterable[PeriodRow],
    made_by: dict[str, str],
) -> int:
    """Write rows with their measures side by side, and the columns `made_by` at the end; return how many.

    A count that does not exist is an empty cell, never a 0. `missing` reads `reason=nights` joined by semicolons.
    """
    n = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer: Any = None
        for row in rows:
            flat = {**_flat(row), **made_by}
            if writer is None:
                writer = csv.DictWriter(file, list(flat), lineterminator="\n")
                writer.writeheader()
            writer.writerow(flat)
            n += 1
    return n


def _flat(row: LegRow | NightRow | WeekRow | PeriodRow | Measures | Monitoring | MadeBy) -> dict[str, object]:
    flat: dict[str, object] = {}
    for field in fields(row):
        value: object = getattr(row, field.name)
        if isinstance(value, Measures | Monitoring | MadeBy):
            flat |= _flat(value)
        else:
            flat[field.name] = cell(value)
    return flat
