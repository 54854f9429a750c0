"""REDCap's files: names and header as REDCap demands, empty where missing, read back by our own diary import."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from tests.trial.exports.made import FIRST, made_data, made_study
from tests.trial.studies import person, study_of
from trial.diary.reading import read_diary
from trial.exports.redcap import RedcapError, write_redcap
from trial.exports.redcap.project import events_of
from trial.study import Period, PeriodKind

HEADER = (
    '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",'
    '"Choices, Calculations, OR Slider Labels","Field Note","Text Validation Type OR Show Slider Number",'
    '"Text Validation Min","Text Validation Max","Identifier?","Branching Logic (Show field only if...)",'
    '"Required Field?","Custom Alignment","Question Number (surveys only)","Matrix Group Name","Matrix Ranking?",'
    '"Field Annotation"'
)
FORMS = ("participant", "night", "seen_cramp", "diary")
KEYS = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
SHAPES = {
    "": ".*",
    "date_ymd": r"\d{4}-\d{2}-\d{2}",
    "datetime_seconds_ymd": r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}",
    "integer": r"-?\d+",
    "number": r"-?\d+(\.\d+)?",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_redcap(made_data(), tmp_path)
    return tmp_path


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_data_dictionary_is_one_that_redcap_reads(folder: Path) -> None:
    fields = rows(folder, "data_dictionary")
    assert list(fields[0]) == next(csv.reader([HEADER]))
    names = [field["Variable / Field Name"] for field in fields]
    assert names[0] == "record_id"
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch("[a-z][a-z0-9_]{0,25}", name) or "__" in name] == []
    assert list(dict.fromkeys(field["Form Name"] for field in fields)) == list(FORMS)
    assert {field["Field Type"] for field in fields} == {"text", "dropdown"}
    assert all(field["Field Label"] for field in fields)
    assert {field["Text Validation Type OR Show Slider Number"] for field in fields} == set(SHAPES)


def test_every_record_fits_the_dictionary_and_every_field_is_used(folder: Path) -> None:
    fields = {field["Variable / Field Name"]: field for field in rows(folder, "data_dictionary")}
    for form in FORMS:
        found = rows(folder, form)
        of_form = [name for name, field in fields.items() if field["Form Name"] == form and name != "record_id"]
        assert list(found[0]) == [*KEYS, *of_form, f"{form}_complete"]
        for name in of_form:
            values = {row[name] for row in found} - {""}
            assert values, f"{name} is empty in every row"
            shape = SHAPES[fields[name]["Text Validation Type OR Show Slider Number"]]
            choices = fields[name]["Choices, Calculations, OR Slider Labels"]
            known = {choice.split(",")[0].strip() for choice in choices.split("|")}
            assert [value for value in values if not re.fullmatch(shape, value)] == []
            assert not choices or values <= known


def test_a_zero_is_a_zero_and_a_missing_night_is_empty_with_its_reason(folder: Path) -> None:
    nights = {(row["record_id"], row["night_date"]): row for row in rows(folder, "night")}
    assert len(nights) == 8
    zero, missing = nights["A-001", "2026-03-29"], nights["A-001", "2026-03-30"]
    assert [zero[name] for name in ("night_cramps", "night_state", "night_l_cramps", "night_complete")] == [
        "0", "valid", "0", "2",
    ]  # fmt: skip
    assert [missing[name] for name in ("night_cramps", "night_muscles", "night_awakenings", "night_l_cramps")] == [
        ""
    ] * 4
    assert (missing["night_reason"], missing["night_complete"]) == ("lead_off", "0")
    assert (missing["night_r_reason"], missing["night_l_monitored_h"]) == ("not_received", "8")
    short = nights["B-002", "2026-03-27"]
    assert (short["night_state"], short["night_cramps"], short["night_exposure_h"]) == ("short", "0", "2")
    assert (short["night_r_state"], short["night_r_cramps"]) == ("", "")  # that leg is not monitored


def test_nights_and_diary_entries_lie_side_by_side_as_instances_of_a_period(folder: Path) -> None:
    keys = [tuple(row[key] for key in KEYS) for row in rows(folder, "night")]
    assert keys[:3] == [
        ("A-001", "run_in_arm_1", "night", "1"),
        ("A-001", "run_in_arm_1", "night", "2"),
        ("A-001", "treatment_arm_1", "night", "1"),
    ]
    assert [tuple(row[key] for key in KEYS) for row in rows(folder, "diary")] == [
        ("A-001", "run_in_arm_1", "diary", "1"),
        ("A-001", "treatment_arm_1", "diary", "1"),
    ]
    people = [tuple(row[key] for key in KEYS) for row in rows(folder, "participant")]
    assert people == [("A-001", "run_in_arm_1", "", ""), ("B-002", "run_in_arm_1", "", "")]
    for form in FORMS:
        keys = [tuple(row[key] for key in KEYS) for row in rows(folder, form)]
        assert len(set(keys)) == len(keys)
    designated = {(row["unique_event_name"], row["form"]) for row in rows(folder, "forms_of_events")}
    used = {(row["redcap_event_name"], form) for form in FORMS for row in rows(folder, form)}
    assert used <= designated
    repeated = {(row["event_name"], row["form_name"]) for row in rows(folder, "repeated_forms")}
    assert repeated == {(event, form) for event, form in designated if form != "participant"}


def test_a_cramp_stands_at_its_local_time_on_the_night_of_23_hours(folder: Path) -> None:
    cramps = rows(folder, "seen_cramp")
    assert [(row["seen_leg"], row["seen_onset_local"], row["seen_utc_offset_min"]) for row in cramps] == [
        ("L", "2026-03-27 23:00:00", "60"),
        ("L", "2026-03-28 01:00:00", "60"),
        ("R", "2026-03-27 23:00:00", "60"),
        ("L", "2026-03-29 04:00:00", "120"),
    ]


def test_our_own_import_reads_the_diary_back(folder: Path) -> None:
    found = read_diary(folder / "diary.csv", made_study())
    assert [(e.participant, e.night, e.cramps, e.times_local, e.severity) for e in found.entries] == [
        ("A-001", FIRST, 2, ("23:10", "01:05"), 7.0),
        ("A-001", date(2026, 3, 29), 0, (), None),
    ]
    assert found.form == "redcap"
    assert found.left_out == ()


def test_the_trials_arm_is_there_only_where_the_study_has_been_unblinded(folder: Path, tmp_path: Path) -> None:
    assert not any("verum" in path.read_text("utf-8") for path in folder.iterdir())
    (tmp_path / "open").mkdir()
    write_redcap(made_data(unblinded=True), tmp_path / "open")
    assert [row["pt_arm"] for row in rows(tmp_path / "open", "participant")] == ["verum", "placebo"]


def test_periods_that_redcap_cannot_tell_apart_are_refused() -> None:
    study = study_of(person()).model_copy(
        update={
            "periods": (
                Period(name="open-treatment-week1", kind=PeriodKind.TREATMENT, nights=7),
                Period(name="open_treatment_week2", kind=PeriodKind.TREATMENT, nights=7),
            )
        }
    )
    with pytest.raises(RedcapError, match="name them apart in their first 18 characters"):
        events_of(study)
