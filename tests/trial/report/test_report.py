"""The report: its numbers are those of the analysis in every form, and every form can be read."""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import Element

import html5lib
import pytest
from pypdf import PdfReader

from tests.trial.analysis.test_odd_trials import N, analysed, by_arm, study_with
from trial.analysis.analysis import Analysis, analyse
from trial.report.contents import SIMULATED, document_of
from trial.report.errors import ReportError
from trial.report.folder import write_folder
from trial.report.origin import Origin
from trial.report.page import page_of
from trial.report.paper import paper_of
from trial.simulated import K2, simulate_trial
from trial.study import Study

ORIGIN = Origin(
    study="TEST",
    study_file="study.toml",
    study_sha256="ab" * 32,
    allocation_file="allocation.csv",
    allocation_sha256="cd" * 32,
    version=1,
    profile="calf-1",
    profile_hash="0" * 16,
    scored_by="crampwatch 0.1.0",
    models=("rules-1",),
    configurations=("1" * 16,),
    locked_at="2026-06-30T10:00:00+00:00",
    public_key="ef" * 32,
    signature="12" * 64,
    locked_audit_head=(9, "ab" * 32),
    audit_head=(11, "ad" * 32),
    software=(("crampwatch", "0.1.0"),),
    analysed_at="2026-07-01T08:00:00+00:00",
)


@pytest.fixture(scope="module")
def made() -> tuple[Study, Analysis]:
    trial = simulate_trial(replace(K2, n_treated=20, n_control=20, treatment_nights=14, dispersion=0.3), 2)
    few = trial.study.endpoint.model_copy(update={"imputations": 2, "tipping_deltas": (1.0, 3.0)})
    study = trial.study.model_copy(update={"endpoint": few})
    adjudicated = {"adjudicated, 3 of 4 read": trial.results}
    return study, analyse(study, trial.results, trial.allocation, others=adjudicated)


@pytest.fixture(scope="module")
def folder(made: tuple[Study, Analysis], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "analysis"
    write_folder(out, *made, ORIGIN)
    return out


def tree_of(page: str) -> Element:
    """Return a page as a browser would read it; raises where the standard calls anything in it an error."""
    return cast("Element", html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page))


def words_of(pdf: bytes) -> str:
    """Return the text of a PDF in one line; where it breaks lines is not its meaning."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def expected(found: dict[str, float], digits: str = ".3f") -> Sequence[str]:
    return [format(found[name], digits) for name in ("value", "low", "high")]


def test_page_and_pdf_say_the_numbers_of_the_json(folder: Path) -> None:
    found = json.loads((folder / "analysis.json").read_text("utf-8"))["analysis"]
    page = tree_of((folder / "report.html").read_text("utf-8"))
    texts = (re.sub(r"\s+", " ", " ".join(page.itertext())), words_of((folder / "report.pdf").read_bytes()))
    numbers = [
        *expected(found["primary"]),
        *expected(found["difference"], ".2f"),
        f"{found['n_nights']:,} nights",
        f"{found['n_participants']} participants",
        *(text for one in found["sensitivity"] for text in expected(one["ratio"])),
        *(text for one in found["tipping"] for text in expected(one["ratio"])),
        f"{found['corrected']['ratio']:.3f}",
        f"{found['responders']['treated']} of {found['responders']['n_treated']}",
        *(f"{week['rate']:.2f}" for week in found["weekly"]),
        *(f"{arm['nights_seen']:,} (" for arm in found["flow"]),
    ]
    for text in texts:
        assert [number for number in numbers if number not in text] == []


def test_the_page_is_well_formed_and_needs_nothing_else(folder: Path) -> None:
    text = (folder / "report.html").read_text("utf-8")
    page = tree_of(text)
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    assert {a.get("href") for a in page.iter("a")} == {f"#{name}" for name in ids}
    assert list(page.iter("script")) == []
    assert all(
        image.get("src", "").startswith("data:image/svg+xml") and image.get("alt") for image in page.iter("img")
    )
    levels = [element.tag for element in page.iter() if element.tag in ("h1", "h2", "h3")]
    assert levels == ["h1", *["h2"] * len(ids)]
    assert all(table.find("caption") is not None for table in page.iter("table"))


def test_ids_are_unique_within_a_drawing(folder: Path) -> None:
    plots = sorted((folder / "plots").glob("*.svg"))
    assert [plot.stem for plot in plots] == ["flow", "forest", "tipping", "weekly"]
    for plot in plots:
        ids = re.findall(r'\bid="([^"]+)"', plot.read_text("utf-8"))
        assert len(set(ids)) == len(ids)


def test_the_pdf_is_tagged_dated_and_has_its_fonts(folder: Path) -> None:
    pdf = PdfReader(folder / "report.pdf")
    assert pdf.metadata is not None
    assert pdf.metadata.title == "A made-up trial: no participant of it exists"
    assert pdf.metadata.creation_date_raw == "D:20260701080000Z"
    root = cast("Any", pdf.root_object)
    assert root["/MarkInfo"]["/Marked"]
    xmp = root["/Metadata"].get_data().decode()
    assert "pdfaid:part>2<" in xmp
    assert "pdfuaid:part>1<" in xmp
    pages = cast("Any", pdf.pages)
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    files = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert all("/FontFile2" in of or "/FontFile3" in of for of in files)


def test_the_same_analysis_gives_the_same_bytes(made: tuple[Study, Analysis], folder: Path) -> None:
    again = document_of(*made, ORIGIN)
    assert page_of(again) == (folder / "report.html").read_text("utf-8")
    assert paper_of(again) == (folder / "report.pdf").read_bytes()


def test_nothing_is_written_over_and_nothing_is_left_behind(made: tuple[Study, Analysis], folder: Path) -> None:
    with pytest.raises(ReportError, match="never written over"):
        write_folder(folder, *made, ORIGIN)
    assert [path.name for path in folder.parent.iterdir()] == ["analysis"]


def test_no_participant_stands_in_any_form(made: tuple[Study, Analysis], folder: Path) -> None:
    names = [person.id for person in made[0].participants]
    text = "".join(
        path.read_text("utf-8") for path in folder.rglob("*") if path.is_file() and path.suffix != ".pdf"
    )
    text += words_of((folder / "report.pdf").read_bytes())
    assert [name for name in names if name in text] == []


def test_tables_say_what_made_them_and_an_empty_cell_is_no_zero(made: tuple[Study, Analysis], folder: Path) -> None:
    with (folder / "tables" / "looks.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[0]["ratio"]) == made[1].primary.value
    assert {(row["version"], row["profile"], row["software"]) for row in rows} == {
        ("1", "calf-1", "crampwatch 0.1.0")
    }
    assert rows[-1]["group"] == "detector"
    assert rows[-1]["p"] == ""
    assert "adjudicated, 3 of 4 read" in [row["name"] for row in rows]


def test_a_simulated_trial_says_so_first(made: tuple[Study, Analysis]) -> None:
    assert SIMULATED not in document_of(*made, ORIGIN).notices
    assert document_of(*made, replace(ORIGIN, profile="simulated")).notices[0] == SIMULATED


def test_an_arm_without_a_cramp_is_reported_with_one_limit(tmp_path: Path) -> None:
    study = study_with(*"A" * N)
    found = analysed(study, by_arm((1, 2, 3), (0,)))
    out = tmp_path / "analysis"
    document = write_folder(out, study, found, ORIGIN)
    assert document.lead[0].startswith("No cramp was counted in anybody given active")
    assert f"below {found.primary.high:.3f}" in document.lead[1]
    assert "tipping" not in document.figures
    assert "not estimated" in words_of((out / "report.pdf").read_bytes())


def test_a_control_arm_without_a_cramp_has_no_upper_limit(tmp_path: Path) -> None:
    study = study_with(*"A" * N)
    found = analysed(study, by_arm((0,), (1, 2, 3)))
    document = write_folder(tmp_path / "analysis", study, found, ORIGIN)
    assert "infinite" in document.lead[1]
    primary = json.loads((tmp_path / "analysis" / "analysis.json").read_text("utf-8"))["analysis"]["primary"]
    assert (primary["value"], primary["high"]) == (None, None)
    assert primary["low"] == pytest.approx(found.primary.low)


def test_where_nothing_was_shown_nothing_tips(made: tuple[Study, Analysis]) -> None:
    study, found = made
    nothing = replace(found, primary=replace(found.primary, value=0.9, low=0.7, high=1.2), tips_at=1.0)
    document = document_of(study, nothing, ORIGIN)
    assert "no difference was shown" in document.lead[0]
    assert "there is nothing to tip" in document.figures["tipping"].alt
