"""Transport files: what does not fit is refused before writing; what fits is read back by two readers."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyreadstat
import pytest

from tests.trial.exports.cdisc.made import ARMS, data
from tests.trial.exports.cdisc.test_model import OF
from trial.exports.cdisc import CdiscError, write_xpt
from trial.exports.cdisc.model import Dataset, Model, Table, Type, Value, Variable, table_of
from trial.exports.cdisc.tables import tables_of
from trial.exports.cdisc.xpt import LARGEST, SMALLEST, check, sas_number, write_table

ZERO_OF_PANDAS = 16.0**-65
"""What pandas makes of eight zero bytes, which are the zero of SAS; R's `foreign` and readstat read them as 0."""


def first_reader(path: Path) -> tuple[pd.DataFrame, Any]:
    """Read by readstat, whose stubs describe a DataFrame of their own."""
    return cast("tuple[pd.DataFrame, Any]", pyreadstat.read_xport(path))


def one(value: Value, of: Type = Type.TEXT, name: str = "X", label: str = "Label") -> Table:
    """Return a data set of one variable and one value."""
    return table_of(
        replace(OF, keys=("X",), sequence=None, variables=(Variable(name=name, label=label, type=of),)),
        [{name: value}],
    )


def test_a_name_has_8_characters_at_most() -> None:
    check(one("a", name="ABCDEF78"))
    with pytest.raises(CdiscError, match="XX, variable ABCDEFG89: a name has at most 8 characters"):
        check(one("a", name="ABCDEFG89"))


@pytest.mark.parametrize("name", ["1A", "_A", "a", "A B", "A-B", "Ä", ""])
def test_a_name_is_of_capitals_and_digits_and_begins_with_a_letter(name: str) -> None:
    with pytest.raises(CdiscError, match="begins with a letter"):
        check(one("a", name=name))


def test_the_name_and_label_of_a_data_set_have_limits_too() -> None:
    def named(**change: str) -> Table:
        return table_of(replace(OF, **cast("dict[str, Any]", change)), [])

    check(named(name="ABCDEF78", label="x" * 40))
    with pytest.raises(CdiscError, match="ABCDEFG89: a name"):
        check(named(name="ABCDEFG89"))
    with pytest.raises(CdiscError, match=r"XX, its label, .* 41 characters, 40 is the limit"):
        check(named(label="x" * 41))


def test_a_label_has_40_characters_at_most() -> None:
    check(one("a", label="x" * 40))
    with pytest.raises(CdiscError, match=r"XX, variable X, its label, .* 41 characters, 40 is the limit"):
        check(one("a", label="x" * 41))


def test_a_text_has_200_characters_at_most() -> None:
    check(one("x" * 200))
    with pytest.raises(CdiscError, match=r"XX, variable X, row 1, .* 201 characters, 200 is the limit"):
        check(one("x" * 201))


@pytest.mark.parametrize("value", ["Zürich", "a\tb", "a\n", "—"])
def test_a_text_is_printable_ascii(value: str) -> None:
    with pytest.raises(CdiscError, match=r"row 1, .* only printable ASCII"):
        check(one(value))


@pytest.mark.parametrize("value", [LARGEST, SMALLEST, -LARGEST, -SMALLEST, 0.0, 1 / 3, 2**53])
def test_numbers_within_the_range_are_read_back_to_the_last_bit(value: float, tmp_path: Path) -> None:
    path = write_table(one(value, Type.FLOAT), tmp_path)
    assert first_reader(path)[0]["X"].tolist() == [value]
    assert pd.read_sas(path, format="xport")["X"].tolist() == [value or ZERO_OF_PANDAS]


def test_zero_and_missing_are_the_bytes_that_sas_has_for_them(tmp_path: Path) -> None:
    dataset = replace(OF, keys=("K",), sequence=None, variables=(_number("K"), _number("X")))
    rows: list[dict[str, Value]] = [{"K": 1.0, "X": 0.0}, {"K": 2.0, "X": None}]
    content = write_table(table_of(dataset, rows), tmp_path).read_bytes()
    begin = content.index(b"HEADER RECORD*******OBS") + 80
    one_and_zero, two_and_missing = content[begin : begin + 16], content[begin + 16 : begin + 32]
    # SAS TS-140: base 16, exponent with 64 added in seven bits; a missing value is a point and zeros
    assert one_and_zero.hex() == "4110000000000000" + "00" * 8
    assert two_and_missing.hex() == "4120000000000000" + "2e" + "00" * 7


def _number(name: str) -> Variable:
    return Variable(name=name, label=name, type=Type.FLOAT)


@pytest.mark.parametrize("value", [LARGEST * 1.001, SMALLEST / 1.001, -LARGEST * 1.001, float("nan"), float("inf")])
def test_numbers_beyond_the_range_are_refused_with_their_place(value: float) -> None:
    with pytest.raises(CdiscError, match=r"XX, variable X, row 1, .* not between 1e-70 and 1e.70"):
        check(one(value, Type.FLOAT))


def test_days_and_seconds_are_counted_from_1960() -> None:
    assert (sas_number(date(1960, 1, 1)), sas_number(date(1959, 12, 31)), sas_number(None)) == (0.0, -1.0, None)
    assert sas_number(datetime(1960, 1, 2, 0, 0, 1)) == 86401.0  # noqa: DTZ001 - a clock without a zone
    assert sas_number(date(2026, 10, 25)) == 24404.0  # 66 years of 365 days, 17 leap days, day 298


def test_nothing_is_written_where_any_data_set_does_not_fit(tmp_path: Path) -> None:
    bad = replace(data().diary[0], source="Tagebücher.csv")
    with pytest.raises(CdiscError, match=r"CE, variable CEREFID, row 1, 'Tagebücher\.csv:2'"):
        write_xpt(data(diary=(bad,)), tmp_path)
    assert list(tmp_path.iterdir()) == []


def as_read(variable: Variable, value: Value) -> Value:
    return ("" if value is None else value) if variable.type.is_text else value


def test_what_is_written_is_read_back_by_two_readers(tmp_path: Path) -> None:
    files = {path.stem.upper(): path for path in write_xpt(data(arm_of=ARMS), tmp_path) if path.suffix == ".xpt"}
    for table in tables_of(data(arm_of=ARMS)):
        path, variables = files[table.dataset.name], table.dataset.variables
        found, about = first_reader(path)
        assert (about.table_name, about.file_label) == (table.dataset.name, table.dataset.label)
        assert about.column_names == [variable.name for variable in variables]
        assert about.column_labels == [variable.label for variable in variables]
        assert about.variable_storage_width == dict(table.lengths)
        for place, variable in enumerate(variables):
            values = [row[place] for row in table.rows]
            read = [None if pd.isna(value) else value for value in found[variable.name].tolist()]
            assert read == [as_read(variable, value) for value in values], variable.name
        other = _second_reader(path, table.dataset, table.lengths)
        for place, variable in enumerate(variables):
            if not variable.type.is_text:
                numbers = [None if pd.isna(value) else value for value in other[variable.name].tolist()]
                expected = [sas_number(row[place]) for row in table.rows]
                assert numbers == [ZERO_OF_PANDAS if value == 0 else value for value in expected], variable.name
            else:
                texts = [str(value) for value in other[variable.name].tolist()]
                assert texts == [row[place] or "" for row in table.rows], variable.name


def _second_reader(path: Path, dataset: Dataset, lengths: Any) -> pd.DataFrame:
    """Read by pandas, which knows nothing of readstat, and hold names, labels, lengths and formats against it."""
    reader = cast("Any", pd.read_sas(path, format="xport", encoding="ascii", iterator=True))
    fields = {field["name"].decode(): field for field in reader.fields}
    assert list(fields) == [variable.name for variable in dataset.variables]
    for variable in dataset.variables:
        field = fields[variable.name]
        assert field["label"].decode() == variable.label
        assert field["field_length"] == lengths[variable.name]
        assert field["ntype"] == ("char" if variable.type.is_text else "numeric")
        shown = f"{field['nform'].decode()}{field['nfl']}." if field["nform"] else None
        assert shown == variable.display_format
    read = cast("pd.DataFrame", reader.read())
    reader.close()
    return read.fillna({variable.name: "" for variable in dataset.variables if variable.type.is_text})


def test_a_data_set_without_records_is_written_with_its_variables(tmp_path: Path) -> None:
    files = write_xpt(data(of=[]), tmp_path)
    (path,) = [file for file in files if file.name == "adce.xpt"]
    found, about = first_reader(path)
    assert len(found) == 0
    (adce,) = [table for table in tables_of(data(of=[])) if table.dataset.name == "ADCE"]
    assert about.column_names == [variable.name for variable in adce.dataset.variables]
    kinds = {name: kind == "string" for name, kind in about.readstat_variable_types.items()}
    assert kinds == {variable.name: variable.type.is_text for variable in adce.dataset.variables}


def test_data_sets_of_the_two_models_have_folders_of_their_own(tmp_path: Path) -> None:
    written = write_xpt(data(), tmp_path)
    assert {path.parent.name for path in written} == {Model.SDTM.value, Model.ADAM.value}
    assert len(written) == 12
