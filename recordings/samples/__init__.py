"""Small real recordings for tests and demonstrations, and one composite of them.

`index.csv` says of each file where it comes from, its licence and how it was made. No file holds a cramp:
`composite_night.edf` is a COMPOSITE whose 60-s contraction is a repeated voluntary one, standing in for a cramp;
`composite_night_events.tsv` is its truth.
"""

import csv
from importlib.resources import files
from pathlib import Path

from recordings.errors import UnknownSampleError

INDEX = "index.csv"


def sample_names() -> tuple[str, ...]:
    """Return the file names of all samples, as listed in `index.csv`."""
    with _folder().joinpath(INDEX).open(encoding="utf-8", newline="") as index:
        return tuple(row["file"] for row in csv.DictReader(index))


def sample_path(name: str) -> Path:
    """Return the path of a sample; raises `UnknownSampleError`, which lists the names, for any other name."""
    names = sample_names()
    if name not in names:
        raise UnknownSampleError(f"there is no sample {name!r}; there are {', '.join(names)}")
    return _folder() / name


def _folder() -> Path:
    return Path(str(files(__name__)))
