"""The form that a reader fills in: `code,label,comment`, one line for each packet."""

import csv
from collections.abc import Sequence
from pathlib import Path

from trial.review.errors import ReviewError
from trial.review.readings import Given

COLUMNS = ("code", "label", "comment")


def write_form(path: Path, codes: Sequence[str]) -> None:
    """Write a form with these packets and nothing said of them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((code, "", "") for code in codes)


def read_form(path: Path) -> tuple[list[Given], int]:
    """Read a form; return what is said in it, and how many packets have no label as yet.

    Raises `ReviewError` for a file that is not such a form. What the labels say is looked at on entering them.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # spreadsheets put a mark in front
            lines = csv.DictReader(file, strict=True)
            if tuple(lines.fieldnames or ()) != COLUMNS:
                found = ", ".join(lines.fieldnames or ()) or "none"
                raise ReviewError(f"{path}: the columns are {found}; {', '.join(COLUMNS)} are needed")
            rows = [(f"{path.name} line {lines.line_num}", row) for row in lines]
    except OSError as error:
        raise ReviewError(f"{path} cannot be read: {error.strerror}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise ReviewError(f"{path} is no CSV file in UTF-8: {error}") from error
    crooked = [where for where, row in rows if None in row or None in row.values()]
    if crooked:
        raise ReviewError(*(f"{where}: does not have three cells" for where in crooked))
    given = [
        Given(code=row["code"].strip(), label=row["label"].strip(), comment=row["comment"].strip(), where=where)
        for where, row in rows
    ]
    unsaid = [one for one in given if not one.label]
    if spoiled := [one for one in unsaid if one.comment]:
        raise ReviewError(*(f"{one.where}: packet {one.code} has a comment and no label" for one in spoiled))
    return [one for one in given if one.label], len(unsaid)
