"""What is appended to a night file comes back, bit for bit, in whatever order it came in."""

import random
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings import StorageError
from recordings.night_file import ClockAnchor, NightFile, NightHeader, Note, NoteKind, StoredNight
from recordings.night_file.rows import pack, unpack
from signals import Channel, CountBlock, CountedStream, Gap, GapReason, SampleBlock, Scale
from tests.recordings.night_file.made_nights import (
    ACC,
    BEGAN,
    EMG,
    HEADER,
    block,
    blocks_between,
    counts_at,
    is_planted,
)


@settings(deadline=None)
@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=40), st.sampled_from([8, 16, 24, 32]))
def test_counts_of_any_size_come_back_as_they_were_in_as_few_bytes_as_hold_them(
    values: list[int], bits: int
) -> None:
    half = 1 << (bits - 1)
    values = [value % (2 * half) - half for value in values]
    width, packed = pack(np.array(values, np.int32).reshape(-1, 1))
    assert [
        int.from_bytes(packed[i : i + width], "little", signed=True) for i in range(0, len(packed), width)
    ] == values
    assert unpack(width, packed, 1)[:, 0].tolist() == values
    assert width == 2 or not all(-(1 << 8 * width - 9) <= value < 1 << 8 * width - 9 for value in values)


def test_a_night_comes_back_bit_for_bit_with_everything_that_was_said_of_it(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / HEADER.file_name, HEADER)
    file.append(blocks_between(EMG, 0, 10_000, 50))
    file.append(blocks_between(ACC, 0, 520, 3))
    file.note(NoteKind.LINK, "lost: the sensor is out of reach", BEGAN)
    file.anchor(ClockAnchor(0, 17.25, BEGAN, synchronised=True))
    file.commit()
    night = StoredNight(file.path)
    assert night.path.name == "P01_L_2026-03-02.night"
    assert night.header == HEADER
    assert night.notes == (Note(NoteKind.LINK, "lost: the sensor is out of reach", BEGAN),)
    assert night.anchors == (ClockAnchor(0, 17.25, BEGAN, synchronised=True),)
    items = list(night)
    assert [(item.stream, item.first_sample, item.end) for item in items] == [("emg", 0, 10_000), ("acc", 0, 520)]
    assert is_planted(EMG, items[:1])
    assert is_planted(ACC, items[1:])
    assert night.streams == (EMG.stream, ACC.stream)
    assert night.duration_s == 10


@pytest.mark.parametrize("bits", [12, 16, 24, 32])
def test_every_converter_is_kept_whole(tmp_path: Path, bits: int) -> None:
    emg = CountedStream(
        "emg", 500.0, (Channel("EMG L-GM", "EMG"), Channel("EMG L-TA", "EMG")), (Scale(0.1, 0, bits),) * 2
    )
    file = NightFile.create(tmp_path / "n.night", replace(HEADER, streams=(emg,)))
    file.append([block(emg, 0, 2000)])
    file.commit()
    (read,) = file.blocks()
    np.testing.assert_array_equal(read.counts, counts_at(emg, 0, 2000))


def test_the_order_in_which_blocks_come_in_changes_nothing(tmp_path: Path) -> None:
    pieces = [
        *blocks_between(EMG, 0, 3000, 100),
        *blocks_between(EMG, 4000, 6000, 77),
        *blocks_between(ACC, 0, 300, 9),
    ]
    gaps = [Gap("emg", 3000, 3500, GapReason.LINK_LOST), Gap("emg", 3200, 4100, GapReason.SENSOR_RESTART)]
    reads: list[list[object]] = []
    for seed in range(5):
        order = random.Random(seed)  # noqa: S311 - no secret
        order.shuffle(pieces)
        order.shuffle(gaps)
        file = NightFile.create(tmp_path / f"{seed}.night", HEADER)
        for piece in pieces:
            file.append([piece, piece] if order.random() < 0.1 else [piece])
            if order.random() < 0.3:
                file.commit()
        file.append([], gaps)
        file.commit()
        night = StoredNight(file.path)
        items = [
            (i.stream, i.first_sample, i.end, i.values.tobytes() if isinstance(i, SampleBlock) else i.reason)
            for i in night
        ]
        counted = [(b.stream, b.first_sample, b.end) for b in night.blocks()]
        samples = [b for name in ("emg", "acc") for b in counted if b[0] == name]
        assert counted == sorted(samples, key=lambda b: (b[0] == "acc", b[1]))
        reads.append([items, night.gaps(), sum(b[2] - b[1] for b in counted)])
    assert all(read == reads[0] for read in reads)
    assert reads[0][1] == (
        Gap("emg", 3000, 3500, GapReason.LINK_LOST),
        Gap("emg", 3500, 4000, GapReason.SENSOR_RESTART),
    )
    assert reads[0][2] == 5000 + 300


def test_a_second_is_one_row_and_keeps_what_is_needed_to_ask_for_it_again(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    for second in range(3):
        file.append(blocks_between(EMG, 1000 * second, 1000 * (second + 1), 20))
        file.commit()
    (row, *_), n = (list(rows := list(file.blocks())), len(rows))
    assert n == 3
    assert (row.epoch, row.counter, row.received_s) == (0, 7, 1.0)
    assert row.received == BEGAN + timedelta(seconds=1)


def test_blocks_are_not_joined_over_a_restart_a_hole_or_a_lost_contact(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    parts = [
        block(EMG, 0, 10),
        block(EMG, 10, 10, epoch=1),
        block(EMG, 30, 10, epoch=1),
        block(EMG, 40, 10, epoch=1, lead_off=True),
    ]
    file.append(parts)
    file.commit()
    assert [(b.first_sample, b.end, b.epoch, b.counter, b.lead_off) for b in file.blocks()] == [
        (b.first_sample, b.end, b.epoch, b.counter, b.lead_off) for b in parts
    ]


def test_what_is_not_committed_is_not_in_the_file(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    file.append([block(EMG, 0, 100)])
    assert file.pending_bytes == 400
    assert list(file.blocks()) == []
    file.commit()
    assert file.pending_bytes == 0
    file.append([block(EMG, 100, 100)])
    assert file.drop_pending() == 400
    file.commit()
    assert [b.end for b in file.blocks()] == [100]


def test_a_stream_or_a_channel_that_the_file_does_not_have_is_refused(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", replace(HEADER, streams=(EMG,)))
    with pytest.raises(ValueError, match="no stream 'acc'; it has emg"):
        file.append([block(ACC, 0, 1)])
    two = CountBlock("emg", 0, np.zeros((1, 2), np.int32), 0, 0, 0.0, BEGAN)
    with pytest.raises(ValueError, match="has 2 channels, the night file has 1"):
        file.append([two])


def test_a_file_that_is_there_is_never_made_anew(tmp_path: Path) -> None:
    NightFile.create(tmp_path / "n.night", HEADER).close()
    with pytest.raises(StorageError, match="exists already"):
        NightFile.create(tmp_path / "n.night", HEADER)
    assert [p.name for p in tmp_path.iterdir()] == ["n.night"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"participant": " "}, "no pseudonym"),
        ({"leg": "X"}, "one of L, R"),
        ({"zone": "Mars/Olympus"}, "no time zone 'Mars/Olympus'"),
        ({"began": BEGAN.replace(tzinfo=None)}, "UTC is needed"),
        ({"streams": (ACC,)}, "emg is needed"),
    ],
)
def test_a_header_that_cannot_be_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(HEADER, **change)  # pyright: ignore[reportArgumentType] - wrong on purpose


def test_a_header_survives_its_document() -> None:
    header = replace(HEADER, participant="Ä/β 7", device_serial="x", remarks=("250 Hz",))
    assert NightHeader.from_json(header.as_json()) == header
    assert header.file_name == "%C3%84%2F%CE%B2%207_L_2026-03-02.night"


def test_another_program_reads_the_counts(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    file.append(blocks_between(EMG, 0, 2000, 100))
    file.finish()
    connection = sqlite3.connect(file.path)
    rows = connection.execute("SELECT width, counts FROM blocks WHERE stream = 'emg' ORDER BY first_sample")
    values = np.concatenate([np.frombuffer(packed, f"<i{width}") for width, packed in rows])
    connection.close()
    np.testing.assert_array_equal(values, counts_at(EMG, 0, 2000)[:, 0])
