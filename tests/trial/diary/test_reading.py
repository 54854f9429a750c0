"""Diary files: what is read, what is left out and said, and everything that is wrong in one at once."""

from datetime import date
from pathlib import Path

import pytest

from tests.trial.studies import person, study_of
from trial.diary import DiaryError, DiaryFile, RedcapFields, read_diary, read_fields
from trial.study import Study

STUDY = study_of(
    person("A-001", first=date(2026, 3, 23)),  # 29 March has no 02:30 in Zurich
    person("A-002", first=date(2026, 3, 23), zone="Asia/Shanghai"),
)


def read(
    folder: Path, text: str, form: str | None = None, fields: RedcapFields | None = None, study: Study = STUDY
) -> DiaryFile:
    path = folder / "diary.csv"
    path.write_text(text, encoding="utf-8")
    return read_diary(path, study, form, fields)


def problems(folder: Path, text: str, fields: RedcapFields | None = None) -> tuple[str, ...]:
    with pytest.raises(DiaryError) as said:
        read(folder, text, fields=fields)
    return said.value.problems


def test_a_plain_diary(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "participant,night,cramps,times,severity\n"
        "A-001,2026-03-23,2,04:10;23:40,6.5\n"
        "\n"
        "A-001,2026-03-24,0,,\n"
        "A-002,2026-04-12,1,2026-04-13 00:05,0\n",
    )
    assert found.form == "plain"
    first, zero, last = found.entries
    assert (first.night, first.cramps, first.times_local) == (date(2026, 3, 23), 2, ("23:40", "04:10"))
    assert (first.severity, first.source, first.line) == (6.5, "diary.csv", 2)
    assert (zero.cramps, zero.times_local, zero.severity, zero.line) == (0, (), None, 4)
    assert (last.times_local, last.severity, last.line) == (("00:05",), 0.0, 5)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffparticipant,night,cramps\r\nA-001,2026-03-23,1\r\n",
        "participant;night;cramps\nA-001;2026-03-23;1\n",
        "night\tcramps\tparticipant\n2026-03-23\t1\tA-001\n",
        'participant;night;cramps;times\nA-001;2026-03-23;1;"23:40"',
        "participant,night,cramps\r\nA-001,2026-03-23,1\r\n,,\r\n",
    ],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, text: str) -> None:
    (entry,) = read(tmp_path, text).entries
    assert (entry.participant, entry.night, entry.cramps) == ("A-001", date(2026, 3, 23), 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Z-9,2026-03-23,1,,", "participant 'Z-9' is not in the study"),
        ("A-001,2026-03-22,1,,", "2026-03-22 is no night of A-001 in the study, whose nights are 2026-03-23 to"),
        ("A-001,2026-04-13,1,,", "2026-04-13 is no night of A-001"),
        ("A-001,23.3.2026,1,,", "night '23.3.2026' is no date"),
        ("A-001,2026-02-30,1,,", "night '2026-02-30' is no date"),
        ("A-001,20260323,1,,", "night '20260323' is no date"),
        ("A-001,2026-03-23,,,", "count '' is no whole number from 0 on; leave the line out"),
        ("A-001,2026-03-23,-1,,", "count '-1' is no whole number"),
        ("A-001,2026-03-23,1.0,,", "count '1.0' is no whole number"),
        ("A-001,2026-03-23,²,,", "count '²' is no whole number"),
        ("A-001,2026-03-23,1,4:10,", "time '4:10' is no time of day"),
        ("A-001,2026-03-23,1,24:00,", "time '24:00' is no time of day"),
        ("A-001,2026-03-23,1,23:60,", "time '23:60' is no time of day"),
        ("A-001,2026-03-23,1,2026-03-23 11:59,", "is not within the night of 2026-03-23, noon to noon"),
        ("A-001,2026-03-23,1,2026-03-24 12:00,", "is not within the night of 2026-03-23, noon to noon"),
        ("A-001,2026-03-23,1,2026-02-30 02:00,", "is not within the night of 2026-03-23"),
        ("A-001,2026-03-28,1,02:30,", "time '02:30' did not exist in Europe/Zurich that night"),
        ("A-001,2026-03-23,1,23:40;04:10,", "2 times for 1 cramps"),
        ("A-001,2026-03-23,0,23:40,", "1 times for 0 cramps"),
        ("A-001,2026-03-23,1,,10.5", "severity '10.5' is no number from 0 to 10"),
        ("A-001,2026-03-23,1,,bad", "severity 'bad' is no number from 0 to 10"),
    ],
)
def test_a_line_that_is_wrong_is_refused(tmp_path: Path, line: str, said: str) -> None:
    (found,) = problems(tmp_path, f"participant,night,cramps,times,severity\n{line}\n")
    assert found.startswith("line 2: ")
    assert said in found


def test_times_at_the_edges_of_a_night_and_of_another_zone_are_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "participant,night,cramps,times\n"
        "A-001,2026-03-23,2,2026-03-23 12:00;2026-03-24T11:59\n"
        "A-002,2026-03-28,1,02:30\n",  # Shanghai puts no clock forward
    )
    assert [entry.times_local for entry in found.entries] == [("12:00", "11:59"), ("02:30",)]


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "participant,night,cramps,times\nA-001,2026-03-23,x,25:00\nA-001,2026-03-24,1,\nA-001,2026-03-24,1,\n",
    )
    assert found == (
        "line 2: count 'x' is no whole number from 0 on; write 0, 1, 2, …",
        "line 2: time '25:00' is no time of day; write times as in 23:40;04:10",
        "line 4: A-001 2026-03-24 is there already, on line 3",
    )


def test_columns_that_are_missing_or_unknown_are_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, "participant,night,cramp,note\nA-001,2026-03-23,1,x\n")
    assert [line.split(";")[0] for line in found] == [
        "line 1: there is no column 'cramps'",
        "line 1: column 'cramp' is not known",
        "line 1: column 'note' is not known",
    ]
    assert problems(tmp_path, "participant,night,cramps,night\n") == ("line 1: column 'night' is there twice",)
    assert problems(tmp_path, "participant,night,cramps\nA-001,2026-03-23\n") == (
        "line 2: has 2 cells, the header has 3",
    )
    assert problems(tmp_path, "\n") == ("is empty; its first line names the columns",)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DiaryError, match="cannot be read"):
        read_diary(tmp_path / "absent.csv", STUDY)
    path = tmp_path / "latin.csv"
    path.write_bytes("participant,night,cramps,é\n".encode("latin-1"))
    with pytest.raises(DiaryError, match="is not UTF-8"):
        read_diary(path, STUDY)


REDCAP = """\
record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,age,demographics_complete,diary_date,\
cramp_count,cramp_times,cramp_severity,diary_complete
A-001,baseline_arm_1,,,61,2,,,,,
A-001,home_arm_1,diary,1,,,2026-03-23,2,23:40;04:10,5,2
A-001,home_arm_1,diary,2,,,2026-03-24,0,,,2
A-001,home_arm_1,diary,3,,,2026-03-25,1,,,0
A-001,home_arm_1,diary,4,,,2026-03-26,,,,2
A-001,home_arm_1,adverse_events,1,,,,,,,
A-002,home_arm_1,diary,1,,,2026-03-23,3,,,1
"""


def test_a_redcap_export_is_known_by_its_header(tmp_path: Path) -> None:
    found = read(tmp_path, REDCAP)
    assert found.form == "redcap"
    assert [(entry.participant, str(entry.night), entry.cramps) for entry in found.entries] == [
        ("A-001", "2026-03-23", 2),
        ("A-001", "2026-03-24", 0),
    ]
    assert found.entries[0].times_local == ("23:40", "04:10")
    assert [(line.number, line.why) for line in found.left_out] == [
        (2, "no diary form, or an empty one"),
        (5, "a form that is incomplete"),
        (6, "a form without a count"),
        (7, "no diary form, or an empty one"),
        (8, "a form that is unverified"),
    ]


def test_fields_of_a_project_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "fields.toml"
    path.write_text(
        'instrument = "morning"\nnight = "m_date"\ndated = "morning"\ncramps = "m_n"\ntimes = ["m_t1", "m_t2"]\n'
        'complete = "morning_complete"\naccept = ["complete", "unverified"]\n[participants]\n17 = "A-002"\n',
        encoding="utf-8",
    )
    fields = read_fields(path)
    found = read(
        tmp_path,
        "record_id,m_date,m_n,m_t1,m_t2,morning_complete\n17,2026-04-01,2,03:15,,Complete\n17,2026-04-02,0,,,1\n",
        fields=fields,
    )
    assert [(entry.participant, str(entry.night), entry.times_local) for entry in found.entries] == [
        ("A-002", "2026-03-31", ("03:15",)),
        ("A-002", "2026-04-01", ()),
    ]


def test_what_is_wrong_in_an_export_is_said_by_line(tmp_path: Path) -> None:
    assert problems(tmp_path, "record_id,redcap_event_name,diary_date,cramp_count\n") == (
        "line 1: there is no column 'diary_complete' (complete); export that field, or name another with --fields",
    )
    found = problems(
        tmp_path,
        "record_id,diary_date,cramp_count,diary_complete\n17,2026-03-23,1,2\nA-001,2026-03-24,1,Vollständig\n"
        "A-001,03/24/2026,1,2\n",
    )
    assert [line.split(" ", 3)[:2] for line in found] == [["line", "3:"], ["line", "2:"], ["line", "4:"]]
    assert "'Vollständig' is none of 0, 1, 2, Incomplete" in found[0]
    asked = RedcapFields(times=("t1",), severity="s")
    found = problems(tmp_path, "record_id,diary_date,cramp_count,diary_complete\n", asked)
    assert [line.split("'")[1] for line in found] == ["t1", "s"]


def test_a_mapping_with_unknown_keys_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fields.toml"
    for text, said in (
        ('count = "n"\n', "count: Extra inputs"),
        ('dated = "noon"\n', "dated: Input should be"),
        ("accept = []\n", "accept: "),
        ("x", "is not TOML"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DiaryError, match=said):
            read_fields(path)
    with pytest.raises(DiaryError, match="cannot be read"):
        read_fields(tmp_path / "absent.toml")
