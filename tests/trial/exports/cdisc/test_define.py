"""Define-XML: held against the XML schema of CDISC, and against the data that it describes."""

import json
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pytest
import xmlschema
from odmlib.schema_manager import get_schema_path

from nights.night_json import NOTICE
from tests.trial.exports.cdisc.made import ARMS, data
from trial.exports.cdisc import write_dataset_json, write_define, write_xpt
from trial.exports.cdisc.model import Model

SPACES = {"odm": "http://www.cdisc.org/ns/odm/v1.3", "def": "http://www.cdisc.org/ns/def/v2.1"}
HREF = "{http://www.w3.org/1999/xlink}href"
DEF = "{http://www.cdisc.org/ns/def/v2.1}"


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(get_schema_path("define", "2.1"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("export")
    write_dataset_json(data(arm_of=ARMS), out)
    return out


def root_of(path: Path) -> ET.Element:
    return ET.fromstring(path.read_bytes())  # noqa: S314 - the file was written by this test


def every(root: ET.Element, path: str) -> list[ET.Element]:
    return root.findall(f".//{path}", SPACES)


@pytest.mark.parametrize("arms", [None, ARMS])
def test_the_documents_are_what_the_schema_says(arms: dict[str, str] | None, tmp_path: Path) -> None:
    files = write_define(data(arm_of=arms), tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in files] == ["sdtm/define.xml", "adam/define.xml"]
    for path in files:
        schema().validate(path)


def test_a_document_without_a_required_attribute_is_not_what_the_schema_says(tmp_path: Path) -> None:
    path = write_define(data(), tmp_path)[0]
    path.write_text(path.read_text("utf-8").replace(' def:Structure="One record per subject"', ""), "utf-8")
    assert not schema().is_valid(path)


@pytest.mark.parametrize("model", list(Model))
def test_the_documents_say_of_every_variable_what_the_data_sets_say(model: Model, written: Path) -> None:
    root = root_of(written / model / "define.xml")
    items = {item.attrib["OID"]: item for item in every(root, "odm:ItemDef")}
    groups = every(root, "odm:ItemGroupDef")
    assert {group.attrib["Name"].lower() for group in groups} == {
        path.stem for path in (written / model).glob("*.json")
    }
    for group in groups:
        found = json.loads((written / model / f"{group.attrib['Name'].lower()}.json").read_text("utf-8"))
        assert group.attrib["OID"] == found["itemGroupOID"]
        references = group.findall("odm:ItemRef", SPACES)
        assert [one.attrib["ItemOID"] for one in references] == [one["itemOID"] for one in found["columns"]]
        for reference, column in zip(references, found["columns"], strict=True):
            item = items[column["itemOID"]]
            assert item.attrib["Name"] == column["name"]
            assert item.findtext("odm:Description/odm:TranslatedText", namespaces=SPACES) == column["label"]
            assert reference.get("KeySequence") == (str(column["keySequence"]) if "keySequence" in column else None)
            assert item.get(f"{DEF}DisplayFormat") == column.get("displayFormat")
            if "length" in column:
                assert item.attrib["Length"] == str(column["length"])


@pytest.mark.parametrize("model", list(Model))
def test_everything_that_is_referred_to_is_there(model: Model, written: Path) -> None:
    root = root_of(written / model / "define.xml")
    defined = {one.attrib["OID"] for one in root.iter() if "OID" in one.attrib}
    for one in root.iter():
        for name, value in one.attrib.items():
            plain = name.rpartition("}")[2]
            if plain.endswith("OID") and plain not in ("OID", "FileOID"):
                assert value in defined, f"{plain} {value}"
    methods = {one.attrib["OID"] for one in every(root, "odm:MethodDef")}
    assert methods == {one.attrib["MethodOID"] for one in every(root, "odm:ItemRef") if "MethodOID" in one.attrib}
    lists = {one.attrib["OID"] for one in every(root, "odm:CodeList")}
    assert lists == {one.attrib["CodeListOID"] for one in every(root, "odm:CodeListRef")}


def test_files_that_are_referred_to_stand_beside_the_document(written: Path, tmp_path: Path) -> None:
    write_xpt(data(), tmp_path)
    for folder, ending in ((written, ".json"), (tmp_path, ".xpt")):
        for model in Model:
            leaves = every(root_of(folder / model / "define.xml"), "def:leaf")
            assert leaves
            for leaf in leaves:
                assert (folder / model / leaf.attrib[HREF]).suffix == ending
                assert (folder / model / leaf.attrib[HREF]).is_file()


def test_the_document_says_what_was_not_checked_and_what_no_standard_names(written: Path) -> None:
    root = root_of(written / "adam" / "define.xml")
    (about,) = [one for one in every(root, "def:CommentDef") if one.attrib["OID"] == "COM.MDV"]
    text = about.findtext("odm:Description/odm:TranslatedText", namespaces=SPACES)
    assert text is not None
    assert text.endswith(NOTICE)
    assert "conformance and controlled terminology have not been checked" in text
    own = {one.attrib["ItemOID"] for one in every(root, "odm:ItemRef") if one.get(f"{DEF}IsNonStandard") == "Yes"}
    assert {"IT.ADNIGHT.MISSRSN", "IT.ADNIGHT.CFGHASH", "IT.ADSL.BLRATE"} <= own
    assert "IT.ADNIGHT.AVAL" not in own
