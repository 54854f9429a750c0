"""A record that does not fit its data set is refused, by name."""

from datetime import date
from pathlib import Path

import pytest

from tests.trial.exports.cdisc.made import data, records
from trial.exports.cdisc import CdiscError, terms
from trial.exports.cdisc.model import Codelist, Dataset, Model, Row, Type, Value, Variable, table_of
from trial.exports.cdisc.tables import tables_of
from trial.exports.cdisc.xpt import check

DATASETS = [table.dataset for table in tables_of(data({"A-001": "active", "A-002": "placebo"}))]
COLOUR = Codelist(name="COLOUR", label="Colour", terms=(("RED", "Red"), ("BLUE", "Blue")))
OF = Dataset(
    model=Model.SDTM,
    name="XX",
    label="Made for a test",
    structure="One record per number",
    class_name="FINDINGS",
    standard="SDTMIG",
    keys=("USUBJID", "XXDTC"),
    comment="Made for a test",
    sequence="XXSEQ",
    variables=(
        Variable(name="USUBJID", label="Subject"),
        Variable(name="XXSEQ", label="Sequence Number", type=Type.INTEGER),
        Variable(name="XXDTC", label="Date", type=Type.ISO_DATE),
        Variable(name="XXCOL", label="Colour", codelist=COLOUR),
        Variable(name="XXNUM", label="Number", type=Type.FLOAT),
    ),
)


def row(**values: Value) -> Row:
    return {"USUBJID": "A", "XXDTC": "2026-01-01", **values}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (row(XXSIZE=1), "XX row 1: there is no variable XXSIZE"),
        (row(XXCOL="GREEN"), "XX, variable XXCOL, row 1, value 'GREEN': is not in the codelist COLOUR"),
        (row(XXNUM="1"), "value '1': a str does not belong"),
        (row(XXNUM=True), "value True: a bool does not belong"),
        (row(XXCOL=1), "value 1: a int does not belong"),
        (row(XXDTC=date(2026, 1, 1)), "a date does not belong"),
        (row(XXCOL=""), "what is missing is no empty text"),
    ],
)
def test_what_does_not_fit_is_refused(bad: Row, message: str) -> None:
    with pytest.raises(CdiscError, match=message):
        table_of(OF, [bad])


def test_two_records_with_the_same_keys_are_refused() -> None:
    with pytest.raises(CdiscError, match="XX row 2: another record has the same keys: USUBJID A, XXDTC 2026-01-01"):
        table_of(OF, [row(), row(XXNUM=1.0)])


def test_records_are_sorted_by_keys_missing_first_and_numbered_within_the_subject() -> None:
    found = table_of(OF, [row(USUBJID="B"), row(XXDTC="2026-01-02"), row(), row(XXDTC=None)])
    assert [values[:3] for values in found.rows] == [
        ("A", 1, None),
        ("A", 2, "2026-01-01"),
        ("A", 3, "2026-01-02"),
        ("B", 1, "2026-01-01"),
    ]


def test_the_length_of_a_text_is_that_of_the_longest_and_at_least_1() -> None:
    found = table_of(OF, [row(XXCOL="RED"), row(XXDTC="2026-01-02", XXCOL="BLUE")])
    assert (found.lengths["XXCOL"], found.lengths["XXNUM"]) == (4, 8)
    assert table_of(OF, [row()]).lengths["XXCOL"] == 1


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_every_data_set_can_stand_in_a_transport_file_and_keeps_to_its_model(dataset: Dataset) -> None:
    check(table_of(dataset, []))
    names = [variable.name for variable in dataset.variables]
    assert len(set(names)) == len(names)
    assert set(dataset.keys) <= set(names)
    assert dataset.sequence is None or dataset.sequence in names
    for variable in dataset.variables:
        assert (variable.method is not None) == (variable.origin == "Derived"), variable.name
        assert (variable.role is not None) == (dataset.model is Model.SDTM), variable.name


def test_every_variable_and_code_is_documented() -> None:
    docs = Path(__file__).parents[4] / "docs"
    guide, glossary = ((docs / name).read_text("utf-8") for name in ("cdisc.md", "glossary.md"))
    variables = [variable for dataset in DATASETS for variable in dataset.variables]
    assert [variable.name for variable in variables if f"`{variable.name}`" not in guide] == []
    assert [variable.name for variable in variables if variable.own and f"`{variable.name}`" not in glossary] == []
    lists = (terms.TEST_CODE, terms.PARAMETER_CODE, terms.DEVICE_CODE, terms.IN_USE_CODE)
    assert [code for of in lists for code, _ in of.terms if f"`{code}`" not in glossary] == []


def test_related_records_join_cramps_and_their_findings() -> None:
    assert [(found["RDOMAIN"], found["IDVAR"], found["RELTYPE"]) for found in records("RELREC")] == [
        ("CE", "CELNKID", "ONE"),
        ("FA", "FALNKID", "MANY"),
    ]
