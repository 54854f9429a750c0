"""Sensors and scorers: every record leads to what made it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.trial.exports.cdisc.made import ARMS, columns, data, records, results, table
from tests.trial.studies import MADE_BY
from trial.exports.cdisc import write_dataset_json, write_define, write_xpt
from trial.exports.cdisc.adam import PROVENANCE
from trial.study.parts import Assigned

ELEMENTS = {
    "DEVTYPE": "SCORING SOFTWARE",
    "SOFTWARE": MADE_BY.software,
    "PROFILE": MADE_BY.profile,
    "PROFHASH": MADE_BY.profile_hash,
    "MODEL": MADE_BY.model,
    "CFGHASH": MADE_BY.config_hash,
}


def identity(device: object) -> dict[object, object]:
    return {row["DIPARMCD"]: row["DIVAL"] for row in records("DI") if row["SPDEVID"] == device}


def test_every_record_from_emg_leads_to_what_made_it() -> None:
    of_the_version = {key: value for key, value in ELEMENTS.items() if key not in ("MODEL", "CFGHASH")}
    for name in ("CE", "FA"):
        for row in [row for row in records(name) if row[f"{name}CAT"] == "SURFACE EMG"]:
            # nothing was received, nothing scored: there is a version, but no model and no configuration
            scored = row[f"{name}REFID"] is not None
            assert identity(row["SPDEVID"]) == (ELEMENTS if scored else of_the_version)
            assert scored or row[f"{name}STAT"] == "NOT DONE"


def test_every_row_of_the_analysis_says_what_made_it() -> None:
    for name in ("ADSL", "ADNIGHT", "ADCE"):
        for row in records(name):
            assert (row["SWVER"], row["PROFILE"], row["PROFHASH"]) == (
                MADE_BY.software,
                MADE_BY.profile,
                MADE_BY.profile_hash,
            )
    assert {tuple(row[variable.name] for variable in PROVENANCE) for row in records("ADCE")} == {
        ("crampwatch 0.1.0", "calf-1", "0" * 16, "rules-1", "0" * 16)
    }


def test_what_was_made_by_two_things_names_both() -> None:
    first, *others = results()
    mixed = data(of=[replace(first, made_by=replace(MADE_BY, config_hash="1" * 16)), *others])
    both = "1" * 16 + ";" + "0" * 16
    assert records("ADNIGHT", mixed, USUBJID="TEST-A-001", PARAMCD="NAWAK")[0]["CFGHASH"] == both
    scorer = records("FA", mixed, USUBJID="TEST-A-001", FATESTCD="NAWAK")[0]["SPDEVID"]
    found = {row["DIPARMCD"]: row["DIVAL"] for row in records("DI", mixed, SPDEVID=scorer)}
    assert (found["CFGHASH"], found["MODEL"]) == (both, "rules-1")


def test_a_sensor_of_the_study_has_its_serial_number_and_another_one_none() -> None:
    assert identity("CW-0007") == {"DEVTYPE": "SURFACE EMG SENSOR", "SERIAL": "CW-0007"}
    assert identity("NOSERIAL-A-001-R") == {"DEVTYPE": "SURFACE EMG SENSOR"}
    assert columns(records("DX", USUBJID="TEST-A-001"), "SPDEVID", "DXLAT", "DXSTDTC", "DXENDTC") == [
        ("CW-0007", "LEFT", "2026-10-22", "2026-10-25"),
        ("NOSERIAL-A-001-R", "RIGHT", "2026-10-22", "2026-10-25"),
    ]


def test_a_sensor_that_replaces_another_begins_where_that_ends() -> None:
    of = data()
    first, other = of.study.participants
    devices = (
        Assigned(serial="CW-0007", leg="L", last_night=date(2026, 10, 23)),
        Assigned(serial="CW-0011", leg="L", first_night=date(2026, 10, 24)),
    )
    people = (first.model_copy(update={"devices": devices}), other)
    swapped = replace(of, study=of.study.model_copy(update={"participants": people}))
    assert columns(records("DX", swapped, DXLAT="LEFT", USUBJID="TEST-A-001"), "SPDEVID", "DXSTDTC", "DXENDTC") == [
        ("CW-0007", "2026-10-22", "2026-10-23"),
        ("CW-0011", "2026-10-24", "2026-10-25"),
    ]
    scored = records("DU", swapped, DUTESTCD="SCORER", DULAT="LEFT", USUBJID="TEST-A-001")
    assert columns(scored, "SPDEVID", "DUDTC", "DUENDTC") == [
        ("CW-0007", "2026-10-22", "2026-10-23"),
        ("CW-0011", "2026-10-24", "2026-10-24"),
    ]


def test_settings_say_the_rules_of_the_study_and_who_scored_whose_sensor() -> None:
    rules = {row["DUTESTCD"]: (row["DUSTRESN"], row["DUSTRESU"]) for row in records("DU", USUBJID=None)}
    assert rules == {"VALIDH": (4.0, "HOURS"), "VALIDSHR": (0.75, "RATIO"), "TOGETHER": (60.0, "sec")}
    scored = records("DU", DUTESTCD="SCORER", SPDEVID="CW-0007")
    assert columns(scored, "DULAT", "DUDTC", "DUENDTC") == [("LEFT", "2026-10-22", "2026-10-24")]
    assert identity(scored[0]["DUORRES"]) == ELEMENTS


def test_every_device_is_identified() -> None:
    known = {row["SPDEVID"] for row in records("DI")}
    for name in ("DX", "DU", "CE", "FA"):
        assert {row["SPDEVID"] for row in records(name)} - {None} <= known


def test_no_arm_stands_anywhere_in_a_blinded_export(tmp_path: Path) -> None:
    for arms, out in ((None, tmp_path / "blinded"), (ARMS, tmp_path / "open")):
        of = data(arm_of=arms)
        files = [*write_dataset_json(of, out / "json"), *write_xpt(of, out / "xpt"), *write_define(of, out)]
        there = {arm for arm in ARMS.values() for file in files if arm.encode() in file.read_bytes()}
        assert there == (set() if arms is None else set(ARMS.values()))
    assert {"TRT01P", "TRTP"}.isdisjoint(
        variable.name for name in ("ADSL", "ADNIGHT", "ADCE") for variable in table(name).dataset.variables
    )
    assert columns(records("DM"), "ARM", "ARMCD", "ARMNRS") == [(None, None, "BLINDED")] * 2
