"""Kill a monitor at random moments, again and again, while a sensor streams at the speed of life.

`python benchmarks/kill_monitor.py [--kills 200] [--folder DIR]`: a virtual sensor in a process of its own, the
command `crampwatch monitor` in another one, ended by SIGKILL (by its process id) and started again. It is forked
from this process with its imports done, which saves seconds per kill. After every kill: is the night file valid,
and how much of what had arrived was not yet on the disk? At the end: is every sample there, bit for bit, and are
the counts those of the source, scored directly?
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crampwatch.command_line import app
from crampwatch.monitoring.assembling import Wishes
from crampwatch.scoring import Request, score_recording, silent
from models import DEFAULT_PROFILE, Profile
from nights.log import SensorRegister
from recordings import open_recording, write_edf
from recordings.night_file import StoredNight, verify
from signals import Channel, Gap, SampleBlock, Source, Stream

CRAMPWATCH = str(Path(sys.executable).with_name("crampwatch"))
ZONE = "Europe/Zurich"
CRAMP_EVERY_S, CRAMP_S = 180.0, 30.0
REST_UV, CRAMP_UV = 3.0, 60.0


def main() -> None:
    """Kill, look, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    folder = wanted.folder or Path(tempfile.mkdtemp(prefix="crampwatch-kills-"))
    folder.mkdir(parents=True, exist_ok=True)
    write_source(folder / "source.edf", 60.0 + 30.0 * wanted.kills)
    command = [CRAMPWATCH, "sensors", "virtual", "--night", str(folder / "source.edf")]
    with subprocess.Popen([*command, "--serial", str(folder / "port")], stdout=subprocess.DEVNULL) as sensor:
        try:
            lost_s, invalid = kill_often(folder, wanted.kills, random.Random(wanted.seed))  # noqa: S311 - moments
        finally:
            sensor.kill()
    print(
        json.dumps({**report(folder), **figures(lost_s), "kills": wanted.kills, "invalid_files": invalid}, indent=1)
    )


def write_source(path: Path, duration_s: float) -> None:
    """Write noise with a contraction of 30 s every three minutes, and a leg that lies still."""
    rng = np.random.default_rng(1)
    emg = rng.normal(0, REST_UV, (round(duration_s * 1000), 1))
    for onset_s in np.arange(60.0, duration_s - CRAMP_S, CRAMP_EVERY_S):
        emg[round(onset_s * 1000) : round((onset_s + CRAMP_S) * 1000)] *= CRAMP_UV / REST_UV
    acc = rng.normal(0, 0.002, (round(duration_s * 50), 3)) + np.array((0.1, -0.2, 0.97))
    streams = (
        Stream("emg", 1000.0, (Channel("EMG L-GM", "EMG", "L", "GM"),)),
        Stream("acc", 50.0, tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis) for axis in "XYZ")),
    )
    write_edf(path, streams, (emg, acc), None, None)


def kill_often(folder: Path, kills: int, dice: random.Random) -> tuple[list[float], int]:
    """Start and kill; return what each kill has cost in s, and how often the file was not valid."""
    db, uri = f"sqlite:///{folder / 'nights.db'}", f"serial:{folder / 'port'}"
    with SensorRegister(db) as register:
        register.bind(uri, "P01", "L", datetime.now(UTC))
    options = ["--sensor", uri, "--participant", "P01", "--zone", ZONE, "--db", db, "--out", str(folder / "out")]
    lost_s: list[float] = []
    invalid = 0
    with (folder / "said.txt").open("a") as said:
        for number in range(kills + 1):
            began = datetime.now(UTC)
            monitor = start(options, said.fileno())
            path = wait_until_stored(folder / "out", began)
            if number == kills:
                time.sleep(10.0)  # what is missing comes in
                os.kill(monitor, signal.SIGINT)
                os.waitpid(monitor, 0)
                break
            time.sleep(dice.uniform(0.0, 2.0))
            killed = datetime.now(UTC)
            os.kill(monitor, signal.SIGKILL)
            os.waitpid(monitor, 0)
            lost_s.append((killed - last_received(path)).total_seconds())
            invalid += verify(path) != ()
            if number % 20 == 0:
                print(f"{number} kills, worst {max(lost_s):.2f} s", file=sys.stderr, flush=True)
    return lost_s, invalid


def start(options: list[str], said: int) -> int:
    """Start a monitor whose words go to a file; return its process id."""
    assert Wishes  # noqa: S101 - what a monitor needs is imported
    child = os.fork()
    if child == 0:
        os.dup2(said, 1)
        app(["monitor", *options])
        os._exit(0)
    return child


def wait_until_stored(out: Path, since: datetime) -> Path:
    """Wait until samples that came after `since` are on the disk."""
    while True:
        for path in out.glob("*.night"):
            if last_received(path) > since:
                return path
        time.sleep(0.05)


def last_received(path: Path) -> datetime:
    """Return when the newest stored sample came in."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        (newest,) = connection.execute("SELECT max(received) FROM blocks").fetchone()
    return datetime.fromisoformat(newest) if newest else datetime.min.replace(tzinfo=UTC)


def figures(lost_s: list[float]) -> dict[str, float]:
    """Sum up what was not on the disk when the process was killed."""
    return {
        "not_on_disk_worst_s": round(max(lost_s), 3),
        "not_on_disk_median_s": round(float(np.median(lost_s)), 3),
        "not_on_disk_over_1_s": sum(lost > 1.0 for lost in lost_s),
    }


def report(folder: Path) -> dict[str, object]:
    """Hold the finished night against its source."""
    (path,) = (folder / "out").glob("*.night")
    night = StoredNight(path)
    kept, source = emg_of(night), emg_of(open_recording(folder / "source.edf"))
    step = night.header.streams[0].scales[0].gain
    request = Request(profile=Profile.load(DEFAULT_PROFILE), report=False)
    direct = score_recording(folder / "source.edf", folder / "direct", request, silent).record
    again = score_recording(path, folder / "again", request, silent)
    end_s = night.duration_s - 120.0
    table = (folder / "out" / f"{path.stem}_events.tsv").read_text("utf-8")
    return {
        "night_s": round(night.duration_s, 1),
        "gaps": len([item for item in night if isinstance(item, Gap)]),
        "samples_that_differ": int((np.abs(kept - source[: len(kept)]) > step / 2 * 1.000_001).sum()),
        "episodes_of_both_the_same": [
            (s.label, s.episode.start_s) for s in again.record.episodes if s.episode.end_s < end_s
        ]
        == [(s.label, s.episode.start_s) for s in direct.episodes if s.episode.end_s < end_s],
        "cramps": again.record.cramp_count,
        "live_table_is_that_of_the_file": table == again.events.read_text("utf-8"),
    }


def emg_of(source: Source) -> NDArray[np.float64]:
    """Return all EMG in one piece; what is missing is left out."""
    return np.concatenate([i.values for i in source if i.stream == "emg" and isinstance(i, SampleBlock)])


if __name__ == "__main__":
    main()
