"""How fast and with how much memory a night is scored, and what others make of the same hour.

Run: `.venv/bin/pip install -c constraints.txt -e ".[benchmark]"`, then
`.venv/bin/python benchmarks/score_night.py`. Makes an 8-hour and a 2-hour night with planted contractions, times
the whole `crampwatch score` process, the detector alone, and the floor (one pass of seven second-order sections
over the same EMG, plus reading the file) in the same run; then NeuroKit2's `emg_process` and psgscoring's
leg-movement scorer on one hour. Prints tables in Markdown.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from detection import Detector
from recordings import open_recording, write_edf
from signals import Channel, SampleBlock, Stream

EMG_HZ, ACC_HZ = 1000, 52
HOUR_S = 3600
REST_UV, MOVEMENT_UV, CRAMP_UV = 3.0, 60.0, 75.0
FLOOR_SECTIONS = 7
PEERS = Path(__file__).with_name("peers.py")

TIMED = """
import resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, capture_output=True)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Planted:
    """What is in the made-up night: onset and end of leg movements and of cramps, in s."""

    movements: tuple[tuple[float, float], ...]
    cramps: tuple[tuple[float, float], ...]


def plant(hours: float) -> Planted:
    """Plant leg movements every 25 s in the second quarter of each hour, and a cramp of 75 s at minute 50."""
    movements = [
        (hour * HOUR_S + 900 + 25 * k, hour * HOUR_S + 903 + 25 * k)
        for hour in range(int(hours))
        for k in range(36)
    ]
    return Planted(tuple(movements), tuple((h * HOUR_S + 3000.0, h * HOUR_S + 3075.0) for h in range(int(hours))))


def make_night(path: Path, hours: float) -> Planted:
    """Write a night of two EMG channels at 1 kHz and three axes at 52 Hz."""
    planted = plant(hours)
    rng = np.random.default_rng(2026)
    n = int(hours * HOUR_S * EMG_HZ)
    emg = np.empty((n, 2), order="F")
    for column in range(2):
        emg[:, column] = rng.standard_normal(n, dtype=np.float32) * REST_UV
    for spans, level_uv in ((planted.movements, MOVEMENT_UV), (planted.cramps, CRAMP_UV)):
        for start_s, end_s in spans:
            emg[int(start_s * EMG_HZ) : int(end_s * EMG_HZ), 0] *= level_uv / REST_UV
    acc = rng.standard_normal((int(hours * HOUR_S * ACC_HZ), 3)) * 0.002 + (0.1, -0.2, 0.97)
    streams = (
        Stream("emg", EMG_HZ, tuple(Channel(f"EMG L-{m}", "EMG", "L", m, (-2000.0, 2000.0)) for m in ("GM", "TA"))),
        Stream("acc", ACC_HZ, tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis, (-4.0, 4.0)) for axis in "XYZ")),
    )
    start = datetime(2026, 1, 15, 22, 30)  # noqa: DTZ001 - EDF has local wall time
    write_edf(path, streams, (emg, acc), start, "benchmark")
    return planted


def score_process(night: Path, folder: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of `crampwatch score` as a process of its own, report excluded."""
    command = [str(Path(sys.executable).with_name("crampwatch")), "score", str(night), "--no-report"]
    command += ["--out", str(folder / "results"), "--db", f"sqlite:///{folder / 'log.db'}"]
    run = [sys.executable, "-c", TIMED, *command]
    out = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    seconds, megabytes = out.split()
    return float(seconds), float(megabytes)


def detector_seconds(night: Path) -> float:
    """Seconds of reading and detecting, without starting Python."""
    began = time.perf_counter()
    source = open_recording(night)
    detector = Detector(source.streams)
    for item in source:
        detector.update(item)
    detector.finish()
    return time.perf_counter() - began


def floor_seconds(night: Path) -> float:
    """Seconds of reading and one pass of seven second-order sections over each EMG channel."""
    sections = np.tile(butter(1, 20, "highpass", fs=EMG_HZ, output="sos"), (FLOOR_SECTIONS, 1))
    states = [np.zeros((FLOOR_SECTIONS, 2)) for _ in range(2)]
    began = time.perf_counter()
    for item in open_recording(night):
        if isinstance(item, SampleBlock) and item.stream == "emg":
            for column, state in enumerate(states):
                _, state[:] = sosfilt(sections, item.values[:, column], zi=state)
    return time.perf_counter() - began


def found_in_hour(folder: Path) -> tuple[int, int]:
    """Cramps and leg movements that `crampwatch score` finds of those planted."""
    night = json.loads((folder / "results" / "hour_night.json").read_text("utf-8"))
    labels = [episode["label"] for episode in night["episodes"]]
    return labels.count("cramp"), labels.count("leg_movement")


def peers(hour: Path) -> Iterator[dict[str, object]]:
    """Run each peer on the first EMG channel of one hour, in a process of its own."""
    values = open_recording(hour)
    emg = np.concatenate([i.values[:, 0] for i in values if isinstance(i, SampleBlock) and i.stream == "emg"])
    array = hour.with_suffix(".npy")
    np.save(array, emg)
    for name in ("neurokit2", "psgscoring"):
        run = subprocess.run(
            [sys.executable, str(PEERS), name, str(array)], check=False, capture_output=True, text=True
        )
        if run.returncode:
            print(run.stderr[-400:], file=sys.stderr)
        else:
            yield json.loads(run.stdout.splitlines()[-1])


def nights_table(folder: Path, runs: int) -> Iterator[str]:
    """Time nights of 2 and 8 hours; a row each."""
    yield "| night | whole process, s | times real time | peak memory, MB | detector, s | floor, s | ratio |"
    yield "|---|---|---|---|---|---|---|"
    for hours in (2, 8):
        night = folder / f"night{hours}.edf"
        make_night(night, hours)
        timed = [score_process(night, folder) for _ in range(runs)]
        seconds, megabytes = min(s for s, _ in timed), max(mb for _, mb in timed)
        detector = min(detector_seconds(night) for _ in range(runs))
        floor = min(floor_seconds(night) for _ in range(runs))
        speed = f"{seconds:.2f} | {hours * HOUR_S / seconds:,.0f} | {megabytes:.0f}"
        yield f"| {hours} h | {speed} | {detector:.2f} | {floor:.2f} | {detector / floor:.2f} |"


def hour_table(folder: Path, runs: int) -> Iterator[str]:
    """Score the same hour with CrampWatch and with its peers; a row each."""
    yield "| one hour: 1 cramp of 75 s, 36 leg movements of 3 s | s | cramps | leg movements |"
    yield "|---|---|---|---|"
    hour = folder / "hour.edf"
    make_night(hour, 1)
    seconds, _ = min(score_process(hour, folder) for _ in range(runs))
    cramps, movements = found_in_hour(folder)
    yield f"| CrampWatch, whole process, both channels | {seconds:.2f} | {cramps} | {movements} |"
    for peer in peers(hour):
        yield f"| {peer['name']} | {peer['seconds']:.2f} | {peer['cramps']} | {peer['movements']} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="timings of which the least counts")
    runs = parser.parse_args().runs
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, numpy {np.__version__}")
    with tempfile.TemporaryDirectory() as scratch:
        for table in (nights_table, hour_table):
            print()
            for line in table(Path(scratch), runs):
                print(line, flush=True)


if __name__ == "__main__":
    main()
