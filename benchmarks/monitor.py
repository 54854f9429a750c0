"""What a monitor costs, how late it is, and how many sensors it bears.

`python benchmarks/monitor.py cost [--minutes 4]`: one live sensor at the speed of life; processor time and memory
of the monitor's process, and how long after its onset a cramp is flagged.
`python benchmarks/monitor.py sixteen [--minutes 3]`: sixteen virtual sensors in one process, eight monitors of two
sensors each; what is missing at the end.
`python benchmarks/monitor.py night [--hours 8] [--speed 60]`: memory of a long night, time-scaled, sensor and
monitor in one process on a clock that waits for both.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import psutil

from crampwatch.lockstep import LockstepClock
from crampwatch.monitoring.finishing import Finisher
from crampwatch.monitoring.notices import Notices
from crampwatch.monitoring.settings import MonitorSettings
from crampwatch.monitoring.station import Station
from crampwatch.monitoring.surroundings import Surroundings
from crampwatch.scoring import Request
from firmware_bridge.host_clock import HostClock
from firmware_bridge.virtual.hardware import Hardware
from firmware_bridge.virtual.pty import SerialCarrier
from firmware_bridge.virtual.sensor import VirtualSensor
from models import DEFAULT_PROFILE, Profile
from nights.log import SensorRegister
from recordings.night_file import StoredNight
from signals import Channel, Gap, Leg, SampleBlock, Stream, StreamItem

CRAMPWATCH = str(Path(sys.executable).with_name("crampwatch"))
CRAMP_S = (60.0, 100.0)
LEGS: tuple[Leg, Leg] = ("L", "R")
MB = 1e6


class RestingLeg:
    """A leg that rests, with a cramp after a minute and then one every half hour; made as it is read."""

    def __init__(self, duration_s: float, seed: int = 0) -> None:
        self.streams = (
            Stream("emg", 1000.0, (Channel("EMG L-GM", "EMG", "L", "GM"),)),
            Stream("acc", 52.0, tuple(Channel(f"ACC L-{axis}", "ACC", "L", axis) for axis in "XYZ")),
        )
        self.start: datetime | None = None
        self._duration_s, self._seed = duration_s, seed

    def __iter__(self) -> Iterator[StreamItem]:
        """Give ten seconds of both streams at a time."""
        rng = np.random.default_rng(self._seed)
        for at_s in range(0, int(self._duration_s), 10):
            cramping = CRAMP_S[0] <= at_s % 1800 < CRAMP_S[1]
            yield SampleBlock("emg", at_s * 1000, rng.normal(0, 60.0 if cramping else 3.0, (10_000, 1)))
            still = rng.normal(0, 0.002, (520, 3)) + np.array((0.1, -0.2, 0.97))
            yield SampleBlock("acc", at_s * 52, still)


def cost(folder: Path, minutes: float, profile: str) -> dict[str, object]:
    """Measure one sensor at the speed of life."""
    with sensors(folder, 1, minutes) as ports, monitor(folder, ports, "P01", profile) as process:
        began_s = time.monotonic()
        wait_for(lambda: bool(list((folder / "P01").glob("*.night"))))
        time.sleep(20.0)
        measured = psutil.Process(process.pid)
        used_s, at_s = sum(measured.cpu_times()[:2]), time.monotonic()
        time.sleep(max(0.0, minutes * 60.0 - (time.monotonic() - began_s)))
        share = (sum(measured.cpu_times()[:2]) - used_s) / (time.monotonic() - at_s)
        memory = measured.memory_info().rss / MB
    (log,) = (folder / "P01").glob("*_log.jsonl")
    flags = [line for line in map(json.loads, log.read_text("utf-8").splitlines()) if line["event"] == "flag"]
    (night,) = (StoredNight(path) for path in (folder / "P01").glob("*.night"))
    began = night.start
    assert began is not None  # noqa: S101 - a night file has one
    late_s = [(datetime.fromisoformat(f["at"]) - began).total_seconds() - f["onset_s"] for f in flags]
    decided_s = [f["at_s"] - f["onset_s"] for f in flags]
    return {
        "cpu_share_of_one_core_percent": round(100 * share, 2),
        "memory_mb": round(memory),
        "flag_after_onset_s": [round(late, 2) for late in late_s],
        "of_which_transport_and_processing_s": [
            round(late - decided, 2) for late, decided in zip(late_s, decided_s, strict=True)
        ],
        "load": os.getloadavg(),
    }


def sixteen(folder: Path, minutes: float, profile: str) -> dict[str, object]:
    """Let eight monitors watch sixteen sensors."""
    with ExitStack() as stack:
        ports = stack.enter_context(sensors(folder, 16, minutes + 5))
        pairs = [(f"P{i:02d}", ports[2 * i : 2 * i + 2]) for i in range(8)]
        started = [stack.enter_context(monitor(folder, pair, person, profile)) for person, pair in pairs]
        wait_for(lambda: len(list(folder.glob("P*/*.night"))) == len(ports))
        began_s = time.monotonic()
        used_s = sum(sum(psutil.Process(process.pid).cpu_times()[:2]) for process in started)
        time.sleep(minutes * 60.0)
        used_s = sum(sum(psutil.Process(process.pid).cpu_times()[:2]) for process in started) - used_s
        share = used_s / (time.monotonic() - began_s)
    nights = [StoredNight(path) for path in sorted(folder.glob("P*/*.night"))]
    return {
        "nights": len(nights),
        "shortest_s": round(min(night.duration_s for night in nights), 1),
        "gaps": sum(isinstance(item, Gap) for night in nights for item in night),
        "cpu_share_of_one_core_percent": round(100 * share, 1),
        "load": os.getloadavg(),
    }


def night(folder: Path, hours: float, speed: float) -> dict[str, object]:
    """Follow the memory of a whole night."""
    return asyncio.run(_night(folder, hours, speed))


async def _night(folder: Path, hours: float, speed: float) -> dict[str, object]:
    clock = LockstepClock(speed, datetime(2026, 3, 2, 21, 0, tzinfo=UTC))
    sensor = VirtualSensor(RestingLeg(hours * 3600 + 600), clock, Hardware(keeps_s=3600.0))
    carrier = asyncio.create_task(SerialCarrier(sensor, folder / "port0").run())
    profile, db, out = Profile.load(DEFAULT_PROFILE), f"sqlite:///{folder / 'nights.db'}", folder / "P01"
    out.mkdir()
    around = Surroundings(
        clock=clock,
        zone=ZoneInfo("UTC"),
        profile=profile,
        out=out,
        db=db,
        settings=MonitorSettings(),
        finisher=Finisher(out, db, Request(profile=profile, report=False)),
        notices=Notices((), print),
        notify_flags=False,
        shown=lambda line: print(line, file=sys.stderr, flush=True),
    )
    with SensorRegister(db) as register:
        binding = register.bind(f"serial:{folder / 'port0'}", "P01", "L", datetime.now(UTC))
    station = Station(f"serial:{folder / 'port0'}", binding, around)
    memory: dict[str, int] = {}
    began_s = time.monotonic()
    async with clock.running():
        running = asyncio.create_task(station.run())
        for minute in (10, *range(60, int(hours * 60) + 1, 60)):
            while not (station.keeper.night and station.keeper.night.counted_s >= minute * 60.0):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            memory[f"after_{minute}_min_mb"] = round(psutil.Process().memory_info().rss / MB)
        running.cancel()
        await asyncio.wait([running])
        await station.stop(finish=False)
    carrier.cancel()
    await asyncio.wait([carrier])
    return {**memory, "took_s": round(time.monotonic() - began_s)}


class sensors:  # noqa: N801 - used as a context, like a function
    """Virtual sensors in a process of their own; gives their ports."""

    def __init__(self, folder: Path, number: int, minutes: float) -> None:
        self._ports = [folder / f"port{i}" for i in range(number)]
        self._duration_s = minutes * 60.0 + 120.0
        self._child = 0

    def __enter__(self) -> list[Path]:
        """Start them and wait for their ports."""
        self._child = os.fork()
        if self._child == 0:
            asyncio.run(self._serve())
        wait_for(lambda: all(port.exists() for port in self._ports))
        return self._ports

    def __exit__(self, *_: object) -> None:
        """Switch them off."""
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)

    async def _serve(self) -> None:
        clock = HostClock()
        made = [
            SerialCarrier(
                VirtualSensor(RestingLeg(self._duration_s, i), clock, Hardware(serial=f"CW-{i}")), self._ports[i]
            )
            for i in range(len(self._ports))
        ]
        await asyncio.gather(*(carrier.run() for carrier in made))


class monitor:  # noqa: N801 - as above
    """A monitor of one person in a process of its own; its night is finished at the end."""

    def __init__(self, folder: Path, ports: list[Path], person: str, profile: str) -> None:
        db = f"sqlite:///{folder / 'nights.db'}"
        self._words = [CRAMPWATCH, "monitor", "--participant", person, "--zone", "UTC", "--db", db]
        self._words += ["--out", str(folder / person), "--profile", profile]
        with SensorRegister(db) as register:
            for port, leg in zip(ports, LEGS, strict=False):
                register.bind(f"serial:{port}", person, leg, datetime.now(UTC))
                self._words += ["--sensor", f"serial:{port}"]

    def __enter__(self) -> subprocess.Popen[bytes]:
        """Start it."""
        self._process = subprocess.Popen(self._words, stdout=subprocess.DEVNULL)
        return self._process

    def __exit__(self, *_: object) -> None:
        """End its night and wait for it."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait()


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while not condition():
        time.sleep(0.05)


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("cost", "sixteen", "night"))
    parser.add_argument("--profile", default=DEFAULT_PROFILE)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--speed", type=float, default=60.0)
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="crampwatch-monitor-"))
    if wanted.what == "night":
        found = night(folder, wanted.hours, wanted.speed)
    else:
        found = (cost if wanted.what == "cost" else sixteen)(folder, wanted.minutes, wanted.profile)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
