"""Whose recording it is: by file, path, sensor and map, held against the study; never guessed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from crampwatch.trialling.scoring.belonging import BelongingError, Mapped, Wearing, wearings_of
from recordings.night_file import NightFile, NightHeader
from signals import Channel, CountBlock, CountedStream, Leg, Scale
from tests.crampwatch.study_scoring.recordings import record
from tests.trial.studies import person, study_of
from trial.study import Participant, Study

ZONE = "Europe/Zurich"


@pytest.fixture
def study() -> Study:
    return study_of(person("A-001", legs=("L", "R")), person("A-002"), person("B-001", legs=("R",), site="B"))


def whose(
    path: Path, study: Study, url: str | None = None, mapped: Sequence[Mapped] = ()
) -> list[tuple[str, str, str]]:
    found = wearings_of(path, url or path.as_uri(), study, mapped)
    return [(wearing.participant, wearing.leg, wearing.zone) for wearing in found]


def test_the_file_says_whose_it_is_and_the_study_where(study: Study, tmp_path: Path) -> None:
    assert whose(record(tmp_path / "1.edf", "A-001", ("R",)), study) == [("A-001", "R", ZONE)]
    assert whose(record(tmp_path / "2.edf", "B-001", ("R",)), study) == [("B-001", "R", "Europe/Lisbon")]
    both = record(tmp_path / "3.edf", "A-001", ("R", "L"))
    assert wearings_of(both, both.as_uri(), study, ()) == (
        Wearing("A-001", "L", ZONE, ("EMG L-GM",)),
        Wearing("A-001", "R", ZONE, ("EMG R-GM",)),
    )


def test_the_tibialis_of_the_same_leg_is_recorded_beside_the_calf(study: Study, tmp_path: Path) -> None:
    path = record(tmp_path / "1.edf", "A-001", ("L", "L", "R"), labels=("EMG L-TA", "EMG L-GM", "EMG R-GM"))
    assert [one.emg for one in wearings_of(path, path.as_uri(), study, ())] == [
        ("EMG L-GM", "EMG L-TA"),
        ("EMG R-GM",),
    ]


@pytest.mark.parametrize("path", ["sub-A002/ses-20260302/emg/sub-A002_emg.edf", "sub-A002_night-01.edf"])
def test_where_the_file_says_nothing_its_place_does(study: Study, tmp_path: Path, path: str) -> None:
    assert whose(record(tmp_path / path, None), study) == [("A-002", "L", ZONE)]
    assert whose(record(tmp_path / path, "A-002"), study) == [("A-002", "L", ZONE)]
    with pytest.raises(BelongingError, match="says that it is of A-001 and lies under sub-A002"):
        whose(record(tmp_path / path, "A-001"), study)


def test_a_pseudonym_that_begins_with_sub_is_its_own_place(tmp_path: Path) -> None:
    study = study_of(person("sub-001"), person("sub-01"))
    assert whose(record(tmp_path / "sub-001_night-01.edf", "sub-001"), study) == [("sub-001", "L", ZONE)]
    assert whose(record(tmp_path / "sub-01_night-01.edf", None), study) == [("sub-01", "L", ZONE)]


@pytest.mark.parametrize(
    ("participant", "legs", "why"),
    [
        (None, ("L",), "says no participant and lies under no sub-<id>"),
        ("a-001", ("L",), "is said to be of a-001, who is no participant of study TEST"),
        ("A-002", ("R",), "is of leg R of A-002, of whom L is watched"),
        ("A-001", (None,), "does not say which leg it is of; name the leg in a map"),
        ("A-001", ("L", None), "does not say which leg it is of; name the leg in a map"),
    ],
)
def test_what_does_not_fit_is_refused(
    study: Study, tmp_path: Path, participant: str | None, legs: Sequence[Leg | None], why: str
) -> None:
    with pytest.raises(BelongingError, match=why):
        whose(record(tmp_path / "1.edf", participant, legs), study)


def test_two_pseudonyms_with_one_label_are_not_told_apart_by_a_path(tmp_path: Path) -> None:
    study = study_of(person("A-0-1"), person("A-01"))
    with pytest.raises(BelongingError, match="lies under sub-A01, which is 2 participants"):
        whose(record(tmp_path / "sub-A01.edf", None), study)
    with pytest.raises(BelongingError, match="lies under sub-B9, which is 0 participants"):
        whose(record(tmp_path / "sub-B9.edf", None), study)


def test_two_muscles_of_one_calf_leave_it_open_which_is_scored(study: Study, tmp_path: Path) -> None:
    path = record(tmp_path / "1.edf", "A-001", ("L", "L"), labels=("EMG L-GM", "EMG L-GL"))
    with pytest.raises(BelongingError, match="several channels that could be scored: 'EMG L-GM', 'EMG L-GL'"):
        whose(path, study)


def test_a_map_names_whose_and_which_leg(study: Study, tmp_path: Path) -> None:
    path = record(tmp_path / "1.edf", "stranger", (None,))
    assert whose(path, study, mapped=[Mapped("A-001", "R", None)]) == [("A-001", "R", ZONE)]
    assert whose(path, study, mapped=[Mapped("A-001", "R", "Asia/Tokyo")]) == [("A-001", "R", "Asia/Tokyo")]
    both = record(tmp_path / "2.edf", "stranger", ("L", "R"))
    rows = [Mapped("A-001", "L", None), Mapped("B-001", "R", None)]
    assert whose(both, study, mapped=rows) == [("A-001", "L", ZONE), ("B-001", "R", "Europe/Lisbon")]
    for mapped, file, why in (
        ([Mapped("A-001", None, None)], path, "name the leg in the map"),
        ([Mapped("A-001", None, None)], both, "the file has L, R; name the leg in the map"),
        ([Mapped("A-002", "R", None)], both, "the map says leg R of A-002, of whom it is not watched"),
        ([Mapped("A-009", "L", None)], both, "A-009, who is no participant"),
        ([Mapped("A-001", "L", None), Mapped("A-001", "R", None)], path, "one channel, of which the map says two"),
    ):
        with pytest.raises(BelongingError, match=why):
            whose(file, study, mapped=mapped)


def test_a_sensor_must_be_that_of_the_leg_in_that_night(tmp_path: Path) -> None:
    def wearer(name: str, serial: str, last: date | None = None, first: date | None = None) -> Participant:
        device = {"serial": serial, "leg": "L", "first_night": first, "last_night": last}
        plain = person(name).model_dump()
        return Participant.model_validate(plain | {"devices": [device]})

    changed = date(2026, 3, 10)
    study = study_of(
        wearer("A-001", "S-1", last=changed),
        wearer("A-002", "S-1", first=changed + timedelta(days=1)),
        person("A-003"),
    )
    first = night_file(tmp_path, "A-001", changed)
    assert whose(first, study) == [("A-001", "L", ZONE)]
    assert whose(night_file(tmp_path, "A-002", changed + timedelta(days=1)), study) == [("A-002", "L", ZONE)]
    assert whose(night_file(tmp_path, "A-003", changed, serial="S-9"), study) == [("A-003", "L", ZONE)]
    assert whose(night_file(tmp_path, "A-001", changed, serial=None), study) == [("A-001", "L", ZONE)]
    with pytest.raises(BelongingError, match="that of A-002 L by the study, and says that it is of A-001 L"):
        whose(night_file(tmp_path, "A-001", changed + timedelta(days=1)), study)
    with pytest.raises(BelongingError, match="that of A-001 L by the study, and says that it is of A-003 L"):
        whose(night_file(tmp_path, "A-003", changed), study)
    with pytest.raises(BelongingError, match="sensor S-2, in the night of 2026-03-10 that of nobody by the study"):
        whose(night_file(tmp_path, "A-001", changed, serial="S-2"), study)


def night_file(folder: Path, participant: str, night: date, serial: str | None = "S-1") -> Path:
    """Write a finished night file of one second."""
    stream = CountedStream("emg", 1000.0, (Channel("EMG L-GM", "EMG", "L", "GM"),), (Scale(0.1, 0.0, 16),))
    header = NightHeader(
        participant=participant,
        leg="L",
        zone=ZONE,
        night=night,
        began=datetime(night.year, night.month, night.day, 21, 0, tzinfo=UTC),
        streams=(stream,),
        software="test",
        device_serial=serial,
    )
    path = folder / f"{participant}_{serial}_{night}.night"
    file = NightFile.create(path, header)
    file.append([CountBlock("emg", 0, np.ones((1000, 1), np.int32), 1, 0, 0.0, header.began)])
    file.finish()
    return path
