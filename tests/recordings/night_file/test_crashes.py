"""What was committed is there after SIGKILL and after a power cut, and readers never disturb the writer."""

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np

from recordings.night_file import NightFile, StoredNight, content_sha256
from signals import SampleBlock
from tests.recordings.night_file.made_nights import ACC, EMG, HEADER, block, blocks_between, is_planted


def test_a_writer_that_is_killed_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.recordings.night_file.killing", str(tmp_path), "40", "1"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["kills"] == 40
    assert result["commits"] >= 20
    # what was committed but not yet told is at most one commit
    assert result["most_ahead_of_what_was_told"] <= 500


def test_after_a_power_cut_the_file_holds_all_commits_that_reached_the_disk(tmp_path: Path) -> None:
    """What a power cut leaves is imitated: file and WAL as they are, the WAL cut and torn anywhere."""
    file = NightFile.create(tmp_path / "n.night", HEADER)
    wal = tmp_path / "n.night-wal"
    lengths = [0]
    for second in range(30):
        file.append([block(EMG, 1000 * second, 1000), block(ACC, 52 * second, 52)])
        file.commit()
        lengths.append(wal.stat().st_size)
    rng = np.random.default_rng(5)
    for cut in rng.integers(0, lengths[-1], 40).tolist():
        after = tmp_path / f"after-{cut}"
        after.mkdir()
        shutil.copy(file.path, after)
        torn = bytes(rng.integers(0, 256, 3000, np.uint8))
        (after / "n.night-wal").write_bytes(wal.read_bytes()[:cut] + torn)
        whole = sum(length <= cut for length in lengths) - 1
        items = list(StoredNight(after / "n.night"))
        assert [(i.stream, i.end) for i in items] == [("emg", 1000 * whole), ("acc", 52 * whole)][: 2 * whole]
        assert is_planted(EMG, items[:1])
        again = NightFile.open(after / "n.night")
        again.append([block(EMG, 1000 * whole, 1000)])
        again.finish()
        assert sum(len(b.counts) for b in again.blocks() if b.stream == "emg") == 1000 * (whole + 1)


def test_a_night_is_read_while_it_is_written(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    ended = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for second in range(150):
                file.append(blocks_between(EMG, 1000 * second, 1000 * (second + 1), 250))
                file.commit()
        except BaseException as error:  # noqa: BLE001 - told by the other thread
            failures.append(error)
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    ends: list[int] = []
    while not ended.is_set():
        night = StoredNight(file.path, block_s=7)
        read = [item for item in night if isinstance(item, SampleBlock)]
        assert is_planted(EMG, list(read))
        assert sum(len(item.values) for item in read) == night.duration_s * 1000
        ends.append(int(night.duration_s))
    writer.join()
    assert failures == []
    assert ends == sorted(ends)
    assert StoredNight(file.path).duration_s == 150


def test_a_reader_in_the_middle_does_not_hinder_the_end(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    file.append(blocks_between(EMG, 0, 200_000, 1000))
    file.commit()
    night = StoredNight(file.path)
    items = iter(night)
    first = next(items)
    sha256 = file.finish()
    assert is_planted(EMG, [first, *items])
    assert content_sha256(file.path) == sha256


def test_blocks_are_appended_while_a_commit_is_under_way(tmp_path: Path) -> None:
    file = NightFile.create(tmp_path / "n.night", HEADER)
    stop = threading.Event()

    def commit() -> None:
        while not stop.is_set():
            file.commit()

    committer = threading.Thread(target=commit)
    committer.start()
    for piece in blocks_between(EMG, 0, 100_000, 100):
        file.append([piece])
    stop.set()
    committer.join()
    file.commit()
    items = list(StoredNight(file.path))
    assert sum(item.end - item.first_sample for item in items) == 100_000
    assert is_planted(EMG, items)
