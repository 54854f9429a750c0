"""Parquet: the tables of a study with their types, units and meanings, for R, Python, DuckDB and Spark.

Dates are `date32`, moments `timestamp[us, UTC]` with the local distance from UTC in a column of its own, words are
dictionaries, counts integers that can be null: null is missing, 0 is a count. Unit and meaning of a column stand in
the metadata of its field (`unit`, `description`), what the whole is in the metadata of the file.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from nights.log.audit import SOFTWARE
from nights.night_json import NOTICE
from trial.exports.columns import COLUMNS, TABLES, Kind
from trial.exports.data import StudyData
from trial.exports.rows import (
    Row,
    cramp_table,
    diary_table,
    leg_night_table,
    night_table,
    participant_table,
    week_table,
)

TYPES: dict[Kind, Any] = {
    Kind.LABEL: pa.dictionary(pa.int32(), pa.string()),
    Kind.TEXT: pa.string(),
    Kind.TEXTS: pa.list_(pa.string()),
    Kind.COUNT: pa.int32(),
    Kind.COUNTS: pa.list_(pa.int64()),
    Kind.NUMBER: pa.float64(),
    Kind.FLAG: pa.bool_(),
    Kind.DAY: pa.date32(),
    Kind.INSTANT: pa.timestamp("us", tz="UTC"),
}
ROWS: dict[str, Callable[[StudyData], Iterable[Row]]] = {
    "participants": participant_table,
    "nights": night_table,
    "leg_nights": leg_night_table,
    "cramps": cramp_table,
    "weeks": week_table,
    "diary": diary_table,
}


def write_parquet(data: StudyData, out: Path) -> list[Path]:
    """Write one file per table into a folder, which must exist; return the files."""
    files: list[Path] = []
    for name, columns in TABLES.items():
        schema: Any = _schema(data, [column for column in columns if column != "arm" or data.arm_of is not None])
        table = cast("Any", pa.Table).from_pylist(list(ROWS[name](data)), schema=schema)
        files.append(out / f"{name}.parquet")
        pq.write_table(table, files[-1], compression="zstd")
    return files


def _schema(data: StudyData, columns: list[str]) -> Any:
    version = data.version
    about = {
        "study": data.study.name,
        "title": data.study.title,
        "version": str(version.number),
        "profile": version.profile,
        "profile_hash": version.profile_hash,
        "scored_by": version.software,
        "exported_by": SOFTWARE.name,
        "exported_at": data.at.isoformat(),
        "blinded": str(data.arm_of is None).lower(),
        "notice": NOTICE,
    }
    return cast("Any", pa.schema)([_field(name) for name in columns], metadata=about)


def _field(name: str) -> Any:
    column = COLUMNS[name]
    about = {"description": column.meaning} | ({"unit": column.unit} if column.unit else {})
    return cast("Any", pa.field)(name, TYPES[column.kind], metadata=about)
