"""What stands in a cell of a CSV table of a trial: empty is missing, and never 0."""

from enum import Enum
from typing import cast

PLACES = 6


def cell(value: object) -> object:
    """Return what is written: None as an empty cell, floats to `PLACES` places, true and false in lower case.

    The parts of a tuple are joined by semicolons; one that is a tuple itself reads `name=number`.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return round(value, PLACES)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return ";".join(_part(part) for part in cast("tuple[object, ...]", value))
    return value


def _part(value: object) -> str:
    if isinstance(value, tuple):
        return "=".join(str(cell(part)) for part in cast("tuple[object, ...]", value))
    return str(cell(value))
