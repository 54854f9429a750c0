"""Counts and hours of nights, durations and intensities of cramps, worked by hand."""

from tests.trial.exports.cdisc.made import columns, records

ONE, TWO = "TEST-A-001", "TEST-A-002"
RESULT = ("FASTRESN", "FASTAT", "FAREASND")


def test_counts_of_a_leg_a_0_is_a_count_and_a_missing_one_has_its_reason() -> None:
    rows = records("FA", USUBJID=ONE, FATESTCD="NCRMP", FALAT="LEFT")
    assert columns(rows, *RESULT) == [
        (1, None, None),
        (0, None, None),
        (1, None, None),
        (None, "NOT DONE", "not_received"),
    ]
    assert [row["FAORRES"] for row in rows] == ["1", "0", "1", None]


def test_a_night_with_electrodes_off_has_8_hours_and_none_that_is_usable_and_no_count() -> None:
    found = {code: records("FA", USUBJID=TWO, FATESTCD=code) for code in ("NCRMP", "MONHRS", "USEHRS", "SEENHRS")}
    assert columns(found["NCRMP"], *RESULT) == [
        (None, "NOT DONE", "lead_off"),
        (0, None, None),
        (None, "NOT DONE", "not_received"),
        (1, None, None),
    ]
    assert [row["FASTRESN"] for row in found["MONHRS"]] == [8.0, 3.0, None, 8.0]
    assert [row["FASTRESN"] for row in found["USEHRS"]] == [0.0, 3.0, None, 5.0]
    assert [row["FASTRESN"] for row in found["SEENHRS"]] == [0.0, 3.0, None, 5.0]
    assert {row["FAORRESU"] for row in found["MONHRS"]} == {"HOURS", None}


def test_two_muscles_at_once_are_one_awakening() -> None:
    assert [row["FASTRESN"] for row in records("FA", USUBJID=ONE, FATESTCD="NAWAK")] == [1, 0, 2, None]


def test_every_cramp_has_its_duration_and_intensity_under_the_link_of_its_event() -> None:
    cramps = columns(records("CE", CEOCCUR="Y", CECAT="SURFACE EMG"), "USUBJID", "CELNKID")
    assert len(set(cramps)) == 5
    for code, value, unit in (("DUR", 60.0, "sec"), ("INTENS", 10.0, "RATIO")):
        rows = records("FA", FATESTCD=code)
        assert columns(rows, "USUBJID", "FALNKID") == cramps
        assert {(row["FASTRESN"], row["FASTRESU"]) for row in rows} == {(value, unit)}


def test_the_diary_is_a_finding_of_the_subject() -> None:
    assert columns(records("FA", USUBJID=ONE, FATESTCD="NFELT"), *RESULT, "FAEVAL") == [
        (1, None, None, "STUDY SUBJECT"),
        (0, None, None, "STUDY SUBJECT"),
        (2, None, None, "STUDY SUBJECT"),
        (None, "NOT DONE", "no_diary_entry", "STUDY SUBJECT"),
    ]
    assert columns(records("FA", FATESTCD="SEVFELT"), "FADTC", "FASTRESN") == [("2026-10-24", 7.5)]


def test_every_finding_is_either_there_or_not_done_with_a_reason() -> None:
    for row in records("FA"):
        assert (row["FASTRESN"] is None) == (row["FASTAT"] == "NOT DONE") == (row["FAREASND"] is not None)
