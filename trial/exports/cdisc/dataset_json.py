"""Data sets as CDISC Dataset-JSON 1.1: one file per data set, checked before it is there."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from nights.outputs import write_whole
from trial.exports.cdisc.define import write_metadata
from trial.exports.cdisc.errors import CdiscError
from trial.exports.cdisc.files import METADATA, SOFTWARE, group_oid, item_oid, metadata_oid, place_of, study_oid
from trial.exports.cdisc.model import Table, Type, Value, Variable
from trial.exports.cdisc.tables import tables_of
from trial.exports.data import StudyData

VERSION = "1.1.0"
CELLS = (str, int, float, bool, type(None))
_DATA_TYPES = {
    Type.TEXT: "string",
    Type.INTEGER: "integer",
    Type.FLOAT: "float",
    Type.ISO_DATE: "date",
    Type.ISO_DATETIME: "datetime",
    Type.DATE: "date",
    Type.DATETIME: "datetime",
}


def write_dataset_json(data: StudyData, out: Path) -> list[Path]:
    """Write `sdtm/*.json` and `adam/*.json` into a folder, and beside them what describes them; return the files.

    Raises `CdiscError` where a data set is not Dataset-JSON 1.1, before its file is there, or a file is there
    already.
    """
    tables = tables_of(data)
    written: list[Path] = []
    for table in tables:
        document = document_of(table, data)
        check(document)
        path = place_of(out, table.dataset.model, f"{table.dataset.name.lower()}.json")
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        write_whole(path, text + "\n")
        written.append(path)
    return written + write_metadata(tables, data, out, "json")


def document_of(table: Table, data: StudyData) -> dict[str, Any]:
    """Return a data set as a document, its attributes in the order of the specification."""
    dataset, study = table.dataset, data.study.name
    return {
        "datasetJSONCreationDateTime": data.at.isoformat(timespec="seconds"),
        "datasetJSONVersion": VERSION,
        "fileOID": f"{study}.V{data.version.number}.{dataset.name}.{data.at.isoformat(timespec='seconds')}",
        "sourceSystem": {"name": SOFTWARE, "version": version(SOFTWARE)},
        "studyOID": study_oid(study),
        "metaDataVersionOID": metadata_oid(study, dataset.model, data.version.number),
        "metaDataRef": METADATA,
        "itemGroupOID": group_oid(dataset),
        "records": len(table.rows),
        "name": dataset.name,
        "label": dataset.label,
        "columns": [_column(table, variable) for variable in dataset.variables],
        "rows": [[_cell(value) for value in row] for row in table.rows],
    }


def check(document: Mapping[str, Any]) -> None:
    """Raise `CdiscError`, naming place and fault, unless a document is Dataset-JSON 1.1 and agrees with itself."""
    error = min(_validator().iter_errors(document), key=lambda error: list(error.absolute_path), default=None)
    if error is not None:
        place = ".".join(str(step) for step in error.absolute_path) or "the document"
        raise CdiscError(f"{document.get('name')} is not Dataset-JSON {VERSION}: {place}: {error.message[:200]}")
    rows, width = document.get("rows", []), len(document["columns"])
    if document["records"] != len(rows):
        raise CdiscError(f"{document['name']}: records says {document['records']}, there are {len(rows)} rows")
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise CdiscError(f"{document['name']} row {number}: {len(row)} values in {width} columns")
        for value in row:
            if type(value) not in CELLS:
                raise CdiscError(
                    f"{document['name']} row {number}: {value!r} is neither text, number, boolean nor null"
                )


@cache
def _validator() -> Draft202012Validator:
    schema = files("trial.exports.cdisc").joinpath("dataset.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(schema))


def _column(table: Table, variable: Variable) -> dict[str, Any]:
    dataset = table.dataset
    column: dict[str, Any] = {
        "itemOID": item_oid(dataset, variable.name),
        "name": variable.name,
        "label": variable.label,
        "dataType": _DATA_TYPES[variable.type],
    }
    if variable.type in (Type.DATE, Type.DATETIME):
        column["targetDataType"] = "integer"
    if variable.type is Type.TEXT:
        column["length"] = table.lengths[variable.name]
    if variable.display_format:
        column["displayFormat"] = variable.display_format
    if variable.name in dataset.keys:
        column["keySequence"] = dataset.keys.index(variable.name) + 1
    return column


def _cell(value: Value) -> str | int | float | None:
    return value.isoformat() if isinstance(value, date | datetime) else value
