"""What the data sets mean, as Define-XML 2.1: one document for those of SDTM, one for those of ADaM."""

import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path

from nights.night_json import NOTICE
from nights.outputs import write_whole
from trial.exports.cdisc import adam, sdtm
from trial.exports.cdisc.define_items import DEF, element, fill, method_oid, qualified, said
from trial.exports.cdisc.files import METADATA, SOFTWARE, group_oid, item_oid, metadata_oid, place_of, study_oid
from trial.exports.cdisc.model import Model, Origin, Table, Variable
from trial.exports.cdisc.tables import tables_of
from trial.exports.data import StudyData

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
XLINK = "http://www.w3.org/1999/xlink"
DEFINE_VERSION = "2.1.0"
STANDARDS = {
    Model.SDTM: {sdtm.SDTMIG: "3.4", sdtm.SDTMIG_MD: "1.1"},
    Model.ADAM: {adam.ADAMIG: "1.3", adam.OCCDSIG: "1.1"},
}
"""Guides that the data sets are shaped by; that they conform has not been checked."""
SHAPED = (
    "Shaped by the guides named here; conformance and controlled terminology have not been checked by a validator. "
)
PURPOSE = {Model.SDTM: "Tabulation", Model.ADAM: "Analysis"}


def write_define(data: StudyData, out: Path) -> list[Path]:
    """Write `sdtm/define.xml` and `adam/define.xml` into a folder, without data beside them; return the files.

    Raises `CdiscError` where a record does not fit its data set, or a file is there already.
    """
    return write_metadata(tables_of(data), data, out, "xpt")


def write_metadata(tables: list[Table], data: StudyData, out: Path, ending: str) -> list[Path]:
    """Write what describes data sets, each kind in its folder; `ending` is that of the files it refers to."""
    written: list[Path] = []
    for model in Model:
        of_model = [table for table in tables if table.dataset.model is model]
        root = document_of(of_model, data, model, ending)
        ET.indent(root)
        path = place_of(out, model, METADATA)
        write_whole(path, DECLARATION + ET.tostring(root, encoding="unicode") + "\n")
        written.append(path)
    return written


def document_of(tables: list[Table], data: StudyData, model: Model, ending: str) -> ET.Element:
    """Return the document that describes data sets of one kind."""
    study, at = data.study, data.at.isoformat(timespec="seconds")
    root = element("ODM", ODMVersion="1.3.2", FileType="Snapshot", CreationDateTime=at, SourceSystem=SOFTWARE)
    root.set("FileOID", f"{study.name}.V{data.version.number}.{model}.define.{at}")
    root.set("SourceSystemVersion", version(SOFTWARE))
    root.set(qualified(DEF, "Context"), "Other")
    of_study = element("Study", root, OID=study_oid(study.name))
    names = element("GlobalVariables", of_study)
    for name, text in (("StudyName", study.name), ("StudyDescription", study.title), ("ProtocolName", study.name)):
        element(name, names).text = text
    metadata = element(
        "MetaDataVersion",
        of_study,
        OID=metadata_oid(study.name, model, data.version.number),
        Name=f"Data definitions of {study.name}, {model.upper()}",
        Description=f"Version {data.version.number} ({'locked' if data.locked else 'not locked'}), "
        f"profile {data.version.profile}, scored by {data.version.software}",
    )
    metadata.set(qualified(DEF, "DefineVersion"), DEFINE_VERSION)
    metadata.set(qualified(DEF, "CommentOID"), "COM.MDV")
    _standards(metadata, model)
    groups = [_group(table, ending) for table in tables]
    fill(metadata, tables, groups)
    for table in tables:
        _comment(metadata, f"COM.{table.dataset.name}", table.dataset.comment)
    _comment(metadata, "COM.MDV", SHAPED + NOTICE)
    return root


def _standards(metadata: ET.Element, model: Model) -> None:
    standards = element(qualified(DEF, "Standards"), metadata)
    for name, number in STANDARDS[model].items():
        element(
            qualified(DEF, "Standard"),
            standards,
            OID=f"STD.{name}",
            Name=name,
            Type="IG",
            Version=number,
            Status="Final",
        )


def _group(table: Table, ending: str) -> ET.Element:
    dataset = table.dataset
    file = f"{dataset.name.lower()}.{ending}"
    group = element(
        "ItemGroupDef",
        OID=group_oid(dataset),
        Name=dataset.name,
        Repeating="Yes" if dataset.repeating else "No",
        IsReferenceData="Yes" if dataset.reference else "No",
        SASDatasetName=dataset.name,
        Purpose=PURPOSE[dataset.model],
    )
    if dataset.model is Model.SDTM:
        group.set("Domain", dataset.name)
    group.set(qualified(DEF, "Structure"), dataset.structure)
    group.set(qualified(DEF, "StandardOID"), f"STD.{dataset.standard}")
    group.set(qualified(DEF, "CommentOID"), f"COM.{dataset.name}")
    group.set(qualified(DEF, "ArchiveLocationID"), f"LF.{dataset.name}")
    said(group, dataset.label)
    for number, variable in enumerate(dataset.variables, start=1):
        group.append(_item_reference(table, variable, number))
    element(qualified(DEF, "Class"), group, Name=dataset.class_name)
    leaf = element(qualified(DEF, "leaf"), group, ID=f"LF.{dataset.name}")
    leaf.set(qualified(XLINK, "href"), file)
    element(qualified(DEF, "title"), leaf).text = file
    return group


def _item_reference(table: Table, variable: Variable, number: int) -> ET.Element:
    """Refer to a variable; mandatory is one that is filled in every record there is."""
    dataset = table.dataset
    filled = bool(table.rows) and None not in table.column(variable.name)
    item = element(
        "ItemRef",
        ItemOID=item_oid(dataset, variable.name),
        Mandatory="Yes" if filled else "No",
        OrderNumber=str(number),
    )
    if variable.name in dataset.keys:
        item.set("KeySequence", str(dataset.keys.index(variable.name) + 1))
    if variable.origin is Origin.DERIVED:
        item.set("MethodOID", method_oid(dataset, variable.name))
    if variable.role:
        item.set("Role", variable.role)
    if variable.own:
        item.set(qualified(DEF, "IsNonStandard"), "Yes")
    return item


def _comment(metadata: ET.Element, oid: str, text: str) -> None:
    said(element(qualified(DEF, "CommentDef"), metadata, OID=oid), text)
