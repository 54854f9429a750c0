"""A plain diary: one line a night."""

from collections.abc import Iterator

from trial.diary.lines import Line, Sheet

NEEDED = ("participant", "night", "cramps")
OPTIONAL = ("times", "severity")


def problems_of_plain(sheet: Sheet) -> list[str]:
    """Say what is wrong with the columns: one that is missing, or one that is not known."""
    missing = [name for name in NEEDED if name not in sheet.columns]
    unknown = [name for name in sheet.columns if name not in NEEDED + OPTIONAL]
    known = ",".join(NEEDED) + "".join(f"[,{name}]" for name in OPTIONAL)
    found = [f"line 1: there is no column {name!r}; {known} are read" for name in missing]
    return found + [f"line 1: column {name!r} is not known; {known} are read" for name in unknown]


def lines_of_plain(sheet: Sheet) -> Iterator[Line]:
    """Give the lines of a plain diary."""
    for number, row in sheet.rows:
        yield Line(
            number=number,
            participant=row["participant"],
            night=row["night"],
            cramps=row["cramps"],
            times=row.get("times", ""),
            severity=row.get("severity", ""),
        )
