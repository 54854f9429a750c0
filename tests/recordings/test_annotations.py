"""Annotations as EDF+ 2.2 writes them, and the gaps that they mark."""

from datetime import datetime

import numpy as np
import pytest

from recordings import Annotation, EdfNight
from recordings.errors import AnnotationError
from signals import Gap, GapReason, SampleBlock
from tests.recordings.conftest import Put
from tests.recordings.handmade import File, Signal, acceleration, annotations

ONSETS = (b"+0\x14\x14\x00", b"+1\x14\x14\x00")


def marked(*marks: bytes, first: bytes = b"+0\x14\x14\x00", second: bytes = b"+1\x14\x14\x00") -> File:
    """Return a file of 2 s, EMG at 1000 Hz and acceleration at 52 Hz, with `marks` in its last record."""
    signals = (Signal(), *acceleration(104), annotations(first, second + b"".join(marks)))
    return File(signals, reserved="EDF+C")


def test_onset_duration_and_every_text_of_a_list_are_read(put: Put) -> None:
    file = marked(b"+0.5\x150.25\x14lights off\x14turn\x14\x00", b"+0.125\x14B\xc3\xa4r\x14\x00")
    assert EdfNight(put(file)).annotations == (
        Annotation(0.125, None, "Bär"),
        Annotation(0.5, 0.25, "lights off"),
        Annotation(0.5, 0.25, "turn"),
    )


def test_text_in_latin_1_is_read(put: Put) -> None:
    assert EdfNight(put(marked(b"+1\x14B\xe4r\x14\x00"))).annotations[0].text == "Bär"


def test_a_text_beside_the_onset_of_a_record_is_an_annotation(put: Put) -> None:
    night = EdfNight(put(marked(second=b"+1\x14\x14snore\x14\x00")))
    assert night.annotations == (Annotation(1.0, None, "snore"),)


def test_a_second_annotation_signal_keeps_no_time(put: Put) -> None:
    extra = annotations(b"+0.3\x14first\x14\x00", b"\x00")
    file = File((Signal(), annotations(*ONSETS), extra), reserved="EDF+C")
    assert EdfNight(put(file)).annotations == (Annotation(0.3, None, "first"),)


def test_a_start_within_a_second_moves_the_start_and_not_the_annotations(put: Put) -> None:
    file = marked(b"+1.5\x14turn\x14\x00", first=b"+0.25\x14\x14\x00", second=b"+1.25\x14\x14\x00")
    night = EdfNight(put(file))
    assert night.start == datetime(2026, 3, 2, 22, 30, 0, 250_000)  # noqa: DTZ001 - EDF knows no zone
    assert night.annotations == (Annotation(1.25, None, "turn"),)


@pytest.mark.parametrize(
    "raw", [b"no list\x00", b"+1.5\x14unfinished\x00", b"1.5\x14no sign\x14\x00", b"+x\x14text\x14\x00"]
)
def test_what_is_no_annotation_list_is_refused(put: Put, raw: bytes) -> None:
    with pytest.raises(AnnotationError, match=r"data record 1 holds .*, which is no EDF\+ annotation list"):
        EdfNight(put(marked(raw)))


@pytest.mark.parametrize("second", [b"\x00", b"+1\x14text first\x14\x00"])
def test_a_record_without_its_onset_is_refused(put: Put, second: bytes) -> None:
    with pytest.raises(AnnotationError, match="data record 1 does not begin with its onset"):
        EdfNight(put(marked(second=second)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"gap: link_lost", GapReason.LINK_LOST),
        (b"GAP: Sensor_Restart", GapReason.SENSOR_RESTART),
        (b"gap:lead_off", GapReason.LEAD_OFF),
        (b"gap: saturated", GapReason.SATURATED),
        (b"gap: not_worn", GapReason.NOT_WORN),
        (b"gap: not_recorded", GapReason.NOT_RECORDED),
        (b"gap", GapReason.NOT_RECORDED),
        (b"Recording gap", GapReason.NOT_RECORDED),
        (b"BAD_ACQ_SKIP", GapReason.NOT_RECORDED),
    ],
)
def test_a_gap_takes_the_place_of_its_samples_in_all_streams(put: Put, text: bytes, reason: GapReason) -> None:
    # the mark stands in the last record, after the samples that it concerns
    items = list(EdfNight(put(marked(b"+0.5\x151\x14" + text + b"\x14\x00"))))
    spans = [(item.stream, item.first_sample, item.end) for item in items]
    assert spans == [
        ("emg", 0, 500),
        ("emg", 500, 1500),
        ("emg", 1500, 2000),
        ("acc", 0, 26),
        ("acc", 26, 78),
        ("acc", 78, 104),
    ]
    assert [item.reason for item in items if isinstance(item, Gap)] == [reason, reason]


def test_a_text_that_only_mentions_a_gap_marks_none(put: Put) -> None:
    items = list(EdfNight(put(marked(b"+0.5\x151\x14gap in the curtain\x14\x00"))))
    assert all(isinstance(item, SampleBlock) for item in items)


def test_overlapping_gaps_neither_overlap_nor_leave_a_hole(put: Put) -> None:
    file = marked(
        b"+0.2\x150.6\x14gap: link_lost\x14\x00",
        b"+0.5\x150.5\x14gap\x14\x00",
        b"+0.6\x150.1\x14gap: lead_off\x14\x00",
    )
    emg = [item for item in EdfNight(put(file)) if item.stream == "emg"]
    assert [(type(i), i.first_sample, i.end) for i in emg] == [
        (SampleBlock, 0, 200),
        (Gap, 200, 800),
        (Gap, 800, 1000),
        (SampleBlock, 1000, 2000),
    ]


def test_a_gap_that_reaches_beyond_the_file_ends_with_it(put: Put) -> None:
    file = marked(b"-1\x151.5\x14gap\x14\x00", b"+1.75\x15900\x14gap\x14\x00", b"+40\x155\x14gap\x14\x00")
    emg = [(i.first_sample, i.end) for i in EdfNight(put(file)) if isinstance(i, Gap) and i.stream == "emg"]
    assert emg == [(0, 500), (1750, 2000)]


def test_a_gap_shorter_than_a_sample_takes_that_sample(put: Put) -> None:
    gaps = [i for i in EdfNight(put(marked(b"+1\x150.0001\x14gap\x14\x00"))) if isinstance(i, Gap)]
    assert [(gap.stream, gap.first_sample, gap.end) for gap in gaps] == [("emg", 1000, 1001), ("acc", 52, 53)]


def test_an_unknown_reason_is_refused_with_the_known_ones(put: Put) -> None:
    with pytest.raises(AnnotationError, match=r"'gap: nonsense' at 0.5 s.*known are link_lost, sensor_restart"):
        EdfNight(put(marked(b"+0.5\x151\x14gap: nonsense\x14\x00")))


@pytest.mark.parametrize("mark", [b"+0.5\x14gap\x14\x00", b"+0.5\x150\x14gap: link_lost\x14\x00"])
def test_a_gap_without_a_duration_is_refused(put: Put, mark: bytes) -> None:
    with pytest.raises(AnnotationError, match=r"at 0\.5 s marks a gap but has no duration"):
        EdfNight(put(marked(mark)))


def test_samples_beside_a_gap_keep_their_values(put: Put) -> None:
    items = list(EdfNight(put(marked(b"+0.5\x151\x14gap\x14\x00"))))
    last = items[2]
    assert isinstance(last, SampleBlock)
    np.testing.assert_allclose(last.values[:3, 0], np.array([1500, 1501, 1502]) % 50 * 0.1, atol=1e-9)
