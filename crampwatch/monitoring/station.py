"""One sensor, watched: what the bridge says goes to the night, to the log, and into the judgement of its state."""

import asyncio
import traceback
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from crampwatch.monitoring.announcing import Announcer
from crampwatch.monitoring.condition import Condition
from crampwatch.monitoring.health import State, troubles
from crampwatch.monitoring.journal import Journal
from crampwatch.monitoring.keeper import NightKeeper
from crampwatch.monitoring.surroundings import Surroundings
from crampwatch.monitoring.watched_night import WatchedNight
from crampwatch.monitoring.worn_sensor import WornSensor
from firmware_bridge.bridge import Bridge
from firmware_bridge.events import Event, LinkDown, Opened, Placed, Released
from firmware_bridge.readings import Defects, Setup, Status
from firmware_bridge.sensor import SensorError, sensor_at
from nights.log import Binding, LogError, SensorRegister
from recordings.night_file import BatteryLevel, NoteKind, battery_in_words
from signals import LEGS

NOTED_STEP_V = 0.05
LEAST_PACE_S = 0.05  # wall clock: a made-up night that runs fast need not be committed more often


class Station:
    """One sensor and its nights; nothing that happens here touches another sensor."""

    def __init__(self, uri: str, binding: Binding, around: Surroundings) -> None:
        self.uri = uri
        self.binding = binding
        self.name = f"{binding.participant} {LEGS[binding.leg]}"
        self._around = around
        self._clock = around.clock
        self.condition = Condition(self._clock.monotonic())
        self.journal = Journal(around.local, around.shown, participant=binding.participant, leg=binding.leg)
        self.announcer = Announcer(self.name, self.journal, around.notices)
        self.keeper = NightKeeper(binding, self.journal, around)
        self._bridge: Bridge | None = None
        self._noted: Status | None = None
        self._noted_in: WatchedNight | None = None  # every night's file has the level that it begins with

    async def run(self) -> None:
        """Watch until cancelled; an error, of the sensor or of this program, costs a pause and nothing else."""
        pacing = asyncio.create_task(self._pace())
        try:
            while True:
                try:
                    await self._watch()
                except (SensorError, LogError) as error:
                    self.condition.refused = str(error)
                except Exception as error:  # noqa: BLE001 - said loudly, and the other sensor goes on
                    self._failed(error)
                await self.keeper.let_go()
                await self._clock.sleep(self._around.settings.restart_s)
        finally:
            pacing.cancel()

    async def stop(self, *, finish: bool) -> None:
        """Stop, after `run` was cancelled: finish the night, or leave it to be gone on with."""
        if finish:
            self.end_night()
        await self.keeper.let_go()
        await self.keeper.finished()
        self.journal.say("stopped", "stopped" if finish else "stopped; the night can be gone on with")
        await asyncio.to_thread(self.journal.close, self._journal_path())

    def end_night(self) -> None:
        """End the night and begin the next."""
        if self._bridge is not None:
            self.keeper.end_night(self._bridge)

    def alive(self) -> bool:
        """Whether samples are processed, or it has been said that they are not."""
        silent_s = self._clock.monotonic() - self.condition.samples_s
        return silent_s < self._around.settings.silent_fault_s or self.announcer.state is State.FAULT

    def catching_up(self) -> bool:
        """Whether samples that were missed are coming in now."""
        night = self.keeper.night
        return night is not None and self.condition.linked and night.behind_s > self._around.settings.behind_s

    async def _watch(self) -> None:
        sensor = WornSensor(sensor_at(self.uri, self._clock), self.binding.leg)
        self._bridge = Bridge(sensor, self._clock)
        await self.keeper.go_on(self._bridge)
        async with aclosing(self._bridge.run()) as batches:
            async for events in batches:
                for event in events:
                    self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case Placed(block):
                self.condition.samples_came(self._clock.monotonic())
                self.keeper.store(block)
            case Released():
                self.keeper.count(event)
            case Opened(setup):
                self._opened(setup)
            case LinkDown():
                self._link_down(event)
            case Status():
                self._status(event)
            case Defects(counts):
                said = ", ".join(f"{n} {kind}" for kind, n in counts.items())
                self.journal.say("defects", f"frames that could not be used: {said}", **counts)
                self.keeper.note(NoteKind.DEFECTS, said)

    def _opened(self, setup: Setup) -> None:
        device = setup.device
        if device.serial is not None:
            with SensorRegister(self._around.db) as register:
                register.recognise(self.binding.uri, device.serial, datetime.now(UTC))
        self.keeper.opened(setup)
        self.condition.opened(setup)
        rates = ", ".join(f"{stream.name} at {stream.fs_hz:g} Hz" for stream in setup.streams)
        self.journal.say("link_up", f"link up: {device.make} {device.serial or device.address}, {rates}")
        self.keeper.note(NoteKind.LINK, "up")
        for remark in setup.remarks:
            self.journal.say("remark", remark)

    def _link_down(self, event: LinkDown) -> None:
        self.condition.link_down(event)
        if event.tries == 1:
            self.journal.say("link_down", f"link lost: {event.cause}")
            self.keeper.note(NoteKind.LINK, f"down: {event.cause}")

    def _status(self, status: Status) -> None:
        self.condition.status = status
        if self.keeper.night is not self._noted_in or self._tells_more(status):
            self._noted, self._noted_in = status, self.keeper.night
            percent = status.battery_percent
            said = battery_in_words(BatteryLevel(None if percent is None else percent / 100, status.battery_v))
            if status.temperature_c is not None:
                said += f", {status.temperature_c} °C"
            if status.restart_cause:
                said += f", last started by {status.restart_cause}"
            self.keeper.note(NoteKind.STATUS, said)

    def _tells_more(self, status: Status) -> bool:
        """Whether the battery's level is another one than noted; a voltage alone wavers all the time."""
        before = self._noted
        if before is None or before.battery_percent != status.battery_percent:
            return True
        if status.battery_percent is not None or status.battery_v is None:
            return False
        return before.battery_v is None or abs(before.battery_v - status.battery_v) >= NOTED_STEP_V

    async def _pace(self) -> None:
        """Commit, judge, write the log, again and again, whether or not anything comes."""
        settings = self._around.settings
        while True:
            await asyncio.sleep(max(LEAST_PACE_S, settings.commit_s / self._clock.speed))
            night, utc = self.keeper.night, self._clock.utc()
            try:
                if night is not None:
                    night.recorder.commit()
                facts = self.condition.facts(self._clock.monotonic(), utc, night, self.journal.trouble)
                self.announcer.update(troubles(facts, settings), night, utc)
                self.journal.write_soon(self._journal_path())
            except Exception as error:  # noqa: BLE001 - said loudly; who watches over the samples must not die
                self._failed(error)

    def _failed(self, error: Exception) -> None:
        words = f"an error in the program: {type(error).__name__}: {error}"
        if words != self.condition.failed:
            self.condition.failed = words
            self.journal.say("error", words, traceback="".join(traceback.format_exception(error)))

    def _journal_path(self) -> Path:
        return self._around.out / f"{self.journal.stem}_{self._around.tonight()}_log.jsonl"
