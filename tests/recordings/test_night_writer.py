"""Writing a night block by block, read back with our reader, edfio and pyEDFlib."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyedflib
import pytest
from edfio import read_edf

from recordings import Annotation, EdfNight
from recordings.errors import WritingError
from recordings.night_writer import write_night
from signals import Channel, Gap, GapReason, SampleBlock, Stream, StreamItem

EMG = Stream("emg", 1000, tuple(Channel(f"EMG L-{m}", "EMG", "L", m, (-1500.0, 1500.0)) for m in ("GM", "TA")))
ACC = Stream("acc", 52, tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis, (-4.0, 4.0)) for axis in "XYZ"))
STEP_UV = 3000 / 65535
START = datetime.fromisoformat("2026-03-28T23:15:07")
GAP = Annotation(2.5, 1.25, "gap: link_lost")


@dataclass
class Noise:
    """A source of noise, cut every `block` seconds or so, with a gap from 2.5 to 3.75 s."""

    seconds: int
    block: float = 0.7
    streams: tuple[Stream, ...] = (EMG, ACC)
    start: datetime | None = START

    def values(self, stream: Stream) -> np.ndarray:
        """All samples of a stream."""
        rng = np.random.default_rng(3)
        limit = 1400 if stream is EMG else 3
        return rng.uniform(-limit, limit, (round(self.seconds * stream.fs_hz), len(stream.channels)))

    def __iter__(self) -> Iterator[StreamItem]:
        for stream in self.streams:
            values, fs = self.values(stream), stream.fs_hz
            gap = Gap(stream.name, round(2.5 * fs), round(3.75 * fs), GapReason.LINK_LOST)
            for a, b in ((0, gap.first_sample), (gap.end, len(values))):
                if a:
                    yield gap
                for first in range(a, b, round(self.block * fs)):
                    yield SampleBlock(stream.name, first, values[first : min(b, first + round(self.block * fs))])


def test_samples_gaps_and_annotations_come_back(tmp_path: Path) -> None:
    path, source = tmp_path / "night.edf", Noise(12)
    marks = [Annotation(i * 0.1, 0.5 if i % 2 else None, f"mark {i} µ") for i in range(100)]
    write_night(path, source, 12, "P-017", [*marks, GAP])
    night = EdfNight(path)
    assert (night.start, night.participant, night.remarks, night.duration_s) == (source.start, "P-017", (), 12)
    assert [c for s in night.streams for c in s.channels] == [c for s in source.streams for c in s.channels]
    assert sorted(a.text for a in night.annotations) == sorted(m.text for m in [*marks, GAP])
    items = [item for item in night if item.stream == "emg"]
    assert [i for i in items if isinstance(i, Gap)] == [Gap("emg", 2500, 3750, GapReason.LINK_LOST)]
    read = np.concatenate([i.values for i in items if isinstance(i, SampleBlock)])
    expected = np.delete(source.values(EMG), np.arange(2500, 3750), axis=0)
    assert np.max(np.abs(read - expected)) <= STEP_UV / 2 + 1e-9


def test_edfio_and_pyedflib_read_the_same(tmp_path: Path) -> None:
    path, source = tmp_path / "night.edf", Noise(9)
    write_night(path, source, 9, None, [GAP, Annotation(8.0, None, "lights on")])
    expected = source.values(EMG)[:, 1]
    expected[2500:3750] = 0
    with pyedflib.EdfReader(str(path)) as reader:
        assert reader.getSignalLabels() == ["EMG L-GM", "EMG L-TA", "ACC L-X", "ACC L-Y", "ACC L-Z"]
        assert np.max(np.abs(reader.readSignal(1) - expected)) <= STEP_UV
        assert list(reader.readAnnotations()[2]) == ["gap: link_lost", "lights on"]
    edf = read_edf(path)
    assert [(a.onset, a.duration, a.text) for a in edf.annotations] == [
        (2.5, 1.25, "gap: link_lost"),
        (8.0, None, "lights on"),
    ]
    assert np.max(np.abs(edf.signals[1].data - expected)) <= STEP_UV
    assert edf.num_data_records == 9


def test_a_night_without_annotations_and_start_can_be_written(tmp_path: Path) -> None:
    source = Noise(2, streams=(EMG,), start=None)
    short = [item for item in source if isinstance(item, SampleBlock) and item.end <= 2000]

    @dataclass
    class Piece(Noise):
        def __iter__(self) -> Iterator[StreamItem]:
            yield from short

    write_night(tmp_path / "n.edf", Piece(2, streams=(EMG,), start=None), 2, None)
    night = EdfNight(tmp_path / "n.edf")
    assert (night.start, night.annotations, night.duration_s) == (None, (), 2)


def test_what_cannot_be_written_is_refused_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "night.edf"
    path.write_bytes(b"yesterday")
    for message, source, seconds, marks in (
        ("lies in no annotation 'gap: link_lost'", Noise(5), 5, []),
        ("the source has 5 data records, 6 are asked for", Noise(5), 6, [GAP]),
        ("a night of 0 s is asked for", Noise(5), 0, [GAP]),
        ("has a character 0, 20 or 21", Noise(5), 5, [GAP, Annotation(0, None, "a\x14b")]),
        ("has a rate of 999.5 Hz", Noise(5, streams=(Stream("emg", 999.5, EMG.channels),)), 5, [GAP]),
        ("has no rails", Noise(5, streams=(Stream("emg", 1000, (Channel("EMG", "EMG"),)),)), 5, [GAP]),
    ):
        with pytest.raises(WritingError, match=message):
            write_night(path, source, seconds, None, marks)
        assert [entry.name for entry in tmp_path.iterdir()] == ["night.edf"]
        assert path.read_bytes() == b"yesterday"


def test_memory_does_not_grow_with_the_night(tmp_path: Path) -> None:
    @dataclass
    class Zeros(Noise):
        def __iter__(self) -> Iterator[StreamItem]:
            for second in range(self.seconds):
                yield SampleBlock("emg", second * 1000, np.zeros((1000, 2)))
                yield SampleBlock("acc", second * 52, np.zeros((52, 3)))

    peaks: list[int] = []
    for seconds in (100, 1000):
        tracemalloc.start()
        write_night(tmp_path / "n.edf", Zeros(seconds), seconds, None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 0.5e6  # 4.3 MB of samples, of which none stays
