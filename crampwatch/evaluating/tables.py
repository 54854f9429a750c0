"""Reading tables of events: tab-separated, one header line, `n/a` for what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from crampwatch.scoring import InputError
from models.evaluation import EvaluationError, Span

UNKNOWN = ("n/a", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, which knows where it stands so that a complaint can say so."""

    path: Path
    line: int
    cells: dict[str, str]

    def bad(self, what: str) -> InputError:
        """Return the error that names this row."""
        return InputError(f"{self.path}, line {self.line}: {what}")

    def text(self, column: str) -> str | None:
        """Return a cell; None where it says that it is not known, or the table has no such column."""
        cell = self.cells.get(column, "").strip()
        return None if cell in UNKNOWN else cell

    def number(self, column: str) -> float | None:
        """Return a cell as a number, None as `text` does; raises `InputError` for anything else."""
        cell = self.text(column)
        if cell is None:
            return None
        try:
            value = float(cell)
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            raise self.bad(f"{column} is {cell!r}: write a number, or n/a")
        return value

    def span(self) -> Span:
        """Return onset and duration; raises `InputError` where one is not known, or the duration is negative."""
        onset_s, duration_s = self.number("onset"), self.number("duration")
        if onset_s is None or duration_s is None:
            raise self.bad("onset and duration must both be given, in s")
        try:
            return Span(onset_s, duration_s)
        except EvaluationError as error:
            raise self.bad(str(error)) from error


def rows_of(path: Path, required: Sequence[str]) -> list[Row]:
    """Return the rows of a table; a table of its header alone has none.

    Raises `InputError` for a file that cannot be read, has no header, lacks a required column, or has a row of
    another length than the header.
    """
    try:
        lines = path.read_text("utf-8-sig").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as UTF-8 text: {error}") from error
    if lines == [""]:
        raise InputError(f"{path} is empty: a night without events has a header line")
    header = lines[0].split("\t")
    if lacking := [column for column in required if column not in header]:
        raise InputError(f"{path} has no column {', '.join(lacking)}: it has {', '.join(header)}")
    rows: list[Row] = []
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(header):
            raise InputError(f"{path}, line {number}: {len(cells)} cells, but the header has {len(header)}")
        rows.append(Row(path, number, dict(zip(header, cells, strict=True))))
    return rows
