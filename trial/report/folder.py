"""The folder of an analysis: result as JSON, tables as CSV, plots as SVG, the report as page and PDF."""

import csv
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from math import isfinite
from pathlib import Path
from typing import Any, cast

import numpy as np

from nights.night_json import NOTICE
from trial.analysis.analysis import Analysis
from trial.analysis.estimand import Concerned
from trial.report.contents import document_of
from trial.report.document import Document
from trial.report.errors import ReportError
from trial.report.looks import looks
from trial.report.origin import Origin
from trial.report.page import page_of
from trial.report.paper import paper_of
from trial.study import Study

Row = dict[str, Any]


def must_be_new(out: Path) -> None:
    """Refuse a folder that is there already; raises `ReportError`."""
    if out.exists():
        raise ReportError(f"{out} exists already; a result is never written over, name another folder")


def write_folder(out: Path, study: Study, found: Analysis, origin: Origin) -> Document:
    """Write the folder of an analysis, whole or not at all, and return its report.

    All is written into a folder beside `out` that takes its name at the end. Raises `ReportError` where `out` is
    there already, or cannot be written.
    """
    must_be_new(out)
    document = document_of(study, found, origin)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        (part / "tables").mkdir(parents=True)
        (part / "plots").mkdir()
        (part / "analysis.json").write_text(json_of(found, origin), "utf-8")
        for name, rows in _tables(found).items():
            _write_csv(part / "tables" / f"{name}.csv", rows, origin)
        for name, figure in document.figures.items():
            (part / "plots" / f"{name}.svg").write_text(figure.svg, "utf-8")
        (part / "report.html").write_text(page_of(document), "utf-8")
        (part / "report.pdf").write_bytes(paper_of(document))
        part.rename(out)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return document


def json_of(found: Analysis, origin: Origin) -> str:
    """Return the result and its origin as strict JSON; what has no limit, or is infinite, is null."""
    made_by = {name: getattr(origin, name) for name in ("study", "version", "profile", "profile_hash", "scored_by")}
    document = {
        "notice": NOTICE,
        "simulated": origin.simulated,
        **made_by,
        "origin": asdict(origin),
        "analysis": asdict(found),
    }
    return json.dumps(_finite(document), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: object) -> object:
    """Return a value as JSON has it."""
    if isinstance(value, np.ndarray):
        return _finite(value.tolist())
    if isinstance(value, dict):
        return {key: _finite(of) for key, of in cast("dict[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_finite(of) for of in cast("list[object]", value)]
    return None if isinstance(value, float) and not isfinite(value) else value


def _tables(found: Analysis) -> dict[str, Iterable[Row]]:
    arms = list(found.flow)
    return {
        "flow": [_flat(asdict(arm)) for arm in arms],
        "looks": [asdict(look) for look in looks(found)],
        "weekly": [asdict(week) for week in found.weekly],
        "secondary": [_flat(asdict(one)) for one in found.secondary],
        "events": [asdict(event) for event in found.events],
    }


def _flat(row: Row) -> Row:
    """Return a row with its parts beside it, as `part_name`; counts by name as `name=count;...`."""

    def cells() -> Iterator[tuple[str, object]]:
        for name, value in row.items():
            if isinstance(value, dict):
                yield from ((f"{name}_{key}", of) for key, of in cast("Row", value).items())
            elif isinstance(value, tuple):
                yield name, ";".join(f"{key}={n}" for key, n in cast("tuple[tuple[str, int], ...]", value))
            else:
                yield name, value

    return dict(cells())


def _write_csv(path: Path, rows: Iterable[Row], origin: Origin) -> None:
    """Write rows with what made them; what does not exist is an empty cell, never a 0."""
    made_by = {"version": origin.version, "profile": origin.profile, "profile_hash": origin.profile_hash}
    made_by |= {"software": origin.scored_by}
    full = [{**row, **made_by} for row in rows]
    names = [name for row in full for name in row] or [field.name for field in fields(Concerned)] + list(made_by)
    columns = list(dict.fromkeys(names))  # a study may plan for no events, and then that table has no row
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(full)
