"""The overnight service: all sensors, the noon between two nights, the signs of life, and a clean end."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from crampwatch.monitoring.evenings import noon_after
from crampwatch.monitoring.health import State
from crampwatch.monitoring.heartbeat import Heartbeat, now_s
from crampwatch.monitoring.station import Station
from crampwatch.monitoring.surroundings import Surroundings
from crampwatch.monitoring.systemd import tell_systemd
from crampwatch.monitoring.wakefulness import Inhibitor, SleepWatch
from crampwatch.telling import length

LOOK_S, LEAST_PAUSE_S = 1.0, 0.05  # wall clock; a made-up night may go faster
SLEPT_S = 1.0
STEPPED = timedelta(minutes=1)
"""A clock that jumps further than that was set; noon is then looked for anew, and no night ends by it."""


class Screen(Protocol):
    """Where people look."""

    def show(self, stations: Sequence[Station]) -> None:
        """Show how things are now; called every second or so."""
        ...


class Monitor:
    """Watches sensors until it is told to stop.

    `end` is when to stop by itself, in UTC, with the nights finished; None for never. SIGINT (Ctrl-C) finishes the
    nights too; SIGTERM, which a service manager or a shutdown sends, leaves them to be gone on with.
    """

    def __init__(
        self, stations: Sequence[Station], around: Surroundings, screen: Screen, beat: Path, end: datetime | None
    ) -> None:
        self._stations = tuple(stations)
        self._around = around
        self._screen = screen
        self._beat = beat
        self._end = end
        self._clock = around.clock
        self._stop = asyncio.Event()
        self._finish = True
        self._utc, self._at_s = self._clock.utc(), self._clock.monotonic()
        self._noon = noon_after(self._utc, around.zone)
        self._beaten_s = -1e9

    async def run(self) -> None:
        """Watch; returns when the end has come and everything is on the disk."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self.stop)
        loop.add_signal_handler(signal.SIGTERM, lambda: self.stop(finish=False))
        inhibitor, sleep = Inhibitor(), SleepWatch()
        if inhibitor.refused is not None:
            self._say("awake", inhibitor.refused)
        watching = [asyncio.create_task(station.run()) for station in self._stations]
        tell_systemd("READY=1")
        try:
            while not self._stop.is_set():
                self._look(sleep.slept_s())
                await self._pause()
            if self._finish:
                await self._catch_up()
        finally:
            tell_systemd("STOPPING=1")
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
            await self._ended()
            inhibitor.close()

    def stop(self, *, finish: bool = True) -> None:
        """Stop soon; finish the nights, or leave them to be gone on with."""
        self._finish = self._finish and finish
        self._stop.set()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(max(LEAST_PAUSE_S, LOOK_S / self._clock.speed)):
                await self._stop.wait()
        except TimeoutError:
            pass

    async def _catch_up(self) -> None:
        """Let samples that are asked for again come in before the nights end, for a while."""
        with contextlib.suppress(TimeoutError):
            async with self._clock.deadline(self._around.settings.catch_up_s):
                while any(station.catching_up() for station in self._stations):  # noqa: ASYNC110 - no event says so
                    await asyncio.sleep(LEAST_PAUSE_S)

    def _look(self, slept_s: float) -> None:
        """Do what has to be done every second."""
        utc, at_s = self._clock.utc(), self._clock.monotonic()
        stepped = (utc - self._utc) - timedelta(seconds=at_s - self._at_s)
        self._utc, self._at_s = utc, at_s
        if slept_s > SLEPT_S:
            self._say("host_slept", f"this computer was suspended for {length(slept_s)}; reconnecting")
        if abs(stepped) > STEPPED:
            self._say("clock_set", f"this computer's clock was set by {length(abs(stepped.total_seconds()))}")
            self._noon = noon_after(utc, self._around.zone)
        if utc >= self._noon:
            self._noon = noon_after(utc, self._around.zone)
            for station in self._stations:
                station.end_night()
        if self._end is not None and utc >= self._end:
            self.stop()
        self._screen.show(self._stations)
        self._live()

    def _live(self) -> None:
        """Give the signs of life, as long as every sensor's samples are processed or the fault is known."""
        if not all(station.alive() for station in self._stations):
            return
        tell_systemd("WATCHDOG=1")
        if now_s() - self._beaten_s >= self._around.settings.heartbeat_s:
            self._beaten_s = now_s()
            self._write_beat()

    def _write_beat(self, *, ended: bool = False) -> None:
        state = max((station.announcer.state for station in self._stations), default=State.OK)
        words = "; ".join(f"{station.name}: {station.announcer.words}" for station in self._stations)
        tell_systemd(f"STATUS={state.name}: {words}")
        try:
            Heartbeat.now(state, words, ended=ended).write(self._beat)
        except OSError as error:  # the companion will miss it and raise the alarm, which is right
            self._say("heartbeat", f"the sign of life cannot be written: {self._beat}: {error.strerror}")

    async def _ended(self) -> None:
        ends = [station.stop(finish=self._finish) for station in self._stations]
        for result in await asyncio.gather(*ends, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
        self._around.notices.close(wait=False)
        self._write_beat(ended=True)

    def _say(self, event: str, words: str) -> None:
        for station in self._stations:
            station.journal.say(event, words)
