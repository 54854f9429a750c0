"""Writing and reading back, with our reader and with pyEDFlib."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pyedflib
import pytest

from recordings import Annotation, EdfNight, write_edf
from recordings.errors import WritingError
from signals import Channel, Gap, GapReason, SampleBlock, Stream

START = datetime(2026, 3, 28, 23, 15, 7)  # noqa: DTZ001 - EDF knows no zone
EMG = Stream("emg", 1000, (Channel("EMG L-GM", "EMG", "L", "GM"), Channel("EMG L-TA", "EMG", "L", "TA")))
ACC = Stream("acc", 52, tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis, (-8.0, 8.0)) for axis in "XYZ"))


def night_values(seconds: int) -> tuple[np.ndarray, np.ndarray]:
    """Return noise: two EMG channels within 800 uV, three axes within 2 g."""
    rng = np.random.default_rng(7)
    return rng.uniform(-800, 800, (seconds * 1000, 2)), rng.uniform(-2, 2, (seconds * 52, 3))


@pytest.mark.parametrize(("bits", "levels"), [(16, 2**16), (24, 2**24)])
def test_what_is_written_is_read_within_one_step(tmp_path: Path, bits: Literal[16, 24], levels: int) -> None:
    path = tmp_path / "night.edf"
    emg, acc = night_values(5)
    write_edf(path, (EMG, ACC), (emg, acc), START, "P-017", bits=bits)
    night = EdfNight(path)
    blocks = [item.values for item in night if isinstance(item, SampleBlock)]
    assert np.max(np.abs(blocks[0] - emg)) <= 2 * 800 / (levels - 1)  # range: the data, in whole units
    assert np.max(np.abs(blocks[1] - acc)) <= 2 * 8 / (levels - 1)  # range: the rails
    assert (night.start, night.participant, night.remarks) == (START, "P-017", ())
    assert [stream.fs_hz for stream in night.streams] == [1000, 52]
    assert [c.name for stream in night.streams for c in stream.channels] == [
        c.name for c in (*EMG.channels, *ACC.channels)
    ]


@pytest.mark.parametrize(("bits", "name"), [(16, "night.edf"), (24, "night.bdf")])
def test_pyedflib_reads_the_same_samples_and_all_annotations(
    tmp_path: Path, bits: Literal[16, 24], name: str
) -> None:
    path = tmp_path / name
    emg, acc = night_values(30)
    marks = tuple(Annotation(i * 0.08, 0.5 if i % 2 else None, f"mark {i}") for i in range(350))
    write_edf(path, (EMG, ACC), (emg, acc), START, None, marks, bits=bits)
    night = EdfNight(path)
    assert len(night.annotations) == 350
    assert [a.text for a in night.annotations] == [m.text for m in marks]
    assert [a.duration_s for a in night.annotations] == [m.duration_s for m in marks]
    np.testing.assert_allclose([a.onset_s for a in night.annotations], [m.onset_s for m in marks], atol=1e-9)
    ours = np.concatenate([i.values for i in night if isinstance(i, SampleBlock) and i.stream == "emg"])
    with pyedflib.EdfReader(str(path)) as reader:
        np.testing.assert_allclose(ours[:, 1], reader.readSignal(1), rtol=0, atol=1e-9)
        onsets, _, texts = reader.readAnnotations()
        assert list(texts) == [m.text for m in marks]
        np.testing.assert_allclose(onsets, [m.onset_s for m in marks], atol=1e-6)
        assert reader.getStartdatetime() == START


def test_a_gap_that_is_written_is_read_as_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "night.edf"
    emg, acc = night_values(5)
    write_edf(path, (EMG, ACC), (emg, acc), START, None, (Annotation(1.0, 2.0, "gap: link_lost"),))
    gaps = [item for item in EdfNight(path) if isinstance(item, Gap)]
    assert gaps == [Gap("emg", 1000, 3000, GapReason.LINK_LOST), Gap("acc", 52, 156, GapReason.LINK_LOST)]


def test_a_start_within_a_second_and_a_hidden_start_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "night.edf"
    emg, _ = night_values(1)
    fraction = START + timedelta(milliseconds=250)
    write_edf(path, (EMG,), (emg,), fraction, None, (Annotation(0.5, None, "turn"),))
    night = EdfNight(path)
    assert (night.start, night.annotations) == (fraction, (Annotation(0.5, None, "turn"),))
    write_edf(path, (EMG,), (emg,), None, None)
    assert (EdfNight(path).start, EdfNight(path).participant) == (None, None)


def test_an_aware_start_is_written_as_its_wall_time(tmp_path: Path) -> None:
    path = tmp_path / "night.edf"
    write_edf(path, (EMG,), (night_values(1)[0],), START.replace(tzinfo=UTC), None)
    assert EdfNight(path).start == START


def test_a_rate_with_decimals_gives_longer_records(tmp_path: Path) -> None:
    path = tmp_path / "night.edf"
    stream = Stream("emg", 1000.5, EMG.channels)
    write_edf(path, (stream,), (np.ones((4002, 2)),), START, None)
    night = EdfNight(path)
    assert (night.streams[0].fs_hz, night.duration_s) == (1000.5, 4)


def refused(path: Path, stream: Stream, values: np.ndarray, message: str, mark: str = "turn") -> None:
    """Expect a refusal that leaves nothing behind."""
    with pytest.raises(WritingError, match=message):
        write_edf(path, (stream,), (values,), START, None, (Annotation(0.0, None, mark),))
    assert list(path.parent.iterdir()) == []


def test_what_edf_cannot_hold_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "night.edf"
    ones = np.ones((1000, 2))
    refused(
        path, EMG, ones[:999], r"'emg' has 999 samples at 1000 Hz, which are not one or more whole data records"
    )
    refused(path, EMG, ones[:0], "has 0 samples at 1000 Hz")
    refused(path, EMG, ones[:, :1], r"'emg' has 2 channels, its values have shape \(1000, 1\)")
    refused(path, EMG, ones[:, 0], r"its values have shape \(1000,\)")
    refused(path, EMG, ones * np.nan, "Signal data must contain only finite values")
    refused(
        path,
        Stream("emg", 1000 / 3, EMG.channels),
        ones,
        r"rates of 333.333 Hz need data records of .* s; at most 60",
    )
    refused(path, EMG, ones, "has a character 0, 20 or 21", mark="a\x14b")
    long_label = Stream("emg", 1000, (Channel("EMG of the left calf", "EMG"),))
    refused(path, long_label, ones[:, :1], "exceeds maximum field length")
    railed = Stream("emg", 1000, (Channel("EMG L-GM", "EMG", rails=(-0.5, 0.5)),))
    refused(path, railed, ones[:, :1], "out of physical range")


def test_streams_and_arrays_must_pair_up(tmp_path: Path) -> None:
    with pytest.raises(WritingError, match="2 streams and 1 arrays; one array per stream is needed"):
        write_edf(tmp_path / "night.edf", (EMG, ACC), (np.ones((1000, 2)),), START, None)


def test_streams_of_different_duration_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WritingError, match="Inconsistent signal durations"):
        write_edf(tmp_path / "night.edf", (EMG, ACC), (np.ones((2000, 2)), np.ones((52, 3))), START, None)


def test_a_patient_code_with_a_space_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WritingError, match="Subfield code contains spaces"):
        write_edf(tmp_path / "night.edf", (EMG,), (np.ones((1000, 2)),), START, "Ann Example")


def test_another_number_of_bits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WritingError, match="32 bits per sample are asked for; 16"):
        write_edf(tmp_path / "n.edf", (EMG,), (np.ones((1000, 2)),), START, None, bits=32)  # pyright: ignore[reportArgumentType] - the point


def test_an_existing_file_survives_a_write_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "night.edf"
    path.write_bytes(b"yesterday")
    with pytest.raises(WritingError):
        write_edf(path, (EMG,), (np.full((1000, 2), np.inf),), START, None)
    assert path.read_bytes() == b"yesterday"
    write_edf(path, (EMG,), (np.ones((1000, 2)),), START, None)
    assert [entry.name for entry in tmp_path.iterdir()] == ["night.edf"]
    assert EdfNight(path).duration_s == 1
