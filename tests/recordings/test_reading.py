"""Reading: values, times and cuts, against a second reader and against bytes made by hand."""

import tracemalloc
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyedflib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recordings import EdfNight, open_recording
from recordings.samples import sample_path
from signals import Gap, GapReason, SampleBlock, Source, StreamItem
from tests.recordings.conftest import Put
from tests.recordings.handmade import File, Signal, acceleration, annotations


def joined(items: Sequence[StreamItem], stream: str) -> NDArray[np.float64]:
    """Return the samples of a stream with NaN where gaps are; fails where items do not follow one another."""
    parts: list[NDArray[np.float64]] = []
    position = 0
    for item in items:
        if item.stream != stream:
            continue
        assert item.first_sample == position
        position = item.end
        parts.append(
            item.values if isinstance(item, SampleBlock) else np.full((item.end - item.first_sample, 1), np.nan)
        )
    width = max(part.shape[1] for part in parts)
    return np.concatenate([np.broadcast_to(part, (len(part), width)) for part in parts])


def second_reading(path: Path, *labels: str) -> NDArray[np.float64]:
    """Return channels as pyEDFlib reads them."""
    with pyedflib.EdfReader(str(path)) as reader:
        names = reader.getSignalLabels()
        return np.stack([reader.readSignal(names.index(label)) for label in labels], axis=1)


def test_a_real_walk_is_read_as_pyedflib_reads_it() -> None:
    path = sample_path("treadmill_walk.edf")
    night = open_recording(path, ("EMG GM", "EMG TA"))
    values = joined(list(night), "emg")
    np.testing.assert_allclose(values, second_reading(path, "EMG GM", "EMG TA"), rtol=0, atol=1e-9)
    assert night.streams[0].fs_hz == 1000
    assert night.duration_s == pytest.approx(7.6)
    assert [channel.name for channel in night.streams[0].channels] == ["EMG ?-GM", "EMG ?-TA"]


def test_the_composite_night_gives_both_streams_as_pyedflib_reads_them() -> None:
    path = sample_path("composite_night.edf")
    night = open_recording(path)
    items = list(night)
    np.testing.assert_allclose(
        joined(items, "emg"), second_reading(path, "EMG L-GM", "EMG L-TA"), rtol=0, atol=1e-9
    )
    np.testing.assert_allclose(
        joined(items, "acc"), second_reading(path, "ACC L-X", "ACC L-Y", "ACC L-Z"), rtol=0, atol=1e-9
    )
    assert [(stream.name, stream.fs_hz) for stream in night.streams] == [("emg", 1000), ("acc", 100)]
    assert (night.start, night.participant) == (datetime(2026, 1, 15, 23, 0), "composite")  # noqa: DTZ001 - naive
    assert night.duration_s == 425
    assert night.remarks == ()
    assert night.path == path


def test_a_bdf_of_pyedflib_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "night.bdf"
    wave = 900 * np.sin(np.arange(5000) / 7)
    with pyedflib.EdfWriter(str(path), 1, file_type=pyedflib.FILETYPE_BDFPLUS) as writer:
        writer.setSignalHeader(
            0,
            {
                "label": "EMG R-GM",
                "dimension": "uV",
                "sample_frequency": 1000,
                "physical_min": -1000,
                "physical_max": 1000,
                "digital_min": -8388608,
                "digital_max": 8388607,
                "transducer": "",
                "prefilter": "",
            },
        )
        writer.writeSamples([wave])
    night = EdfNight(path, block_s=2)
    values = joined(list(night), "emg")
    assert np.max(np.abs(values[:, 0] - wave)) <= 2000 / 2**24
    np.testing.assert_allclose(values, second_reading(path, "EMG R-GM"), rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", ["EDF", "BDF"])
def test_handmade_bytes_become_the_values_computed_by_hand(put: Put, kind: str) -> None:
    digital = np.array([-32768, 0, 1, 32767] * 500, dtype=np.int32)
    file = File((Signal(digital=digital), *acceleration(104)), kind=kind)
    items = list(open_recording(put(file)))
    first = items[0]
    assert isinstance(first, SampleBlock)
    np.testing.assert_allclose(first.values[:4, 0], [-3276.8, 0.0, 0.1, 3276.7], rtol=0, atol=1e-9)
    np.testing.assert_allclose(joined(items, "acc"), np.tile([1e-4, 2e-4, 3e-4], (104, 1)), rtol=0, atol=1e-12)


def test_blocks_are_read_only_and_contiguous_along_samples(put: Put) -> None:
    block = next(iter(open_recording(put(File()))))
    assert isinstance(block, SampleBlock)
    assert block.values.flags.f_contiguous
    assert not block.values.flags.writeable


def test_an_inverted_physical_range_turns_the_sign_and_gives_ascending_rails(put: Put) -> None:
    night = open_recording(put(File((Signal(physical=("3276.7", "-3276.8")),))))
    assert night.streams[0].channels[0].rails == (-3276.8, 3276.7)
    np.testing.assert_allclose(
        joined(list(night), "emg")[1, 0], -0.1 - 0.1, atol=1e-9
    )  # digital 1: 3276.7-0.1*32769


@pytest.mark.parametrize(("samples", "record_s", "fs_hz"), [(1111, "1", 1111.0), (963, "0.5", 1926.0)])
def test_odd_rates_are_kept_as_they_are(put: Put, samples: int, record_s: str, fs_hz: float) -> None:
    signal = Signal(digital=np.arange(2 * samples, dtype=np.int32))
    night = open_recording(put(File((signal,), record_s=record_s)))
    assert night.streams[0].fs_hz == fs_hz
    assert len(joined(list(night), "emg")) == 2 * samples


def test_header_fields_padded_with_nul_are_read(put: Put) -> None:
    assert len(list(open_recording(put(File(padding=b"\x00"))))) == 1


def test_a_night_can_be_iterated_again(put: Put) -> None:
    night: Source = open_recording(put(File((Signal(), *acceleration(104)))))
    np.testing.assert_array_equal(joined(list(night), "emg"), joined(list(night), "emg"))


GAPPED = File(
    (
        Signal(digital=np.arange(6000, dtype=np.int32)),
        *acceleration(312),
        annotations(
            *(b"+%d\x14\x14\x00" % i for i in range(5)), b"+5\x14\x14\x00+1.25\x152.5\x14gap: link_lost\x14\x00"
        ),
    ),
    n_records=6,
    reserved="EDF+C",
)


@settings(deadline=None)  # a busy machine is no error
@given(block_s=st.floats(min_value=0.01, max_value=10))
def test_any_chunk_length_gives_the_same_stream(tmp_path_factory: pytest.TempPathFactory, block_s: float) -> None:
    path = tmp_path_factory.mktemp("cut") / "night.edf"
    path.write_bytes(GAPPED.raw())
    items = list(EdfNight(path, block_s=block_s))
    expected = np.arange(6000) * 0.1
    expected[1250:3750] = np.nan
    np.testing.assert_allclose(joined(items, "emg")[:, 0], expected, rtol=0, atol=1e-9)
    acc = joined(items, "acc")
    assert acc.shape == (312, 3)
    np.testing.assert_array_equal(
        np.flatnonzero(np.isnan(acc[:, 0])), np.arange(65, 195)
    )  # 1.25 s to 3.75 s, 52 Hz
    assert {item.reason for item in items if isinstance(item, Gap)} == {GapReason.LINK_LOST}


def test_a_block_length_of_zero_is_refused(put: Put) -> None:
    with pytest.raises(ValueError, match="block_s is 0; it must be above 0"):
        EdfNight(put(File()), block_s=0)


def peak_bytes(path: Path) -> int:
    """Return the peak of memory while a file is opened and read to its end."""
    tracemalloc.start()
    for _ in EdfNight(path, block_s=10):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("kind", ["EDF", "BDF"])
def test_ten_times_the_length_needs_no_more_memory(tmp_path: Path, kind: str) -> None:
    one = File((Signal(digital=np.arange(1000, dtype=np.int32)),), n_records=1, kind=kind)
    paths: list[Path] = []
    for n_records in (60, 60, 600):  # the first fills the caches of the interpreter
        path = tmp_path / f"{n_records}.edf"
        header = File((Signal(samples_said="1000"),), n_records=n_records, kind=kind).header()
        path.write_bytes(header + one.record(0) * n_records)
        paths.append(path)
    _, short, long = (peak_bytes(path) for path in paths)
    assert long < 1.3 * short
