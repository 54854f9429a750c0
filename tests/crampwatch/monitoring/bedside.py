"""A bedside in one process: virtual sensors behind pseudo-terminals, a monitor, and the truth about both."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from crampwatch.monitoring.finishing import Finisher
from crampwatch.monitoring.heartbeat import FILE_NAME
from crampwatch.monitoring.notices import Notices
from crampwatch.monitoring.service import Monitor
from crampwatch.monitoring.settings import MonitorSettings
from crampwatch.monitoring.station import Station
from crampwatch.monitoring.surroundings import Surroundings
from crampwatch.scoring import Request
from firmware_bridge.host_clock import HostClock
from firmware_bridge.virtual.faults import FaultScript
from firmware_bridge.virtual.hardware import Hardware
from firmware_bridge.virtual.pty import SerialCarrier
from firmware_bridge.virtual.sensor import VirtualSensor
from models import DEFAULT_PROFILE, Profile
from nights.log import SensorRegister
from recordings.night_file import StoredNight
from signals import Counts, Leg, SampleBlock, Stream, StreamItem
from tests.made_up import Planted, acc_stream, emg_stream, lying, muscle

ZONE = ZoneInfo("Europe/Zurich")
PATIENCE_S = 120.0  # of the wall clock, for anything


class MadeNight:
    """A quiet leg with contractions, as a source."""

    def __init__(self, duration_s: float, *planted: Planted) -> None:
        self.streams: tuple[Stream, ...] = (emg_stream(), acc_stream())
        self.start: datetime | None = None
        self._values = (muscle(duration_s, *planted), lying(duration_s))

    def __iter__(self) -> Iterator[StreamItem]:
        """Deliver each stream in one piece."""
        for stream, values in zip(self.streams, self._values, strict=True):
            yield SampleBlock(stream.name, 0, values)


class SetClock(HostClock):
    """A host whose system clock says something else than that of the machine under it."""

    ahead = timedelta()

    def utc(self) -> datetime:
        """Return the time that this host believes in."""
        return super().utc() + self.ahead


class Lines:
    """A screen that remembers what was printed."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def show(self, stations: object) -> None:
        """Show nothing."""

    def said(self, words: str) -> bool:
        """Whether a line held these words."""
        return any(words in line for line in self.lines)


@dataclass(kw_only=True)
class Bedside:
    """What a test holds in its hands."""

    folder: Path
    clock: SetClock
    screen: Lines
    around: Surroundings
    sensors: dict[Leg, VirtualSensor]
    stations: dict[Leg, Station] = field(default_factory=dict[Leg, Station])
    monitor: Monitor | None = None
    _running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start a monitor for all sensors."""
        with SensorRegister(self.around.db) as register:
            for leg in self.sensors:
                uri = f"serial:{self.folder / leg}"
                binding = register.bind(uri, "P01", leg, datetime.now(UTC))
                self.stations[leg] = Station(uri, binding, self.around)
        beat = self.folder / FILE_NAME
        self.monitor = Monitor(tuple(self.stations.values()), self.around, self.screen, beat, None)
        self._running = asyncio.create_task(self.monitor.run())

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something has happened; what ended the monitor early is raised here."""
        tries = 0
        while not condition():
            if self._running is not None and self._running.done():
                self._running.result()
            tries += 1
            assert tries < PATIENCE_S / 0.02, "\n".join((*self._nights(), *self.screen.lines[:60]))
            await asyncio.sleep(0.02)

    def _nights(self) -> Iterator[str]:
        for leg, station in self.stations.items():
            night = station.keeper.night
            yield f"{leg}: {station.condition.link}, " + (
                f"{night.seen_s:.3f} s seen, {night.counted_s:.3f} s counted" if night else "no night"
            )

    async def until_counted(self, seconds: float, leg: Leg = "L") -> None:
        """Wait until so much of a night has been counted."""
        await self.until(lambda: self.counted_s(leg) >= seconds)

    def counted_s(self, leg: Leg = "L") -> float:
        """Return how much of the night in progress has been counted."""
        night = self.stations[leg].keeper.night
        return night.counted_s if night else 0.0

    async def end(self, *, finish: bool = True) -> None:
        """Stop the monitor and wait for it."""
        assert self.monitor is not None
        assert self._running is not None
        self.monitor.stop(finish=finish)
        await self._running

    def files(self, leg: Leg = "L") -> list[StoredNight]:
        """Return the night files of a leg, in order of their names."""
        return [StoredNight(path) for path in sorted(self.around.out.glob(f"P01_{leg}_*.night"))]


@asynccontextmanager
async def bedside(
    folder: Path,
    source: MadeNight,
    *,
    speed: float,
    scripts: dict[Leg, FaultScript] | None = None,
    hardware: Hardware | None = None,
    out: Path | None = None,
    **settings: Any,
) -> AsyncGenerator[Bedside]:
    """Set up a bedside with a sensor for each leg that has a script, or else for the left one."""
    clock, screen = SetClock(speed), Lines()
    profile = Profile.load(DEFAULT_PROFILE)
    (folder / "out").mkdir(exist_ok=True)
    db = f"sqlite:///{folder / 'nights.db'}"
    around = Surroundings(
        clock=clock,
        zone=ZONE,
        profile=profile,
        out=out or folder / "out",
        db=db,
        settings=replace(MonitorSettings(), disk_warning_mb=0.0, **settings),
        finisher=Finisher(folder / "out", db, Request(profile=profile, report=False)),
        notices=Notices((), screen.lines.append),
        notify_flags=False,
        shown=screen.lines.append,
    )
    sensors: dict[Leg, VirtualSensor] = {
        leg: VirtualSensor(source, clock, hardware or Hardware(serial=f"CW-{leg}"), script, remembers=True)
        for leg, script in (scripts or {"L": FaultScript()}).items()
    }
    carriers = [asyncio.create_task(SerialCarrier(sensor, folder / leg).run()) for leg, sensor in sensors.items()]
    try:
        yield Bedside(folder=folder, clock=clock, screen=screen, around=around, sensors=sensors)
    finally:
        for carrier in carriers:
            carrier.cancel()
        await asyncio.gather(*carriers, return_exceptions=True)


def stored(night: StoredNight, stream: str = "emg") -> Counts:
    """Return all that a night file has of a stream, in order."""
    return np.concatenate([block.counts for block in night.blocks() if block.stream == stream])
