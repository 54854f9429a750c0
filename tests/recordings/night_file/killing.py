"""A process that writes a night file is killed at random moments; after each death the file must hold.

`python -m tests.recordings.night_file.killing FOLDER KILLS SEED` prints one line of JSON. One process imports
everything and forks the writers, so that a kill costs milliseconds.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from recordings.night_file import NightFile, StoredNight, verify
from signals import Gap, SampleBlock
from tests.recordings.night_file.made_nights import ACC, EMG, HEADER, block, is_planted

LONGEST_S = 0.06  # from the first commit, or from the start of the process
AT_START = 0.2  # share of the kills that come while the file is made or opened
BLOCK = 500


def write_until_killed(path: Path, told: int) -> None:
    """Go on with the night from where the file ends; tell after each commit how much is safe."""
    file = NightFile.open(path) if path.exists() else NightFile.create(path, HEADER)
    first = max((b.end for b in file.blocks() if b.stream == "emg"), default=0)
    while True:
        file.append([block(EMG, first, BLOCK), block(ACC, first * 52 // 1000, 26)])
        first += BLOCK
        file.commit()
        os.write(told, first.to_bytes(8, "little"))


def kill_once(path: Path, after_s: float, *, at_start: bool) -> tuple[int, int]:
    """Start a writer, kill it; return the samples that it said were safe (0: none), and those in the file."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_until_killed(path, theirs)
        finally:
            os._exit(1)
    os.close(theirs)
    first = b"" if at_start else os.read(ours, 8)  # on a busy machine making the file may take long
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, f"the writer ended by itself: {status}"
    with os.fdopen(ours, "rb") as pipe:
        said = first + pipe.read()
    safe = int.from_bytes(said[-8:], "little")
    if not path.exists():
        assert not said
        return 0, 0
    night = StoredNight(path)
    items = list(night)
    assert not [item for item in items if isinstance(item, Gap)]
    assert is_planted(EMG, [item for item in items if item.stream == "emg"])
    assert is_planted(ACC, [item for item in items if item.stream == "acc"])
    held = {
        s: sum(len(i.values) for i in items if isinstance(i, SampleBlock) and i.stream == s) for s in ("emg", "acc")
    }
    assert held["acc"] == held["emg"] * 52 // 1000
    return safe, held["emg"]


def main(folder: Path, kills: int, seed: int) -> dict[str, float]:
    """Kill `kills` writers of one night; raises AssertionError where the file does not hold."""
    path = folder / HEADER.file_name
    rng = random.Random(seed)  # noqa: S311 - no secret
    commits = 0
    ahead = 0
    safe = 0
    for _ in range(kills):
        said, held = kill_once(path, rng.uniform(0, LONGEST_S), at_start=rng.random() < AT_START)
        assert held >= max(safe, said), f"{max(safe, said)} samples were safe, {held} are in the file"
        ahead = max(ahead, held - max(safe, said))
        commits += (held - safe) // BLOCK
        safe = held
    assert verify(path) == ()
    file = NightFile.open(path)
    file.finish()
    assert verify(path) == ()
    return {"kills": kills, "commits": commits, "samples": safe, "most_ahead_of_what_was_told": ahead}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))  # noqa: T201 - its output
