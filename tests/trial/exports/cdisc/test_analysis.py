"""The analysis data sets, worked by hand."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from tests.trial.exports.cdisc.made import ARMS, columns, data, records

ONE, TWO = "TEST-A-001", "TEST-A-002"


def test_nights_have_a_value_or_a_reason_and_flags_by_what_was_seen() -> None:
    what = ("AVISIT", "ADT", "ADY", "AVAL", "MISSRSN", "NGHTSTAT", "ANL01FL", "ANL02FL")
    assert columns(records("ADNIGHT", USUBJID=ONE, PARAMCD="NCRMP"), *what) == [
        ("RUN-IN WEEK 1", date(2026, 10, 22), -1, 2, None, "VALID", "Y", "Y"),
        ("TREATMENT WEEK 1", date(2026, 10, 23), 1, 0, None, "VALID", "Y", "Y"),
        ("TREATMENT WEEK 1", date(2026, 10, 24), 2, 2, None, "VALID", "Y", "Y"),
        ("TREATMENT WEEK 1", date(2026, 10, 25), 3, None, "not_received", "MISSING", None, None),
    ]
    assert columns(records("ADNIGHT", USUBJID=TWO, PARAMCD="NCRMP"), *what[3:]) == [
        (None, "lead_off", "MISSING", None, None),
        (0, None, "SHORT", None, "Y"),
        (None, "not_received", "MISSING", None, None),
        (1, None, "SHORT", None, "Y"),
    ]


def test_parameters_of_one_leg_of_both_and_of_the_diary() -> None:
    of_night = records("ADNIGHT", USUBJID=ONE, ADT=date(2026, 10, 22))
    assert {row["PARAMCD"]: row["AVAL"] for row in of_night} == {
        "NCRMP": 2, "NCRMPL": 1, "NCRMPR": 1, "NAWAK": 1, "MONHRS": 16.0, "MONHRSL": 8.0, "MONHRSR": 8.0,
        "USEHRS": 16.0, "USEHRSL": 8.0, "USEHRSR": 8.0, "SEENHRS": 8.0, "NFELT": 1,
    }  # fmt: skip
    assert {row["PARAMCD"] for row in records("ADNIGHT", USUBJID=TWO)} == {
        "NCRMP", "NCRMPL", "NAWAK", "MONHRS", "MONHRSL", "USEHRS", "USEHRSL", "SEENHRS", "NFELT"
    }  # fmt: skip


@pytest.mark.parametrize(("legs", "code"), [("muscles", "NCRMP"), ("awakenings", "NAWAK")])
def test_the_parameter_that_the_study_compares_is_flagged(legs: str, code: str) -> None:
    of = data()
    endpoint = of.study.endpoint.model_copy(update={"legs": legs})
    with_endpoint = replace(of, study=of.study.model_copy(update={"endpoint": endpoint}))
    assert {row["PARAMCD"] for row in records("ADNIGHT", with_endpoint, ENDPTFL="Y")} == {code}


def test_what_one_leg_lacks_is_summed_over_the_other() -> None:
    only_left = [result for result in data().results if (result.participant, result.leg) == ("A-001", "L")]
    of = records("ADNIGHT", data(of=only_left), USUBJID=ONE, ADT=date(2026, 10, 22))
    assert {row["PARAMCD"]: row["AVAL"] for row in of if row["PARAMCD"] in ("NCRMP", "NCRMPR", "USEHRS")} == {
        "NCRMP": 1,
        "NCRMPR": None,
        "USEHRS": 8.0,
    }


def test_cramps_on_the_local_clock_last_as_long_as_they_last() -> None:
    rows = records("ADCE", USUBJID=ONE, NIGHTDT=date(2026, 10, 24))
    assert columns(rows, "CELAT", "ASTDTM", "AENDTM", "ADURN", "ADURU", "AINTENS") == [
        ("LEFT", datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 2, 31), 60.0, "SECONDS", 10.0),  # noqa: DTZ001 - a clock without a zone
        ("RIGHT", datetime(2026, 10, 25, 2, 59, 30), datetime(2026, 10, 25, 2, 0, 30), 60.0, "SECONDS", 10.0),  # noqa: DTZ001 - as above
    ]
    assert len(records("ADCE")) == 5


def test_one_record_per_participant() -> None:
    one, two = records("ADSL")
    # run-in: 2 cramps in 16 leg-hours, times 56
    assert (one["BLRATE"], one["BLEXPHRS"], one["BLVALFL"], one["LEGS"]) == (7.0, 16.0, "N", "LEFT AND RIGHT")
    assert (two["BLRATE"], two["BLEXPHRS"], two["SEENFL"], two["ITTFL"]) == (None, None, "Y", "Y")
    assert (one["AP01SDT"], one["AP01EDT"]) == (date(2026, 10, 23), date(2026, 10, 25))
    assert [(row["NGTEXP"], row["NGTSEEN"], row["NGTVAL"], row["WKVAL"]) for row in (one, two)] == [
        (3, 2, 2, 0),
        (3, 2, 0, 0),
    ]


def test_a_participant_of_whom_nothing_was_seen_has_records_and_no_count() -> None:
    nothing = data(of=[])
    assert [row["SEENFL"] for row in records("ADSL", nothing)] == ["N", "N"]
    assert {row["AVAL"] for row in records("ADNIGHT", nothing, PARCAT1="SURFACE EMG")} == {None}
    assert {row["CESTAT"] for row in records("CE", nothing, CECAT="SURFACE EMG")} == {"NOT DONE"}
    assert records("ADCE", nothing) == []


def test_arms_are_numbered_by_the_alphabet_and_stand_in_every_row_once_they_are_known() -> None:
    open_data = data(arm_of=ARMS)
    assert columns(records("ADSL", open_data), "TRT01P", "TRT01PN") == [("vitamin", 2), ("dummy pill", 1)]
    assert {(row["USUBJID"], row["TRTP"], row["TRTPN"]) for row in records("ADNIGHT", open_data)} == {
        (ONE, "vitamin", 2),
        (TWO, "dummy pill", 1),
    }
    assert columns(records("DM", open_data), "ARM", "ARMCD", "ARMNRS") == [
        ("vitamin", "ARM2", None),
        ("dummy pill", "ARM1", None),
    ]
