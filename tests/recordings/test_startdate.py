"""When the recording began and whose it is, as EDF+ 2.1.3 writes it."""

from datetime import datetime

import pytest

from recordings import open_recording
from tests.recordings.conftest import Put
from tests.recordings.handmade import File, Signal, annotations

TIMEKEEPING = annotations(b"+0\x14\x14\x00", b"+1\x14\x14\x00")


@pytest.mark.parametrize(
    ("recording", "date", "time", "expected"),
    [
        ("Startdate 02-MAR-2026 X X X", "02.03.26", "22.30.05", (2026, 3, 2, 22, 30, 5)),
        ("Startdate 02-mar-2026 X X X", "02.03.26", "22.30.05", (2026, 3, 2, 22, 30, 5)),
        ("free text", "31.12.85", "00.00.00", (1985, 12, 31, 0, 0, 0)),
        ("", "01.01.84", "00.00.01", (2084, 1, 1, 0, 0, 1)),
        ("", "1/2/26", "1:02:03", (2026, 2, 1, 1, 2, 3)),
    ],
)
def test_the_start_is_local_wall_time(
    put: Put, recording: str, date: str, time: str, expected: tuple[int, int, int, int, int, int]
) -> None:
    night = open_recording(put(File(recording=recording, date=date, time=time)))
    year, month, day, hour, minute, second = expected
    assert night.start == datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - EDF knows no zone
    assert night.remarks == ()


@pytest.mark.parametrize(
    ("recording", "date", "time"),
    [("Startdate X X X X", "01.01.85", "22.30.00"), ("my night", "01.01.85", "00.00.00")],
)
def test_a_hidden_start_is_none(put: Put, recording: str, date: str, time: str) -> None:
    night = open_recording(put(File(recording=recording, date=date, time=time)))
    assert (night.start, night.remarks) == (None, ())


@pytest.mark.parametrize(
    ("recording", "date", "time"),
    [
        ("", "00.00.00", "22.30.00"),
        ("", "yesterda", "22.30.00"),
        ("", "02.03.26", "25.00.00"),
        ("", "02.03.26", "evening"),
        ("Startdate 02-MÄR-2026 X X X", "02.03.26", "22.30.00"),
        ("Startdate 2026-03-02 X X X", "02.03.26", "22.30.00"),
    ],
)
def test_a_start_that_is_no_date_is_none_and_remarked(put: Put, recording: str, date: str, time: str) -> None:
    night = open_recording(put(File(recording=recording, date=date, time=time)))
    assert night.start is None
    assert "is no date and time; the night has no wall time" in night.remarks[0]


def test_two_start_dates_are_remarked_and_the_longer_is_used(put: Put) -> None:
    night = open_recording(put(File(date="03.03.26")))
    assert night.start == datetime(2026, 3, 2, 22, 30)  # noqa: DTZ001 - EDF knows no zone
    assert night.remarks == ("the header gives two start dates, 2026-03-03 and 2026-03-02; the second is used",)


@pytest.mark.parametrize(
    ("reserved", "patient", "expected"),
    [
        ("EDF+C", "P-017 F X X", "P-017"),
        ("EDF+C", "X F X Ann_Example", None),
        ("EDF+C", "", None),
        ("", "Ann Example", None),  # plain EDF: free text, which may be a name
    ],
)
def test_the_participant_is_the_patient_code_of_a_plus_file(
    put: Put, reserved: str, patient: str, expected: str | None
) -> None:
    night = open_recording(put(File((Signal(), TIMEKEEPING), reserved=reserved, patient=patient)))
    assert night.participant == expected
