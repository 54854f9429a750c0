"""A night file as a source: gaps, holes, lost contact, wall time, and what is said of it."""

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from recordings.night_file import ClockAnchor, NightFile, NoteKind, StoredNight
from signals import CountBlock, Gap, GapReason, SampleBlock, Source, StreamItem
from tests.recordings.night_file.made_nights import ACC, BEGAN, EMG, HEADER, block, blocks_between, is_planted

LOST, RESTART, HOST = GapReason.LINK_LOST, GapReason.SENSOR_RESTART, GapReason.HOST_STOPPED


def stored(tmp_path: Path, blocks: Sequence[CountBlock], gaps: Sequence[Gap] = ()) -> NightFile:
    tmp_path.mkdir(exist_ok=True)
    file = NightFile.create(tmp_path / "n.night", HEADER)
    file.append(blocks, gaps)
    file.commit()
    return file


def spans(items: Sequence[StreamItem]) -> list[tuple[int, int, GapReason | None]]:
    return [(i.first_sample, i.end, i.reason if isinstance(i, Gap) else None) for i in items]


def test_gap_rows_and_holes_without_one(tmp_path: Path) -> None:
    blocks = [block(EMG, 0, 100), block(EMG, 300, 100), block(EMG, 500, 100)]
    file = stored(tmp_path, blocks, [Gap("emg", 150, 250, LOST), Gap("emg", 600, 700, RESTART)])
    night = StoredNight(file.path)
    assert spans(list(night)) == [
        (0, 100, None),
        (100, 150, HOST),
        (150, 250, LOST),
        (250, 300, HOST),
        (300, 400, None),
        (400, 500, HOST),
        (500, 600, None),
        (600, 700, RESTART),
    ]
    assert night.gaps() == (Gap("emg", 150, 250, LOST), Gap("emg", 600, 700, RESTART))
    assert night.duration_s == 0.7


def test_a_night_that_lacks_its_begin_is_told_so(tmp_path: Path) -> None:
    assert spans(list(StoredNight(stored(tmp_path, [block(EMG, 100, 50)]).path))) == [
        (0, 100, HOST),
        (100, 150, None),
    ]


def test_samples_that_came_after_all_count_more_than_the_gap_that_they_fill(tmp_path: Path) -> None:
    file = stored(tmp_path, [block(EMG, 0, 100)], [Gap("emg", 100, 400, LOST)])
    file.append([block(EMG, 150, 100), block(EMG, 400, 50)])
    file.commit()
    assert spans(list(StoredNight(file.path))) == [
        (0, 100, None),
        (100, 150, LOST),
        (150, 250, None),
        (250, 400, LOST),
        (400, 450, None),
    ]
    assert file.gaps() == (Gap("emg", 100, 150, LOST), Gap("emg", 250, 400, LOST))


def test_blocks_that_overlap_give_every_sample_once(tmp_path: Path) -> None:
    file = stored(tmp_path, [block(EMG, 0, 100), block(EMG, 50, 100), block(EMG, 60, 20), block(EMG, 140, 100)])
    assert [(b.first_sample, b.end, b.counter) for b in file.blocks()] == [
        (0, 100, 7),
        (100, 150, 107),
        (150, 240, 157),
    ]
    items = list(StoredNight(file.path))
    assert spans(items) == [(0, 240, None)]
    assert is_planted(EMG, items)


def test_lost_contact_is_a_gap_of_emg_whose_samples_stay_in_the_file(tmp_path: Path) -> None:
    blocks = [
        block(EMG, 0, 100),
        block(EMG, 100, 100, lead_off=True),
        block(EMG, 200, 100),
        block(ACC, 0, 15, lead_off=True),
    ]
    file = stored(tmp_path, blocks)
    assert spans(list(StoredNight(file.path))) == [
        (0, 100, None),
        (100, 200, GapReason.LEAD_OFF),
        (200, 300, None),
        (0, 15, None),
    ]
    kept = [b for b in file.blocks() if b.lead_off and b.stream == "emg"]
    np.testing.assert_array_equal(kept[0].counts, block(EMG, 100, 100).counts)


def test_what_is_replayed_is_what_the_detector_was_given_live(tmp_path: Path) -> None:
    blocks = [
        *(block(EMG, first, 100, lead_off=first in (300, 400, 900)) for first in range(0, 2000, 100)),
        *(block(ACC, first, 13, lead_off=first == 26) for first in range(0, 104, 13)),
    ]
    live = [
        Gap("emg", b.first_sample, b.end, GapReason.LEAD_OFF)
        if b.lead_off and b.stream == "emg"
        else (EMG if b.stream == "emg" else ACC).physical(b)
        for b in blocks
    ]
    for stream in ("emg", "acc"):
        replayed = [i for i in StoredNight(stored(tmp_path / stream, blocks).path) if i.stream == stream]
        assert _flat(replayed) == _flat([i for i in live if i.stream == stream])


def _flat(items: Sequence[StreamItem]) -> list[object]:
    """Return every sample of items as a value of its own: its bits, or why it is lost."""
    return [
        value
        for item in items
        for value in (
            [item.reason] * (item.end - item.first_sample)
            if isinstance(item, Gap)
            else [row.tobytes() for row in item.values]
        )
    ]


def test_one_stream_can_be_asked_for(tmp_path: Path) -> None:
    night = StoredNight(stored(tmp_path, [block(EMG, 0, 100), block(ACC, 0, 15)]).path)
    assert [b.stream for b in night.blocks("acc")] == ["acc"]
    assert [b.stream for b in night.blocks()] == ["emg", "acc"]


@pytest.mark.parametrize("block_s", [0.013, 0.5, 1.0, 7.7, 60.0])
def test_the_cut_changes_nothing(tmp_path: Path, block_s: float) -> None:
    blocks = [
        *blocks_between(EMG, 0, 4000, 100),
        *blocks_between(EMG, 5000, 9000, 130),
        *blocks_between(ACC, 0, 468, 11),
    ]
    path = stored(tmp_path, blocks, [Gap("emg", 4000, 5000, LOST)]).path
    night: Source = StoredNight(path, block_s)
    items = list(night)
    assert items[0].stream == "emg"
    for stream in (EMG, ACC):
        mine = [item for item in items if item.stream == stream.name]
        assert [a.end for a in mine[:-1]] == [b.first_sample for b in mine[1:]]
        assert is_planted(stream, mine)
        lost = [item for item in mine if isinstance(item, Gap)]
        assert sum(item.end - item.first_sample for item in lost) == (1000 if stream is EMG else 0)
    # streams are cut in step: acceleration never lags behind by more than one cut
    at_s = {"emg": 0.0, "acc": 0.0}
    for item in items:
        at_s[item.stream] = item.end / (1000 if item.stream == "emg" else 52)
        assert abs(at_s["emg"] - at_s["acc"]) <= block_s + 1 / 52


def test_a_stream_that_ends_early_ends_there(tmp_path: Path) -> None:
    path = stored(tmp_path, [*blocks_between(EMG, 0, 9000, 100), block(ACC, 0, 52)]).path
    items = list(StoredNight(path, 2))
    assert max(i.end for i in items if i.stream == "emg") == 9000
    assert [spans([i]) for i in items if i.stream == "acc"] == [[(0, 52, None)]]


def test_an_empty_night_is_read_as_empty(tmp_path: Path) -> None:
    night = StoredNight(stored(tmp_path, []).path)
    assert list(night) == []
    assert night.duration_s == 0


def test_a_gap_of_hours_is_no_burden(tmp_path: Path) -> None:
    hours = 3 * 3600
    path = stored(
        tmp_path, [block(EMG, 0, 100), block(EMG, hours * 1000, 100)], [Gap("emg", 100, hours * 1000, LOST)]
    ).path
    items = list(StoredNight(path))
    assert sum(i.end - i.first_sample for i in items if isinstance(i, Gap)) == hours * 1000 - 100
    assert [spans([i])[0][:2] for i in items if isinstance(i, SampleBlock)] == [
        (0, 100),
        (hours * 1000, hours * 1000 + 100),
    ]


WRONG = datetime(2020, 1, 1, tzinfo=UTC)


def anchored(*anchors: ClockAnchor, tmp_path: Path) -> StoredNight:
    file = stored(tmp_path, [block(EMG, 0, 100)])
    for anchor in anchors:
        file.anchor(anchor)
    file.commit()
    return StoredNight(file.path)


def test_without_an_anchor_the_night_began_when_its_file_was_made(tmp_path: Path) -> None:
    night = anchored(tmp_path=tmp_path)
    assert night.start == datetime(2026, 3, 2, 22, 30, tzinfo=ZoneInfo("Europe/Zurich"))
    assert night.start is not None
    assert night.start.utcoffset() == timedelta(hours=1)


def test_a_clock_that_was_set_during_the_night_tells_when_it_began(tmp_path: Path) -> None:
    """The computer started in 2020 and learned the time after an hour; its oscillator is 40 ppm slow."""
    night = anchored(
        ClockAnchor(500, 100.5, WRONG),
        ClockAnchor(3_600_000, 100 + 3600 * (1 - 40e-6), BEGAN + timedelta(hours=1), synchronised=True),
        ClockAnchor(7_200_000, 100 + 7200 * (1 - 40e-6), WRONG),  # and lost the network again
        tmp_path=tmp_path,
    )
    assert night.start is not None
    began = BEGAN + timedelta(seconds=3600 * 40e-6)  # by the host's clock the hour was shorter
    assert abs(night.start - began) < timedelta(milliseconds=1)


def test_a_restart_of_the_computer_leaves_the_count_of_samples(tmp_path: Path) -> None:
    night = anchored(
        ClockAnchor(0, 5000.0, WRONG),
        ClockAnchor(3_600_000, 12.0, BEGAN + timedelta(hours=1), synchronised=True),
        tmp_path=tmp_path,
    )
    assert night.start == BEGAN


def test_without_a_synchronised_clock_the_last_anchor_counts(tmp_path: Path) -> None:
    night = anchored(ClockAnchor(0, 0.0, WRONG), ClockAnchor(1000, 1.0, BEGAN), tmp_path=tmp_path)
    assert night.start == BEGAN - timedelta(seconds=1)


def test_the_night_of_the_change_to_summer_time(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", replace(HEADER, night=date(2026, 3, 28)))
    file.append([block(EMG, 0, 100)])
    file.anchor(ClockAnchor(7_200_000, 7200.0, datetime(2026, 3, 29, 2, 30, tzinfo=UTC), synchronised=True))
    file.commit()
    night = StoredNight(file.path)
    assert night.start is not None
    assert night.start.isoformat() == "2026-03-29T01:30:00+01:00"
    assert night.remarks == ("the recording was not finished; read is what is on the disk",)


def test_what_was_said_stands_in_the_remarks(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", replace(HEADER, night=date(2020, 1, 1), remarks=("250 Hz",)))
    file.note(NoteKind.REMARK, "the sensor counts no samples", BEGAN)
    file.note(NoteKind.LINK, "lost", BEGAN)
    file.finish()
    assert StoredNight(file.path).remarks == (
        "250 Hz",
        "the sensor counts no samples",
        "the file was made for the night of 2020-01-01, by its clock it is that of 2026-03-02",
    )


def test_a_cut_of_no_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="block_s is 0"):
        StoredNight(tmp_path / "n.night", 0)


def test_memory_is_that_of_a_cut_not_of_the_night(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    for minute in range(30):
        file.append(blocks_between(EMG, 60_000 * minute, 60_000 * (minute + 1), 1000))
        file.commit()
    tracemalloc.start()
    samples = sum(item.end - item.first_sample for item in StoredNight(file.path, 10))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert samples == 1_800_000
    assert peak < 4_000_000  # the night takes 14 MB in float64
