"""One text for every column: that of the glossary is that of the files."""

from tests.glossary import GLOSSARY
from trial.exports.columns import COLUMNS, TABLES


def test_the_glossary_has_every_column_word_for_word() -> None:
    lines = set(GLOSSARY.read_text("utf-8").splitlines())
    rows = {name: f"| `{name}` | {column.meaning} | {column.unit or ''} |" for name, column in COLUMNS.items()}
    assert [row for row in rows.values() if row.replace("|  |", "| |") not in lines] == []


def test_every_column_of_every_table_is_defined() -> None:
    assert {name for columns in TABLES.values() for name in columns} <= set(COLUMNS)
