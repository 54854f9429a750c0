"""The lines of a diary file as text, before anything in them is believed."""

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from trial.diary.errors import DiaryError

SEPARATORS = ",;\t"  # what spreadsheets and REDCap write, by language


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One night as it stands in a file: text in every field, empty where there is none."""

    number: int
    participant: str
    night: str
    cramps: str
    times: str
    severity: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is no diary entry, and why; it is said and not imported."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file: its columns, and its rows by column with their line numbers, counted from 1 with the header."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file in UTF-8 whose separator is a comma, a semicolon or a tab, as its header shows.

    Raises `DiaryError` where it cannot be read, has no header, a column twice, or rows of another length.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DiaryError(str(path), [f"cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise DiaryError(str(path), ["is not UTF-8; export or save it as CSV UTF-8"]) from error
    header = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=header.count)
    try:
        reader = csv.reader(StringIO(text), delimiter=separator, strict=True)
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(row)]
    except csv.Error as error:
        raise DiaryError(str(path), [f"is not CSV: {error}"]) from error
    if not rows:
        raise DiaryError(str(path), ["is empty; its first line names the columns"])
    columns = rows[0][1]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    found = [f"line 1: column {name!r} is there twice" for name in twice]
    found += [
        f"line {number}: has {len(row)} cells, the header has {len(columns)}"
        for number, row in rows[1:]
        if len(row) != len(columns)
    ]
    if found:
        raise DiaryError(str(path), found)
    return Sheet(tuple(columns), tuple((number, dict(zip(columns, row, strict=True))) for number, row in rows[1:]))
