"""A disk that is full, read-only or gone: an error in words, what was stored stays good, writing goes on after."""

import shutil
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from recordings import StorageError
from recordings.night_file import NightFile, NoteKind, StoredNight, verify
from tests.recordings.night_file.disks import Disk, can_mount, limited, mounted, pull_out, set_read_only
from tests.recordings.night_file.made_nights import ACC, BEGAN, EMG, HEADER, block, is_planted


@pytest.fixture
def own_disk(tmp_path: Path) -> Generator[Path]:
    with mounted(tmp_path / "disk") as disk:
        yield disk.folder


@pytest.fixture(params=["limited", *(["mounted"] if can_mount() else [])])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder) if request.param == "mounted" else limited(folder) as made:
        yield made


def second(file: NightFile, at: int) -> None:
    file.append([block(EMG, 1000 * at, 1000), block(ACC, 52 * at, 52)])
    file.note(NoteKind.STATUS, f"second {at}", BEGAN)
    file.commit()


def assert_holds(path: Path, seconds: int) -> None:
    items = list(StoredNight(path))
    assert [(item.stream, item.first_sample, item.end) for item in items] == [
        ("emg", 0, 1000 * seconds),
        ("acc", 0, 52 * seconds),
    ]
    assert is_planted(EMG, items[:1])
    assert is_planted(ACC, items[1:])
    assert verify(path) == ()


def test_a_full_disk_costs_nothing_and_writing_goes_on_when_there_is_room(disk: Disk) -> None:
    file = NightFile.create(disk.folder / "n.night", HEADER)
    for at in range(3):
        second(file, at)
    disk.fill()
    for at in range(3, 8):
        with pytest.raises(StorageError, match="full"):
            second(file, at)
        assert_holds(file.path, 3)
        assert file.pending_bytes == (at - 2) * (4000 + 52 * 12)
    disk.free()
    second(file, 8)
    assert file.pending_bytes == 0
    assert_holds(file.path, 9)
    assert [note.text for note in StoredNight(file.path).notes] == [f"second {at}" for at in range(9)]
    file.finish()
    assert_holds(file.path, 9)


def test_what_could_not_be_stored_can_be_given_up(disk: Disk) -> None:
    file = NightFile.create(disk.folder / "n.night", HEADER)
    second(file, 0)
    disk.fill()
    with pytest.raises(StorageError):
        second(file, 1)
    file.drop_pending()
    disk.free()
    file.append([block(EMG, 2000, 1000)])
    file.commit()
    assert [(b.first_sample, b.end) for b in file.blocks() if b.stream == "emg"] == [(0, 1000), (2000, 3000)]


def test_a_night_that_cannot_be_finished_now_is_finished_later(disk: Disk) -> None:
    file = NightFile.create(disk.folder / "n.night", HEADER)
    second(file, 0)
    disk.fill()
    file.append([block(EMG, 1000, 1000), block(ACC, 52, 52)])
    with pytest.raises(StorageError, match="full"):
        file.finish()
    assert not StoredNight(file.path).finished
    disk.free()
    file.finish()
    assert StoredNight(file.path).finished
    assert_holds(file.path, 2)


def test_no_half_made_file_is_left_on_a_full_disk(disk: Disk) -> None:
    (disk.folder / "other").write_bytes(b"x")
    disk.fill()
    with pytest.raises(StorageError, match=r"full|fails"):
        NightFile.create(disk.folder / "n.night", HEADER)
    disk.free()
    assert {path.name for path in disk.folder.iterdir()} - {"other", "filler"} == set()
    NightFile.create(disk.folder / "n.night", HEADER).close()


def test_a_folder_that_is_deleted_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "nights"
    folder.mkdir()
    file = NightFile.create(folder / "n.night", HEADER)
    second(file, 0)
    shutil.rmtree(folder)
    for at in (1, 2):
        with pytest.raises(StorageError, match="cannot be written: No such file"):
            second(file, at)
    with pytest.raises(StorageError, match=r"cannot be opened|No such file"):
        NightFile.create(folder / "n.night", HEADER)


def test_a_file_that_comes_back_is_gone_on_with(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    second(file, 0)
    file.close()
    kept = shutil.copy(file.path, tmp_path / "kept")
    second(file, 1)
    file.path.unlink()
    with pytest.raises(StorageError):
        second(file, 2)
    shutil.copy(kept, file.path)
    second(file, 3)
    assert_holds(file.path, 4)


def test_a_deleted_wal_costs_nothing_that_was_committed(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    second(file, 0)
    second(file, 1)
    (tmp_path / "n.night-wal").unlink()
    with pytest.raises(StorageError, match="No such file"):
        second(file, 2)
    second(file, 3)
    assert_holds(file.path, 4)


def test_another_nights_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    second(file, 0)
    file.path.unlink()
    other = NightFile.create(file.path, replace(HEADER, participant="P02"))
    for _ in range(2):
        with pytest.raises(StorageError, match="another"):
            second(file, 1)
    assert list(other.blocks()) == []


if can_mount():  # elsewhere there is no disk to take away; a deleted folder looks the same to the writer

    def test_a_disk_that_becomes_read_only_is_noticed(own_disk: Path) -> None:
        file = NightFile.create(own_disk / "n.night", HEADER)
        second(file, 0)
        file.close()
        set_read_only(own_disk, read_only=True)
        for at in (1, 2):
            with pytest.raises(StorageError, match="read-only"):
                second(file, at)
        assert_holds(file.path, 1)
        set_read_only(own_disk, read_only=False)
        second(file, 3)
        assert_holds(file.path, 4)

    def test_an_unfinished_night_is_read_from_a_read_only_disk(tmp_path: Path, own_disk: Path) -> None:
        file = NightFile.create(tmp_path / "n.night", HEADER)
        for at in range(3):
            second(file, at)
        for path in tmp_path.glob("n.night*"):
            shutil.copy(path, own_disk)
        set_read_only(own_disk, read_only=True)
        assert_holds(own_disk / "n.night", 3)

    def test_a_finished_night_is_read_from_a_read_only_disk(own_disk: Path) -> None:
        file = NightFile.create(own_disk / "n.night", HEADER)
        second(file, 0)
        file.finish()
        set_read_only(own_disk, read_only=True)
        assert_holds(file.path, 1)

    def test_a_disk_that_is_pulled_out_is_noticed(own_disk: Path) -> None:
        file = NightFile.create(own_disk / "n.night", HEADER)
        second(file, 0)
        pull_out(own_disk)
        for at in (1, 2):
            with pytest.raises(StorageError, match="No such file"):
                second(file, at)
        assert file.pending_bytes == 2 * (4000 + 52 * 12)
