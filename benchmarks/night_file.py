"""What storing a night costs, what a kill costs, and how fast a stored night is read and scored.

Run: `python benchmarks/night_file.py [--folder DISK] [--hours 8] [--commits 300] [--kills 200]`. `DISK` is the disk
whose commits are timed, by the clock; everything else is in seconds of a processor, so that a busy machine says the
same. Prints tables in Markdown.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from detection import Detector
from recordings import open_recording, sha256_of
from recordings.night_file import NightFile, NightHeader, StoredNight, export_night, verify
from signals import Channel, CountBlock, CountedStream, Scale

EMG_HZ, ACC_HZ = 1000, 52
REST_UV, CRAMP_UV, CRAMP_S = 3, 75, range(3000, 3075)
GAIN_UV = 0.06
BLOCKS_PER_S = 20  # frames of 50 ms, as over the air
BEGAN = datetime(2026, 1, 15, 21, 30, tzinfo=UTC)
HEADER = NightHeader(
    participant="benchmark",
    leg="L",
    zone="Europe/Zurich",
    night=date(2026, 1, 15),
    began=BEGAN,
    streams=(
        CountedStream(
            "emg", EMG_HZ, tuple(Channel(f"EMG L-{m}", "EMG", "L", m) for m in ("GM", "TA")), (Scale(GAIN_UV),) * 2
        ),
        CountedStream(
            "acc", ACC_HZ, tuple(Channel(f"ACC L-{a}", "ACC", "L", a) for a in "XYZ"), (Scale(1 / 8192),) * 3
        ),
    ),
    software="benchmark",
)


def seconds_of_a_night(n: int) -> Iterator[list[CountBlock]]:
    """Give the blocks of each second: noise of 3 uV, 75 s of contraction in minute 50 of each hour."""
    rng = np.random.default_rng(2026)
    for second in range(n):
        level = CRAMP_UV if second % 3600 in CRAMP_S else REST_UV
        emg = (rng.standard_normal((EMG_HZ, 2), np.float32) * (level / GAIN_UV)).astype(np.int32)
        acc = (rng.standard_normal((ACC_HZ, 3), np.float32) * 16 + (819, -1638, 7946)).astype(np.int32)
        each = EMG_HZ // BLOCKS_PER_S
        blocks = [
            CountBlock("emg", second * EMG_HZ + a, emg[a : a + each], 0, second * EMG_HZ + a, float(second), BEGAN)
            for a in range(0, EMG_HZ, each)
        ]
        yield [*blocks, CountBlock("acc", second * ACC_HZ, acc, 0, second * ACC_HZ, float(second), BEGAN)]


def written_bytes() -> int:
    """Bytes that this process has sent to the disk."""
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("write_bytes")).split()[1])


def row(what: str, seconds: list[float], n_bytes: int) -> str:
    """Return median, 99th percentile and largest in ms, and kB each, as a row of a table."""
    ordered = sorted(seconds)
    times = (statistics.median(ordered), ordered[int(0.99 * len(ordered))], ordered[-1])
    return f"| {what} | {' | '.join(f'{1000 * x:.2f}' for x in times)} | {n_bytes / len(ordered) / 1000:.1f} |"


def commits(folder: Path, n: int) -> Iterator[str]:
    """Time commits of one second each, and what they are held against: 5 kB appended to a plain file and synced."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        file = NightFile.create(Path(place) / HEADER.file_name, HEADER)
        nights = list(seconds_of_a_night(n))
        took: list[float] = []
        before = written_bytes()
        for blocks in nights:
            began = time.perf_counter()
            file.append(blocks)
            file.commit()
            took.append(time.perf_counter() - began)
        yield row("a second of a night, committed", took, written_bytes() - before)
        began = time.perf_counter()
        file.finish()
        yield f"| `finish()` after {n} s | {1000 * (time.perf_counter() - began):.1f} | | | |"
        took = []
        before = written_bytes()
        with (Path(place) / "plain").open("wb", buffering=0) as plain:
            for _ in range(n):
                began = time.perf_counter()
                plain.write(os.urandom(4400))
                os.fdatasync(plain.fileno())
                took.append(time.perf_counter() - began)
        yield row("4.4 kB to a plain file, `fdatasync`", took, written_bytes() - before)


def make(folder: Path, hours: float) -> tuple[Path, Path]:
    """Store a night second by second and export it; return night file and EDF."""
    file = NightFile.create(folder / HEADER.file_name, HEADER)
    for blocks in seconds_of_a_night(int(hours * 3600)):
        file.append(blocks)
        file.commit()
    file.finish()
    (edf,) = export_night(StoredNight(file.path), folder)
    return file.path, edf


def timed(what: str, night: Path) -> float:
    """Return the seconds of a processor that something takes with a night, in this process."""
    began = time.process_time()
    if what == "open":
        open_recording(night)
    elif what == "verify":
        assert verify(night) == ()  # noqa: S101 - a benchmark of what is wrong would say nothing
    elif what == "sum":
        sha256_of(night)
    else:
        source = open_recording(night)
        detector = Detector(source.streams)
        for item in source:
            if what == "score":
                detector.update(item)
    return time.process_time() - began


def process(night: Path, folder: Path) -> tuple[float, float]:
    """Return processor seconds and peak MB of `crampwatch score` as a process of its own, report excluded."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, capture_output=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
    )
    command = [str(Path(sys.executable).with_name("crampwatch")), "score", str(night), "--no-report"]
    command += ["--out", str(folder / night.suffix[1:]), "--db", f"sqlite:///{folder / 'log.db'}"]
    out = subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True, text=True).stdout
    seconds, megabytes = out.split()
    return float(seconds), float(megabytes)


def reading(folder: Path, hours: float, times: int) -> Iterator[str]:
    """Compare a night file with the EDF of the same counts, the least of some timings."""
    night, edf = make(folder, hours)
    for path in (night, edf):
        least = {what: min(timed(what, path) for _ in range(times)) for what in ("open", "read", "score", "sum")}
        whole = min(process(path, folder) for _ in range(times))
        cells = " | ".join(f"{least[what]:.2f}" for what in least)
        yield f"| `{path.suffix}` | {path.stat().st_size / 1e6:.1f} | {cells} | {whole[0]:.2f} | {whole[1]:.0f} |"
    yield f"\n`verify`: {min(timed('verify', night) for _ in range(times)):.2f} s"


def kills(n: int) -> str:
    """Kill a writing process `n` times; return what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.recordings.night_file.killing", folder, str(n), "2026"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return json.dumps(json.loads(done.stdout))


def main() -> None:
    """Run all and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path.cwd())
    parser.add_argument("--hours", type=float, default=8)
    parser.add_argument("--commits", type=int, default=300)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    print("| | median, ms | 99 %, ms | largest, ms | kB to the disk |\n|---|---|---|---|---|")
    print("\n".join(commits(options.folder, options.commits)), flush=True)
    print(f"\nkills: {kills(options.kills)}\n", flush=True)
    columns = ("file", "MB", "open, s", "read, s", "read and detect, s", "SHA-256, s", "`score`, s", "MB")
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    memory = Path("/dev/shm")  # noqa: S108 - a disk that costs nothing, where there is one
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        print("\n".join(reading(Path(folder), options.hours, options.times)))


if __name__ == "__main__":
    main()
