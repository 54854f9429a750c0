"""Cramps and nights without one as clinical events, worked by hand."""

from dataclasses import replace
from datetime import date

import pytest

from tests.trial.exports.cdisc.made import DIARY, columns, data, records

ONE, TWO = "TEST-A-001", "TEST-A-002"


def test_a_night_free_of_cramps_a_short_one_and_a_missing_one_never_look_alike() -> None:
    one = records("CE", USUBJID=ONE, CECAT="SURFACE EMG", CELAT="LEFT")
    two = records("CE", USUBJID=TWO, CECAT="SURFACE EMG")
    what = ("CEDTC", "CEOCCUR", "CESTAT", "CEREASND")
    assert columns(one, *what) == [
        ("2026-10-22", "Y", None, None),
        ("2026-10-23", "N", None, None),
        ("2026-10-24", "Y", None, None),
        ("2026-10-25", None, "NOT DONE", "not_received"),
    ]
    assert columns(two, *what) == [
        ("2026-10-22", None, "NOT DONE", "lead_off"),
        ("2026-10-23", "U", None, None),
        ("2026-10-24", None, "NOT DONE", "not_received"),
        ("2026-10-25", "Y", None, None),
    ]


def test_cramps_of_both_legs_at_once_are_two_records() -> None:
    rows = records("CE", USUBJID=ONE, CEDTC="2026-10-22", CECAT="SURFACE EMG")
    assert columns(rows, "CELAT", "CESTDTC", "CEENDTC", "CELNKID") == [
        ("LEFT", "2026-10-22T23:00:00.000+02:00", "2026-10-22T23:01:00.000+02:00", "2026-10-22-L-001"),
        ("RIGHT", "2026-10-22T23:00:00.000+02:00", "2026-10-22T23:01:00.000+02:00", "2026-10-22-R-001"),
    ]


def test_times_of_the_night_in_which_the_clock_is_put_back_say_their_distance_from_utc() -> None:
    rows = records("CE", USUBJID=ONE, CEDTC="2026-10-24", CECAT="SURFACE EMG")
    assert columns(rows, "CELAT", "CESTDTC", "CEENDTC") == [
        ("LEFT", "2026-10-25T02:30:00.000+02:00", "2026-10-25T02:31:00.000+02:00"),
        ("RIGHT", "2026-10-25T02:59:30.000+02:00", "2026-10-25T02:00:30.000+01:00"),
    ]


def test_the_diary_says_what_was_felt_what_was_not_and_which_nights_have_no_entry() -> None:
    what = ("CEDTC", "CEOCCUR", "CESTDTC", "CESTAT", "CEREASND", "CEREFID")
    assert columns(records("CE", USUBJID=ONE, CECAT="DIARY"), *what) == [
        ("2026-10-22", "Y", "2026-10-22T23:05", None, None, "diary.csv:2"),
        ("2026-10-23", "N", None, None, None, "diary.csv:3"),
        ("2026-10-24", "Y", "2026-10-25T02:31", None, None, "diary.csv:4"),
        ("2026-10-24", "Y", None, None, None, "diary.csv:4"),
        ("2026-10-25", None, None, "NOT DONE", "no_diary_entry", None),
    ]
    assert {row["CEREASND"] for row in records("CE", USUBJID=TWO, CECAT="DIARY")} == {"no_diary_entry"}


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("12:00", "2026-10-24T12:00"),
        ("23:59", "2026-10-24T23:59"),
        ("00:00", "2026-10-25T00:00"),
        ("11:59", "2026-10-25T11:59"),
    ],
)
def test_a_night_of_the_diary_goes_from_noon_to_noon(time: str, at: str) -> None:
    entry = replace(DIARY[0], night=date(2026, 10, 24), times_local=(time,))
    (row,) = records("CE", data(diary=(entry,)), CECAT="DIARY", CEOCCUR="Y")
    assert (row["CEDTC"], row["CESTDTC"]) == ("2026-10-24", at)


def test_an_entry_outside_of_the_planned_nights_is_kept_without_an_epoch() -> None:
    entry = replace(DIARY[0], night=date(2026, 11, 30))
    (row,) = records("CE", data(diary=(entry,)), CECAT="DIARY", CEOCCUR="Y")
    assert (row["CEDTC"], row["EPOCH"], row["CEDY"]) == ("2026-11-30", None, 39)


def test_a_study_without_a_diary_has_no_records_of_one() -> None:
    without = data(diary=())
    assert records("CE", without, CECAT="DIARY") == []
    assert records("FA", without, FACAT="DIARY") == []
    assert records("ADNIGHT", without, PARAMCD="NFELT") == []


def test_study_days_have_no_zero() -> None:
    rows = records("CE", USUBJID=ONE, CECAT="SURFACE EMG", CELAT="LEFT")
    assert columns(rows, "EPOCH", "CEDY") == [("RUN-IN", -1), ("TREATMENT", 1), ("TREATMENT", 2), ("TREATMENT", 3)]


def test_sequence_numbers_count_the_records_of_a_subject() -> None:
    assert [row["CESEQ"] for row in records("CE", USUBJID=ONE)] == list(range(1, 14))
    assert [row["CESEQ"] for row in records("CE", USUBJID=TWO)] == list(range(1, 9))
