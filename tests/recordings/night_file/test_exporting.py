"""A night file as EDF+C and BDF+C: the counts, the times, what was lost; read back by three readers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyedflib
import pytest
from edfio import read_bdf, read_edf

from recordings import EdfNight
from recordings.errors import WritingError
from recordings.night_file import ClockAnchor, NightFile, NightHeader, StoredNight, export_night
from signals import Channel, CountBlock, CountedStream, Gap, GapReason, SampleBlock, Scale
from tests.recordings.night_file.made_nights import ACC, BEGAN, EMG, HEADER, block, blocks_between, counts_at

LOST = GapReason.LINK_LOST


def stored(tmp_path: Path, blocks: list[CountBlock], gaps: list[Gap], header: NightHeader = HEADER) -> StoredNight:
    file = NightFile.create(tmp_path / header.file_name, header)
    file.append(blocks, gaps)
    file.finish()
    return StoredNight(file.path)


def test_a_night_without_a_loss_is_one_file_with_the_counts_as_digital_values(tmp_path: Path) -> None:
    night = stored(tmp_path, [*blocks_between(EMG, 0, 10_000, 100), *blocks_between(ACC, 0, 520, 10)], [])
    (path,) = export_night(night, tmp_path)
    assert path.name == "P01_L_2026-03-02_seg-01_223000.edf"
    file = read_edf(path)
    assert (file.startdate, file.starttime) == (datetime(2026, 3, 2).date(), datetime(2026, 3, 2, 22, 30).time())  # noqa: DTZ001 - EDF knows no zone
    assert file.patient.code == "P01"
    assert [signal.label for signal in file.signals] == ["EMG L-GM", "ACC L-X", "ACC L-Y", "ACC L-Z"]
    np.testing.assert_array_equal(file.signals[0].digital, counts_at(EMG, 0, 10_000)[:, 0])
    np.testing.assert_array_equal(
        np.stack([signal.digital for signal in file.signals[1:]], axis=1), counts_at(ACC, 0, 520)
    )
    with pyedflib.EdfReader(str(path)) as other:
        np.testing.assert_array_equal(other.readSignal(0, digital=True), counts_at(EMG, 0, 10_000)[:, 0])
        assert other.getPhysicalMaximum(0) == pytest.approx(3276.7)
    read = EdfNight(path)
    assert read.remarks == ()
    for ours, theirs in zip(night, read, strict=True):
        assert isinstance(ours, SampleBlock)
        assert isinstance(theirs, SampleBlock)
        np.testing.assert_allclose(theirs.values, ours.values, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("bits", [12, 16, 18, 24, 32])
@pytest.mark.parametrize("gain", [0.0483, -0.0483])
def test_every_converter_keeps_its_counts_and_its_scale(tmp_path: Path, bits: int, gain: float) -> None:
    gain /= 2 ** max(0, bits - 16)
    scale = Scale(gain, 1.5, bits)
    emg = CountedStream(
        "emg", 500.0, (Channel("EMG", "EMG", "L", "GM"), Channel("EMG", "EMG", "L", "TA")), (scale,) * 2
    )
    night = stored(tmp_path, list(blocks_between(emg, 0, 4000, 1000)), [], replace(HEADER, streams=(emg,)))
    (path,) = export_night(night, tmp_path)
    assert path.suffix == (".edf" if bits <= 16 else ".bdf")
    signals = (read_edf if bits <= 16 else read_bdf)(path).signals
    counts = counts_at(emg, 0, 4000)
    for i in range(2):
        np.testing.assert_array_equal(signals[i].digital, counts[:, i] >> max(0, bits - 24))
    values = next(iter(EdfNight(path, ("EMG L-GM", "EMG L-TA"))))
    assert isinstance(values, SampleBlock)
    full = abs(gain) * 2**bits
    np.testing.assert_allclose(values.values, counts * gain + 1.5, atol=full * 1e-5, rtol=0)


def test_a_loss_of_whole_seconds_parts_the_night(tmp_path: Path) -> None:
    """Samples up to 3.5 s and from 7.25 s on: records 0-3 and 7-9, all on the grid of sample 0."""
    blocks = [
        *blocks_between(EMG, 0, 3500, 100),
        *blocks_between(EMG, 7250, 10_000, 50),
        *blocks_between(ACC, 0, 182, 13),
        *blocks_between(ACC, 377, 520, 13),
    ]
    gaps = [Gap("emg", 3500, 7250, LOST), Gap("acc", 182, 377, LOST)]
    night = stored(tmp_path, blocks, gaps)
    paths = export_night(night, tmp_path)
    assert [path.name[-18:] for path in paths] == ["_seg-01_223000.edf", "_seg-02_223007.edf"]
    first, second = (EdfNight(path) for path in paths)
    assert (first.duration_s, second.duration_s) == (4, 3)
    assert first.start == datetime(2026, 3, 2, 22, 30)  # noqa: DTZ001 - EDF knows no zone
    assert first.start is not None
    assert second.start == first.start + timedelta(seconds=7)
    assert [(i.first_sample, i.end, type(i)) for i in first if i.stream == "emg"] == [
        (0, 3500, SampleBlock),
        (3500, 4000, Gap),
    ]
    assert [(i.first_sample, i.end, type(i)) for i in second if i.stream == "emg"] == [
        (0, 250, Gap),
        (250, 3000, SampleBlock),
    ]
    assert {i.reason for file in (first, second) for i in file if isinstance(i, Gap)} == {LOST}
    np.testing.assert_array_equal(read_edf(paths[1]).signals[0].digital[250:], counts_at(EMG, 7250, 2750)[:, 0])
    np.testing.assert_array_equal(read_edf(paths[1]).signals[3].digital[13:], counts_at(ACC, 377, 143)[:, 2])


def test_a_short_loss_stays_inside_marked_to_the_sample(tmp_path: Path) -> None:
    blocks = [
        *blocks_between(EMG, 0, 3100, 100),
        *blocks_between(EMG, 3913, 9000, 100),
        *blocks_between(ACC, 0, 468, 13),
    ]
    night = stored(tmp_path, blocks, [Gap("emg", 3100, 3913, LOST)])
    (path,) = export_night(night, tmp_path)
    assert [(i.first_sample, i.end) for i in EdfNight(path) if isinstance(i, Gap) and i.stream == "emg"] == [
        (3100, 3913)
    ]
    digital = read_edf(path).signals[0].digital
    np.testing.assert_array_equal(digital[3100:3913], 0)
    np.testing.assert_array_equal(digital[3913:], counts_at(EMG, 3913, 9000 - 3913)[:, 0])


def test_lost_contact_is_marked_and_its_samples_are_kept(tmp_path: Path) -> None:
    blocks = [block(EMG, 0, 2000), block(EMG, 2000, 1500, lead_off=True), block(EMG, 3500, 500), block(ACC, 0, 208)]
    (path,) = export_night(stored(tmp_path, blocks, []), tmp_path)
    assert [(a.onset_s, a.duration_s, a.text) for a in EdfNight(path).annotations] == [(2, 1.5, "gap: lead_off")]
    np.testing.assert_array_equal(read_edf(path).signals[0].digital, counts_at(EMG, 0, 4000)[:, 0])


def test_the_end_of_the_last_second_is_a_gap(tmp_path: Path) -> None:
    (path,) = export_night(stored(tmp_path, [block(EMG, 0, 1250), block(ACC, 0, 65)], []), tmp_path)
    gaps = [(i.stream, i.first_sample, i.end, i.reason) for i in EdfNight(path) if isinstance(i, Gap)]
    assert gaps == [
        ("emg", 1250, 2000, GapReason.NOT_RECORDED),
        ("acc", 65, 104, GapReason.NOT_RECORDED),
    ]


def test_the_fraction_of_the_second_at_which_the_night_began_is_kept(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / HEADER.file_name, HEADER)
    file.append([block(EMG, 0, 3000, lead_off=True)])
    file.anchor(ClockAnchor(0, 5.0, BEGAN + timedelta(microseconds=123_456), synchronised=True))
    file.commit()
    (path,) = export_night(StoredNight(file.path), tmp_path)
    read = EdfNight(path)
    assert read.start == datetime(2026, 3, 2, 22, 30, 0, 123_456)  # noqa: DTZ001 - EDF knows no zone
    assert [(a.onset_s, a.duration_s) for a in read.annotations] == [(0, 3)]


def test_a_stream_that_is_lost_alone_does_not_cost_the_other(tmp_path: Path) -> None:
    """Acceleration pauses from 5 to 15 s, which stays inside, and ends at 30 s, 70 s before EMG does."""
    blocks = [*blocks_between(EMG, 0, 100_000, 1000), block(ACC, 0, 260), block(ACC, 780, 780)]
    night = stored(tmp_path, blocks, [Gap("acc", 260, 780, LOST)])
    first, second = export_night(night, tmp_path)
    assert (EdfNight(first).duration_s, EdfNight(second).duration_s) == (30, 70)
    assert [stream.name for stream in EdfNight(first).streams] == ["emg", "acc"]
    assert [stream.name for stream in EdfNight(second).streams] == ["emg"]
    assert [(a.onset_s, a.duration_s, a.text) for a in EdfNight(first).annotations] == [(5, 10, "gap: link_lost")]
    assert EdfNight(second).annotations == ()
    np.testing.assert_array_equal(read_edf(second).signals[0].digital, counts_at(EMG, 30_000, 70_000)[:, 0])


def test_rates_that_are_not_whole_get_longer_records(tmp_path: Path) -> None:
    emg = replace(EMG, fs_hz=1024.0)
    acc = replace(ACC, fs_hz=51.2)
    header = replace(HEADER, streams=(emg, acc))
    night = stored(tmp_path, [*blocks_between(emg, 0, 10_240, 512), *blocks_between(acc, 0, 512, 64)], [], header)
    (path,) = export_night(night, tmp_path)
    file = read_edf(path)
    assert file.data_record_duration == 5
    np.testing.assert_array_equal(file.signals[1].digital, counts_at(acc, 0, 512)[:, 0])
    assert [i for i in EdfNight(path) if isinstance(i, Gap)] == []


def test_what_edf_cannot_hold_is_refused(tmp_path: Path) -> None:
    odd = replace(EMG, fs_hz=1000.123)
    night = stored(tmp_path, [block(odd, 0, 2000)], [], replace(HEADER, streams=(odd,)))
    with pytest.raises(WritingError, match="data records of 1000 s"):
        export_night(night, tmp_path)
    small = replace(EMG, scales=(Scale(0.1, 0, 12),))
    header = replace(HEADER, streams=(small,), participant="P02")
    night = stored(tmp_path, [block(EMG, 0, 2000)], [], header)
    with pytest.raises(WritingError, match="holds the count -32768, which no converter of 12 bits gives"):
        export_night(night, tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".night", ".night"]


def test_a_night_without_a_sample_gives_no_file(tmp_path: Path) -> None:
    assert export_night(stored(tmp_path, [], [Gap("emg", 0, 5000, LOST)]), tmp_path) == ()


def test_the_night_of_the_change_to_winter_time_names_each_segment_by_the_clock_on_the_wall(tmp_path: Path) -> None:
    header = replace(HEADER, began=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    hour = 3600 * 1000
    night = stored(tmp_path, [block(EMG, 0, 1000), block(EMG, hour, 1000)], [Gap("emg", 1000, hour, LOST)], header)
    assert [path.name[-10:] for path in export_night(night, tmp_path)] == ["023000.edf", "023000.edf"]
