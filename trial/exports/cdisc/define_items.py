"""The parts of Define-XML that say what single variables hold: items, values by code, codelists, methods."""

import xml.etree.ElementTree as ET

from trial.exports.cdisc.files import item_oid
from trial.exports.cdisc.model import (
    NUMBER_LENGTH,
    Codelist,
    Dataset,
    Origin,
    Table,
    Type,
    ValueLevel,
    Variable,
)

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DATA_TYPES = {
    Type.TEXT: "text",
    Type.INTEGER: "integer",
    Type.FLOAT: "float",
    Type.ISO_DATE: "date",
    Type.ISO_DATETIME: "partialDatetime",
    Type.DATE: "integer",
    Type.DATETIME: "integer",
}

ET.register_namespace("", ODM)
ET.register_namespace("def", DEF)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def qualified(space: str, name: str) -> str:
    """Return a name within a namespace, as ElementTree writes it."""
    return f"{{{space}}}{name}"


def element(name: str, parent: ET.Element | None = None, **attributes: str) -> ET.Element:
    """Make an element, of ODM unless its name is qualified, and hang it under a parent if there is one."""
    made = ET.Element(name if name.startswith("{") else qualified(ODM, name), attributes)
    if parent is not None:
        parent.append(made)
    return made


def said(parent: ET.Element, text: str) -> None:
    """Describe an element in English."""
    element("TranslatedText", element("Description", parent), **{LANG: "en"}).text = text


def method_oid(dataset: Dataset, name: str) -> str:
    """Return the identifier of the way in which a value comes about."""
    return f"MT.{dataset.name}.{name}"


def fill(metadata: ET.Element, tables: list[Table], groups: list[ET.Element]) -> None:
    """Add value lists and their conditions, the data sets, items, codelists and methods, in the order required."""
    for table in tables:
        metadata.extend(_value_lists(table.dataset))
    for table in tables:
        metadata.extend(_conditions(table.dataset))
    metadata.extend(groups)
    for table in tables:
        metadata.extend(_item(table, variable) for variable in table.dataset.variables)
        metadata.extend(_item_of_code(table.dataset, value) for value in table.dataset.values)
    variables = [variable for table in tables for variable in table.dataset.variables]
    lists = {variable.codelist.name: variable.codelist for variable in variables if variable.codelist}
    metadata.extend(_codelist(lists[name]) for name in sorted(lists))
    for table in tables:
        metadata.extend(_methods(table.dataset))


def _value_oid(value: ValueLevel) -> str:
    return f"{value.of}.{value.code}"


def _value_lists(dataset: Dataset) -> list[ET.Element]:
    lists: dict[str, ET.Element] = {}
    for value in dataset.values:
        if value.of not in lists:
            lists[value.of] = element(qualified(DEF, "ValueListDef"), OID=f"VL.{dataset.name}.{value.of}")
        of = lists[value.of]
        item = element(
            "ItemRef",
            of,
            ItemOID=item_oid(dataset, _value_oid(value)),
            OrderNumber=str(len(of) + 1),
            Mandatory="No",
            MethodOID=method_oid(dataset, _value_oid(value)),
        )
        element(qualified(DEF, "WhereClauseRef"), item, WhereClauseOID=_condition_oid(dataset, value))
    return list(lists.values())


def _condition_oid(dataset: Dataset, value: ValueLevel) -> str:
    return f"WC.{dataset.name}.{value.where}.{value.code}"


def _conditions(dataset: Dataset) -> list[ET.Element]:
    made: list[ET.Element] = []
    for value in dataset.values:
        condition = element(qualified(DEF, "WhereClauseDef"), OID=_condition_oid(dataset, value))
        check = element("RangeCheck", condition, SoftHard="Soft", Comparator="EQ")
        check.set(qualified(DEF, "ItemOID"), item_oid(dataset, value.where))
        element("CheckValue", check).text = value.code
        made.append(condition)
    return made


def _item(table: Table, variable: Variable) -> ET.Element:
    dataset = table.dataset
    item = element(
        "ItemDef",
        OID=item_oid(dataset, variable.name),
        Name=variable.name,
        DataType=_DATA_TYPES[variable.type],
        SASFieldName=variable.name,
    )
    if variable.type not in (Type.ISO_DATE, Type.ISO_DATETIME):
        item.set("Length", str(table.lengths[variable.name]))
    if variable.type is Type.FLOAT:
        item.set("SignificantDigits", str(variable.places))
    if variable.display_format:
        item.set(qualified(DEF, "DisplayFormat"), variable.display_format)
    said(item, variable.label)
    if variable.codelist:
        element("CodeListRef", item, CodeListOID=f"CL.{variable.codelist.name}")
    element(qualified(DEF, "Origin"), item, Type=variable.origin, Source="Sponsor")
    if any(value.of == variable.name for value in dataset.values):
        element(qualified(DEF, "ValueListRef"), item, ValueListOID=f"VL.{dataset.name}.{variable.name}")
    return item


def _item_of_code(dataset: Dataset, value: ValueLevel) -> ET.Element:
    item = element(
        "ItemDef",
        OID=item_oid(dataset, _value_oid(value)),
        Name=value.of,
        DataType=_DATA_TYPES[value.type],
        SASFieldName=value.of,
        Length=str(NUMBER_LENGTH),
    )
    if value.type is Type.FLOAT:
        item.set("SignificantDigits", str(value.places))
    said(item, value.label)
    element(qualified(DEF, "Origin"), item, Type=Origin.DERIVED, Source="Sponsor")
    return item


def _codelist(codelist: Codelist) -> ET.Element:
    made = element("CodeList", OID=f"CL.{codelist.name}", Name=codelist.label, DataType="text")
    made.set(qualified(DEF, "IsNonStandard"), "Yes")
    for number, (term, meaning) in enumerate(codelist.terms, start=1):
        item = element("CodeListItem", made, CodedValue=term, OrderNumber=str(number))
        element("TranslatedText", element("Decode", item), **{LANG: "en"}).text = meaning
    return made


def _methods(dataset: Dataset) -> list[ET.Element]:
    methods = [
        (variable.name, variable.method)
        for variable in dataset.variables
        if variable.origin is Origin.DERIVED and variable.method
    ]
    methods += [(_value_oid(value), value.method) for value in dataset.values]
    made: list[ET.Element] = []
    for name, text in methods:
        method = element(
            "MethodDef",
            OID=method_oid(dataset, name),
            Name=f"How {dataset.name}.{name} comes about",
            Type="Computation",
        )
        said(method, text)
        made.append(method)
    return made
