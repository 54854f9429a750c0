"""What a data set is, said once: Dataset-JSON, transport files and Define-XML are all made from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from trial.exports.cdisc.errors import CdiscError

Value = str | int | float | date | datetime | None
Row = Mapping[str, Value]
NUMBER_LENGTH = 8
"""Bytes of a number in a transport file, and its length in all metadata."""


class Type(StrEnum):
    """What a variable holds. SDTM says times as text, ADaM as numbers."""

    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    ISO_DATE = "iso_date"
    ISO_DATETIME = "iso_datetime"  # ISO 8601 text, with the distance from UTC where it is known
    DATE = "date"  # a day as a number, shown as a date
    DATETIME = "datetime"  # whole seconds of a local clock as a number, shown as a time

    @property
    def is_text(self) -> bool:
        """Whether it is stored as characters."""
        return self in (Type.TEXT, Type.ISO_DATE, Type.ISO_DATETIME)


class Origin(StrEnum):
    """Where the value of a variable comes from (Define-XML 2.1, 4.3.2)."""

    ASSIGNED = "Assigned"
    DERIVED = "Derived"


class Model(StrEnum):
    """The two kinds of data sets, each in a folder of its own with its own metadata."""

    SDTM = "sdtm"
    ADAM = "adam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codelist:
    """The values that a variable may have, with what they mean."""

    name: str
    label: str
    terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One column. `role` is that of SDTM; `method` says how a derived value comes about.

    `places` are the decimal places that mean something; `unblinded` keeps it out as long as nobody may know arms;
    `own` marks a variable that no standard names.
    """

    name: str
    label: str
    type: Type = Type.TEXT
    origin: Origin = Origin.ASSIGNED
    role: str | None = None
    method: str | None = None
    codelist: Codelist | None = None
    places: int = 0
    unblinded: bool = False
    own: bool = False

    @property
    def display_format(self) -> str | None:
        """SAS format by which a number is shown as a date or time."""
        return {Type.DATE: "E8601DA10.", Type.DATETIME: "E8601DT19."}.get(self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueLevel:
    """What the variable `of` holds where the variable `where` reads `code`."""

    of: str
    where: str
    code: str
    label: str
    type: Type
    places: int
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One data set. `keys` make a record unique and order them all; `standard` names the guide it is shaped by."""

    model: Model
    name: str
    label: str
    structure: str
    class_name: str
    standard: str
    keys: tuple[str, ...]
    variables: tuple[Variable, ...]
    comment: str
    repeating: bool = True
    reference: bool = False
    values: tuple[ValueLevel, ...] = ()
    sequence: str | None = None
    """Variable that numbers the records of a subject, or of a device where there is no subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A data set with its records, in the order of its variables and sorted by its keys."""

    dataset: Dataset
    rows: tuple[tuple[Value, ...], ...]
    lengths: Mapping[str, int]
    """Of every variable: bytes of the longest value that occurs, at least 1; 8 for a number."""

    def column(self, name: str) -> list[Value]:
        """Return all values of one variable."""
        place = [variable.name for variable in self.dataset.variables].index(name)
        return [row[place] for row in self.rows]


def table_of(dataset: Dataset, records: Iterable[Row]) -> Table:
    """Put records in order, number them, and measure them.

    Raises `CdiscError` for a variable that the data set does not have, for a value of another type or outside of
    its codelist, and for two records with the same keys.
    """
    ordered = _numbered(dataset, sorted(records, key=lambda row: _order(dataset.keys, row)))
    names = [variable.name for variable in dataset.variables]
    rows: list[tuple[Value, ...]] = []
    before: Row | None = None
    for number, row in enumerate(ordered, start=1):
        if unknown := sorted(set(row) - set(names)):
            raise CdiscError(f"{dataset.name} row {number}: there is no variable {', '.join(unknown)}")
        if before is not None and _order(dataset.keys, before) == _order(dataset.keys, row):
            same = ", ".join(f"{key} {row.get(key)}" for key in dataset.keys)
            raise CdiscError(f"{dataset.name} row {number}: another record has the same keys: {same}")
        for variable in dataset.variables:
            _check(dataset, variable, number, row.get(variable.name))
        rows.append(tuple(row.get(name) for name in names))
        before = row
    lengths = {
        variable.name: _length(variable, [row[place] for row in rows])
        for place, variable in enumerate(dataset.variables)
    }
    return Table(dataset=dataset, rows=tuple(rows), lengths=lengths)


def _order(keys: tuple[str, ...], row: Row) -> tuple[tuple[bool, str | float], ...]:
    """Sort by text as text and by numbers as numbers; a missing value comes first, as in SAS."""
    return tuple((value is not None, _comparable(value)) for value in (row.get(key) for key in keys))


def _comparable(value: Value) -> str | float:
    return "" if value is None else value if isinstance(value, int | float | str) else value.isoformat()


def _numbered(dataset: Dataset, rows: list[Row]) -> list[Row]:
    if dataset.sequence is None:
        return rows
    counts: dict[Value, int] = {}
    numbered: list[Row] = []
    for row in rows:
        of = row.get("USUBJID") or row.get("SPDEVID")
        counts[of] = counts.get(of, 0) + 1
        numbered.append({**row, dataset.sequence: counts[of]})
    return numbered


def _check(dataset: Dataset, variable: Variable, number: int, value: Value) -> None:
    place = f"{dataset.name}, variable {variable.name}, row {number}, value {value!r}"
    if value is None:
        return
    if type(value) not in _TYPES[variable.type]:
        raise CdiscError(
            f"{place}: a {type(value).__name__} does not belong into a variable of type {variable.type}"
        )
    if value == "":
        raise CdiscError(f"{place}: what is missing is no empty text; a transport file could not tell them apart")
    if variable.codelist and value not in [term for term, _ in variable.codelist.terms]:
        raise CdiscError(f"{place}: is not in the codelist {variable.codelist.name}")


_TYPES: dict[Type, tuple[type, ...]] = {
    Type.TEXT: (str,),
    Type.INTEGER: (int,),
    Type.FLOAT: (int, float),
    Type.ISO_DATE: (str,),
    Type.ISO_DATETIME: (str,),
    Type.DATE: (date,),
    Type.DATETIME: (datetime,),
}


def _length(variable: Variable, values: list[Value]) -> int:
    if not variable.type.is_text:
        return NUMBER_LENGTH
    return max((len(str(value).encode()) for value in values if value is not None), default=0) or 1
