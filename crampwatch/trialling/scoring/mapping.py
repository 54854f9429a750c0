"""The map: a CSV file that says whose a recording is where the file does not, or not rightly."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from crampwatch.scoring import InputError, zone_named
from crampwatch.trialling.scoring.belonging import Mapped
from crampwatch.trialling.scoring.places import Place
from signals import LEGS, Leg

NEEDED = ("recording", "participant", "leg")
COLUMNS = (*NEEDED, "zone")
LEG_OF: dict[str, Leg | None] = {"": None, **{leg: leg for leg in LEGS}}


def read_map(path: Path, places: Sequence[Place]) -> dict[str, tuple[Mapped, ...]]:
    """Read a map and return, by URL, what it says of recordings.

    `recording` is a file name, or as much of the end of its URL as tells it from others; a recording of both legs
    has two lines. Raises `InputError` for other columns, and for a line that does not name exactly one of `places`,
    or the same leg of it twice.
    """
    by_name: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_name[place.name].append(place)
    found: dict[str, list[Mapped]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(_rows(path, file), start=2):
                where = f"{path}, line {number}"
                url = _named(where, row["recording"], by_name)
                said = _mapped(where, row)
                if any(said.leg in (other.leg, None) or other.leg is None for other in found[url]):
                    raise InputError(f"{where}: {row['recording']} is there twice; name each of its legs once")
                found[url].append(said)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a map: {error}") from error
    return {url: tuple(rows) for url, rows in found.items()}


def _rows(path: Path, file: TextIO) -> "csv.DictReader[str]":
    reader = csv.DictReader(file, strict=True)
    columns = tuple(reader.fieldnames or ())
    if columns not in (NEEDED, COLUMNS):
        raise InputError(f"{path}: the columns are {','.join(columns)}; {','.join(NEEDED)}[,zone] are needed")
    return reader


def _named(where: str, recording: str, by_name: dict[str, list[Place]]) -> str:
    same_name = by_name.get(recording.rpartition("/")[2], [])
    urls = [place.url for place in same_name if place.url == recording or place.url.endswith(f"/{recording}")]
    if len(urls) != 1:
        raise InputError(f"{where}: {recording!r} names {len(urls)} of the recordings; it has to name one")
    return urls[0]


def _mapped(where: str, row: dict[str, Any]) -> Mapped:
    if len(row) > len(COLUMNS) or not all(isinstance(cell, str) for cell in row.values()):
        raise InputError(f"{where} has more or fewer cells than there are columns")
    if row["leg"] not in LEG_OF:
        raise InputError(f"{where}: leg {row['leg']!r}; it is L, R or empty, where the file says it")
    zone = row.get("zone") or None
    zone_named(zone)
    return Mapped(row["participant"], LEG_OF[row["leg"]], zone)
