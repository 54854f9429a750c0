"""Files that are broken, cut, interrupted or empty: refused with a sentence, or read with a remark."""

import contextlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings import EdfNight, RecordedNight, RecordingError, open_recording
from recordings.errors import DiscontinuousRecordingError, EmptySignalError, UnreadableRecordingError
from signals import SampleBlock
from tests.recordings.conftest import Put
from tests.recordings.handmade import File, Signal, annotations


def n_samples(night: RecordedNight) -> int:
    """Return how many EMG samples a night delivers."""
    return sum(len(item.values) for item in night if isinstance(item, SampleBlock))


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecordingError, match="there is no such file"):
        open_recording(tmp_path / "none.edf")


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecordingError, match="cannot be read: Is a directory"):
        open_recording(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"is empty \(0 bytes\)"),
        (b"onset\tduration\n" * 40, "is neither EDF nor BDF: it begins with b'onset"),
        (File().raw()[:100], "the header is cut after 100 of 256 bytes"),
        (File().raw()[:400], "the header is cut after 400 bytes; 1 signals need 512"),
        (File().raw()[:512], r"holds no data records: 512 bytes.*one data record has 2000"),
        (File().raw()[:2000], "holds no data records"),
    ],
)
def test_what_is_no_recording_is_refused(put: Put, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableRecordingError, match=message):
        open_recording(put(content))


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (File(n_signals_said="two"), "number of signals in the header is 'two', not a whole number"),
        (File(n_signals_said="0"), "has 0 signals; at least one is needed"),
        (File(header_bytes_said="abc"), "number of header bytes in the header is 'abc'"),
        (File(header_bytes_said="768"), "says that it has 768 bytes, but 1 signals need 512"),
        (File(n_records_said="many"), "number of data records in the header is 'many'"),
        (File(record_s="1,0"), "duration of a data record in the header is '1,0', not a number"),
        (File(record_s="0"), r"duration of a data record is 0 s; 0\.001 to 3600 s can be read"),
        (File(record_s="3601"), "duration of a data record is 3601 s"),
        (File(record_s="0.00099"), r"duration of a data record is 0\.00099 s"),
        (File(record_s="1e999999"), "duration of a data record is 1e999999 s"),
        (File(record_s="nan"), "duration of a data record in the header is 'nan', not a number"),
        (File((Signal(samples_said="1e3"),)), "samples per data record of 'EMG L-GM' in the header is '1e3'"),
        (File((Signal(samples_said="-5"),)), "channel 'EMG L-GM' has -5 samples per data record"),
        (File((Signal(samples_said="0"),)), "a data record has no samples"),
        (File(reserved="EDF+X"), r"the reserved field says 'EDF\+X'; EDF\+C or nothing is needed"),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(put: Put, file: File, message: str) -> None:
    with pytest.raises(UnreadableRecordingError, match=message):
        open_recording(put(file))


@pytest.mark.parametrize("kind", ["EDF", "BDF"])
def test_an_interrupted_recording_is_refused_with_the_remedy(put: Put, kind: str) -> None:
    with pytest.raises(
        DiscontinuousRecordingError, match=rf"is {kind}\+D.*Export one {kind}\+C file per contiguous"
    ):
        open_recording(put(File(kind=kind, reserved=f"{kind}+D")))


@pytest.mark.parametrize("onset", [b"+1.51", b"+0.49", b"+3600"])
def test_record_onsets_that_jump_more_than_half_a_record_are_refused(put: Put, onset: bytes) -> None:
    file = File((Signal(), annotations(b"+0\x14\x14\x00", onset + b"\x14\x14\x00")), reserved="EDF+C")
    with pytest.raises(DiscontinuousRecordingError, match=r"data record 1 begins at .* s, but 1 s is where"):
        open_recording(put(file))


@pytest.mark.parametrize("onset", [b"+1.49", b"+0.51"])
def test_record_onsets_that_are_rounded_are_accepted(put: Put, onset: bytes) -> None:
    file = File((Signal(), annotations(b"+0\x14\x14\x00", onset + b"\x14\x14\x00")), reserved="EDF+C")
    assert n_samples(open_recording(put(file))) == 2000


def test_a_plus_file_without_annotation_signal_is_read_with_a_remark(put: Put) -> None:
    night = open_recording(put(File(reserved="EDF+C")))
    assert night.remarks == ("the file says EDF+C but has no annotation signal; taken as without interruption",)


LONG = File((Signal(digital=np.arange(8000, dtype=np.int32)),), n_records=4, record_s="1")


def test_a_file_cut_within_a_record_is_read_up_to_the_cut(put: Put) -> None:
    night = open_recording(put(LONG.raw()[:-1]))
    assert night.remarks == (
        "the file ends in the middle of a data record; scored up to 00:00:03",
        "the header says 4 data records, the file holds 3 whole ones; scored up to 00:00:03",
    )
    assert (n_samples(night), night.duration_s) == (6000, 3)


def test_a_file_cut_between_records_is_read_up_to_the_cut(put: Put) -> None:
    night = open_recording(put(replace(LONG, n_records_said="1900").raw()))
    assert night.remarks == (
        "the header says 1900 data records, the file holds 4 whole ones; scored up to 00:00:04",
    )
    assert n_samples(night) == 8000


def test_a_recording_that_was_killed_is_read_to_its_last_record(put: Put) -> None:
    night = open_recording(put(replace(LONG, n_records_said="-1")))
    assert night.remarks == ("the recording was not closed (-1 data records); 4 found, scored up to 00:00:04",)
    assert n_samples(night) == 8000


def test_the_time_of_a_cut_is_in_hours_minutes_and_seconds(put: Put) -> None:
    header = File((Signal(samples_said="500"),), n_records_said="-1", record_s="1").header()
    night = open_recording(put(header + bytes(1000 * (31 * 60 + 4))))
    assert "scored up to 00:31:04" in night.remarks[0]


def test_a_file_that_becomes_shorter_while_it_is_read_is_an_error(put: Put) -> None:
    path = put(LONG)
    items = iter(EdfNight(path, block_s=1))
    next(items)
    path.write_bytes(LONG.raw()[:5000])
    with pytest.raises(UnreadableRecordingError, match="became shorter while it was read"):
        list(items)


@pytest.mark.parametrize(
    "physical", [("-3276.8", "3276.7"), ("-1000", "1000")]
)  # zero is exact, or half a step away
def test_a_channel_of_zeros_is_an_error_at_the_end(put: Put, physical: tuple[str, str]) -> None:
    zeros = Signal("EMG L-TA", physical=physical, digital=np.zeros(2000, dtype=np.int32))
    items = iter(open_recording(put(File((Signal(), zeros)))))
    assert isinstance(next(items), SampleBlock)
    with pytest.raises(EmptySignalError, match="channel 'EMG L-TA' holds only zeros"):
        next(items)


def test_a_channel_with_a_single_other_value_does_not_hold_only_zeros(put: Put) -> None:
    digital = np.zeros(2000, dtype=np.int32)
    digital[1999] = 1
    assert n_samples(EdfNight(put(File((Signal(digital=digital),))), block_s=1)) == 2000


def test_a_channel_that_stays_at_a_rail_is_left_to_the_signal_quality(put: Put) -> None:
    assert n_samples(open_recording(put(File((Signal(digital=np.full(2000, -32768, dtype=np.int32)),))))) == 2000


def test_zeros_that_a_gap_covers_are_no_error(put: Put) -> None:
    lists = (b"+0\x14\x14\x00+0\x152\x14gap\x14\x00", b"+1\x14\x14\x00")
    file = File((Signal(digital=np.zeros(2000, dtype=np.int32)), annotations(*lists)), reserved="EDF+C")
    assert n_samples(open_recording(put(file))) == 0


PLAIN = File(
    (Signal(), annotations(b"+0\x14\x14\x00+0.2\x150.1\x14gap\x14\x00", b"+1\x14\x14\x00")), reserved="EDF+C"
)


@settings(max_examples=300, deadline=None)
@given(
    at=st.integers(0, 767),
    raw=st.binary(min_size=1, max_size=8) | st.from_regex(rb"[-0-9eE.+naif ]{8}", fullmatch=True),
)
def test_a_damaged_header_gives_samples_or_a_recording_error(
    tmp_path_factory: pytest.TempPathFactory, at: int, raw: bytes
) -> None:
    whole = PLAIN.raw()
    path = tmp_path_factory.mktemp("damaged") / "night.edf"
    path.write_bytes((whole[:at] + raw + whole[at + len(raw) :])[: len(whole)])
    with contextlib.suppress(RecordingError):
        assert n_samples(open_recording(path)) <= len(whole)


def test_every_error_of_a_recording_is_a_recording_error() -> None:
    assert issubclass(EmptySignalError, RecordingError)
    assert issubclass(UnreadableRecordingError, RecordingError)
