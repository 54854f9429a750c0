"""Data sets as SAS transport files, version 5: checked first, since the writer cuts without a word."""

import os
import re
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyreadstat

from trial.exports.cdisc.define import write_metadata
from trial.exports.cdisc.errors import CdiscError
from trial.exports.cdisc.files import place_of
from trial.exports.cdisc.model import Dataset, Table, Value, Variable
from trial.exports.cdisc.tables import tables_of
from trial.exports.data import StudyData

NAME_LENGTH, LABEL_LENGTH, TEXT_LENGTH = 8, 40, 200
SMALLEST, LARGEST = 1e-70, 1e70
"""Numbers that are written and read exactly. The format goes from 5.4e-79 to 7.2e75 (SAS TS-140), but pyreadstat
1.3.7 turns what comes near these ends into 0 and into the largest number, without a word."""
FORMAT_VERSION = 5
SAS_EPOCH = datetime(1960, 1, 1)  # noqa: DTZ001 - SAS counts from here on a clock without a zone
_NAME = re.compile(rf"[A-Z][A-Z0-9_]{{0,{NAME_LENGTH - 1}}}")


def write_xpt(data: StudyData, out: Path) -> list[Path]:
    """Write `sdtm/*.xpt` and `adam/*.xpt` into a folder, and beside them what describes them; return the files.

    Raises `CdiscError` before anything is written where a name, label or value of any data set does not fit.
    """
    tables = tables_of(data)
    for table in tables:
        check(table)
    return [*(write_table(table, out) for table in tables), *write_metadata(tables, data, out, "xpt")]


def check(table: Table) -> None:
    """Raise `CdiscError` naming data set, variable, row and value that a version 5 file could not hold."""
    dataset = table.dataset
    _check_name(dataset.name, dataset.name)
    _check_text(dataset.label, f"{dataset.name}, its label", LABEL_LENGTH)
    for variable in dataset.variables:
        _check_name(variable.name, f"{dataset.name}, variable {variable.name}")
        _check_text(variable.label, f"{dataset.name}, variable {variable.name}, its label", LABEL_LENGTH)
    for variable in dataset.variables:
        first: dict[Value, int] = {}
        for number, value in enumerate(table.column(variable.name), start=1):
            first.setdefault(value, number)
        for value, number in first.items():
            _check_value(dataset, variable, number, value)


def sas_number(value: Value) -> float | None:
    """Return a value as SAS has it: days since 1960 for a date, seconds for a moment of a clock without a zone."""
    if isinstance(value, datetime):
        return (value - SAS_EPOCH).total_seconds()
    if isinstance(value, date):
        return float((value - SAS_EPOCH.date()).days)
    return None if value is None else float(value)


def write_table(table: Table, out: Path) -> Path:
    """Write one data set that `check` has let pass into the folder of its model, whole or not at all."""
    dataset = table.dataset
    path = place_of(out, dataset.model, f"{dataset.name.lower()}.xpt")
    columns: dict[str, pd.Series[str] | pd.Series[float]] = {}
    for place, variable in enumerate(dataset.variables):
        values = [row[place] for row in table.rows]
        columns[variable.name] = (
            pd.Series(["" if value is None else str(value) for value in values], dtype=str)
            if variable.type.is_text
            else pd.Series([sas_number(value) for value in values], dtype=float)
        )
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        pyreadstat.write_xport(
            pd.DataFrame(columns),  # pyright: ignore[reportArgumentType] - its stubs describe a DataFrame of their own
            part,
            file_label=dataset.label,
            column_labels={variable.name: variable.label for variable in dataset.variables},
            table_name=dataset.name,
            file_format_version=FORMAT_VERSION,
            variable_format={
                variable.name: variable.display_format
                for variable in dataset.variables
                if variable.display_format is not None
            },
        )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _check_name(name: str, place: str) -> None:
    if not _NAME.fullmatch(name):
        raise CdiscError(
            f"{place}: a name has at most {NAME_LENGTH} characters, A to Z, 0 to 9 and _, and begins with a letter"
        )


def _check_text(text: str, place: str, most: int) -> None:
    if not text.isascii() or not text.isprintable():
        raise CdiscError(f"{place}, {text!r}: only printable ASCII characters can stand in a version 5 file")
    if len(text) > most:
        raise CdiscError(f"{place}, {text!r}: {len(text)} characters, {most} is the limit of a version 5 file")


def _check_value(dataset: Dataset, variable: Variable, number: int, value: Value) -> None:
    place = f"{dataset.name}, variable {variable.name}, row {number}"
    if variable.type.is_text:
        _check_text("" if value is None else str(value), place, TEXT_LENGTH)
        return
    as_number = sas_number(value)
    if as_number is not None and not (as_number == 0 or SMALLEST <= abs(as_number) <= LARGEST):
        raise CdiscError(f"{place}, {value!r}: not between {SMALLEST:g} and {LARGEST:g}, as a version 5 file needs")
