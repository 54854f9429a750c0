"""A night file is append-only, a finished one never changes, and a changed byte of content is found."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from recordings import FinishedNightError, RecordingError, StorageError, open_recording
from recordings.night_file import NightFile, NoteKind, StoredNight, content_sha256, is_night_file, verify
from signals import Gap, GapReason, SampleBlock
from tests.recordings.night_file.made_nights import ACC, BEGAN, EMG, HEADER, block, blocks_between, is_planted

PAGE = 16384
ANYTHING = {"INTEGER": "2", "REAL": "0.5", "TEXT": "''", "BLOB": "x''"}


class Make(Protocol):
    """Makes a night of some seconds, one commit each, the last gap not yet committed."""

    def __call__(self, seconds: int = 20) -> NightFile:
        """Make it."""
        ...


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(seconds: int = 20) -> NightFile:
        file = NightFile.create(tmp_path / "n.night", HEADER)
        for second in range(seconds):
            file.append(blocks_between(EMG, 1000 * second, 1000 * (second + 1), 100))
            file.append([block(ACC, 52 * second, 52)])
            file.note(NoteKind.STATUS, f"battery {100 - second} %", BEGAN)
            file.commit()
        file.append([], [Gap("emg", 1000 * seconds, 1000 * seconds + 1000, GapReason.LINK_LOST)])
        return file

    return made


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE blocks SET counts = zeroblob(2000) WHERE id = 3",
        "DELETE FROM blocks WHERE id = 3",
        "INSERT OR REPLACE INTO notes (id, at, kind, text, crc32) VALUES (1, '', '', '', 0)",
        "UPDATE header SET document = '{}'",
        "DELETE FROM gaps",
        "UPDATE notes SET text = 'battery 100 %'",
    ],
)
def test_nothing_can_be_changed_or_taken_away(make: Make, change: str, *, finished: bool) -> None:
    file = make()
    if finished:
        file.finish()
    else:
        file.commit()
    before = content_sha256(file.path)
    with closing(sqlite3.connect(file.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA recursive_triggers = OFF")
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|never changes"):
            connection.execute(change)
    assert content_sha256(file.path) == before


def test_nothing_can_be_added_to_a_finished_night(make: Make) -> None:
    file = make()
    file.finish()
    with closing(sqlite3.connect(file.path, isolation_level=None)) as connection:
        for table in ("blocks", "gaps", "notes", "anchors", "finished", "header"):
            kinds = [row[2] for row in connection.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(ANYTHING[kind] for kind in kinds[1:])
            with pytest.raises(sqlite3.IntegrityError, match="a finished night file never changes"):
                connection.execute(f"INSERT INTO {table} VALUES (NULL, {values})")  # noqa: S608 - made up here
    with pytest.raises(FinishedNightError, match="never changes again"):
        NightFile.open(file.path)
    whole = file.path.read_bytes()
    file.append([block(EMG, 21_000, 10)])
    with pytest.raises(StorageError, match="a finished night file never changes"):
        file.commit()
    assert file.path.read_bytes() == whole


def test_a_finished_night_is_one_file_whose_sum_is_that_of_its_content(make: Make, tmp_path: Path) -> None:
    file = make()
    file.commit()
    before = content_sha256(file.path)
    assert file.finish() == before == content_sha256(file.path)
    assert file.finish() == before
    assert [p.name for p in tmp_path.iterdir()] == ["n.night"]
    assert verify(file.path) == ()
    assert StoredNight(file.path).finished


def test_an_unfinished_night_has_nothing_wrong(make: Make) -> None:
    file = make()
    file.commit()
    assert verify(file.path) == ()
    assert not StoredNight(file.path).finished


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO notes (at, kind, text, crc32) VALUES ('2026-03-02T22:00:00+00:00', 'flag', 'x', 0)",
        "DELETE FROM blocks WHERE id = (SELECT max(id) FROM blocks)",
        "DELETE FROM notes WHERE id = 4",
        "UPDATE anchors SET sample = 1",
    ],
)
def test_who_takes_the_triggers_away_is_found(make: Make, change: str) -> None:
    file = make()
    file.finish()
    with closing(sqlite3.connect(file.path, isolation_level=None)) as connection:
        triggers = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        definitions = [r[0] for r in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")]
        for trigger in triggers:
            connection.execute(f"DROP TRIGGER {trigger}")
        changed = connection.execute(change).rowcount
        assert verify(file.path) != ()
        for definition in definitions:
            connection.execute(definition)
    assert (verify(file.path) == ()) == (changed == 0)


def test_every_flipped_bit_of_a_sample_is_found(make: Make) -> None:
    file = make()
    file.finish()
    whole = file.path.read_bytes()
    rows = list(file.blocks())
    assert len(rows) == 40
    rng = np.random.default_rng(1)
    for row in rows:
        packed = bytearray(sound := row.counts.astype("<i2").tobytes())
        packed[rng.integers(len(packed))] ^= 1 << rng.integers(8)
        file.path.write_bytes(whole.replace(sound, packed))  # SQLite leaves copies in unused room
        assert len(verify(file.path)) >= 2  # the row, and the sum of the file


def test_a_flipped_bit_that_is_not_found_is_no_content(make: Make) -> None:
    file = make(100)
    before = file.finish()
    whole = file.path.read_bytes()
    places = np.random.default_rng(2).choice(len(whole), 60, replace=False)
    found = 0
    for place in places.tolist():
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        file.path.write_bytes(damaged)
        if verify(file.path):
            found += 1
        else:  # unused room in a page, or SQLite's own bookkeeping
            assert content_sha256(file.path) == before
    assert found >= 20


def test_a_damaged_row_is_a_gap_and_the_rest_is_read(make: Make) -> None:
    file = make()
    file.finish()
    whole = bytearray(file.path.read_bytes())
    (row,) = (b for b in file.blocks() if (b.stream, b.first_sample) == ("emg", 7000))
    place = whole.index(row.counts.astype("<i2").tobytes())
    whole[place + 500] ^= 4
    file.path.write_bytes(whole)
    night = StoredNight(file.path)
    items = list(night)
    assert [item for item in items if isinstance(item, Gap)] == [
        Gap("emg", 7000, 8000, GapReason.NOT_RECORDED),
        Gap("emg", 20_000, 21_000, GapReason.LINK_LOST),
    ]
    assert is_planted(EMG, [item for item in items if item.stream == "emg"])
    assert "1 rows of blocks in the file are damaged; what they held is a gap (not_recorded)" in night.remarks
    assert verify(file.path)[0] == "row 15 of blocks is damaged or missing"


def test_no_page_of_the_file_is_needed_for_the_others(make: Make) -> None:
    file = make(100)
    file.finish()
    whole = file.path.read_bytes()
    readable = 0
    for page in range(1, len(whole) // PAGE):
        file.path.write_bytes(whole[: page * PAGE] + bytes(PAGE) + whole[(page + 1) * PAGE :])
        assert verify(file.path) != ()
        try:
            items = list(StoredNight(file.path))
        except RecordingError:
            continue  # the page of the header, or one that holds the tables together
        assert is_planted(EMG, [item for item in items if item.stream == "emg"])
        assert is_planted(ACC, [item for item in items if item.stream == "acc"])
        samples = sum(len(item.values) for item in items if isinstance(item, SampleBlock))
        readable += samples >= 0.75 * 100 * 1052
    assert readable >= 0.5 * len(whole) / PAGE


def test_what_is_no_night_file_is_not_taken_for_one(tmp_path: Path, make: Make) -> None:
    file = make()
    file.finish()
    other = tmp_path / "other.night"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE header (id, document)")
    assert not is_night_file(other)
    assert not is_night_file(tmp_path / "none.night")
    renamed = file.path.rename(tmp_path / "night.edf")
    assert is_night_file(renamed)
    assert isinstance(open_recording(renamed), StoredNight)
    with pytest.raises(RecordingError, match="name none"):
        open_recording(renamed, ("EMG L-GM",))
    with closing(sqlite3.connect(renamed)) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(RecordingError, match="version 2, version 1 can be read"):
        open_recording(renamed)
