"""The nights of one sensor, one after the other: begun with the first sample, gone on with, ended, finished."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC
from pathlib import Path
from typing import Any

from crampwatch.monitoring.finishing import Finished
from crampwatch.monitoring.host_time import synchronised
from crampwatch.monitoring.journal import Journal
from crampwatch.monitoring.recorder import Recorder
from crampwatch.monitoring.stored import in_step, left_behind, path_for
from crampwatch.monitoring.surroundings import Surroundings
from crampwatch.monitoring.watched_night import WatchedNight, flag_in_words, flags_noted, header_for
from crampwatch.telling import length, said_as_json
from firmware_bridge.bridge import Bridge
from firmware_bridge.events import Released
from firmware_bridge.readings import Setup
from models import ScoredEpisode
from nights import Flag
from nights.log import Binding
from recordings import RecordingError
from recordings.night_file import NoteKind, StoredNight
from signals import LEGS, CountBlock

RESTORED_AT_ONCE = 8  # pieces of a stored night between two breaths of the event loop


class NightKeeper:
    """Stores and counts what the bridge of one sensor delivers, night after night."""

    def __init__(self, binding: Binding, journal: Journal, around: Surroundings) -> None:
        self.night: WatchedNight | None = None
        self._binding = binding
        self._journal = journal
        self._around = around
        self._setup: Setup | None = None
        self._finishing: set[asyncio.Task[None]] = set()

    async def go_on(self, bridge: Bridge) -> None:
        """Take up tonight's unfinished night, and have those of earlier nights finished."""
        left = await asyncio.to_thread(left_behind, self._around.out, self._binding, self._around.tonight())
        for words in left.unreadable:
            self._journal.say("unreadable", words)
        for path in left.earlier:
            self._in_background(self._finish_left(path))
        if left.tonight is not None:
            await self._restore(bridge, left.tonight)

    def opened(self, setup: Setup) -> None:
        """Note what the sensor delivers; throughout a night that is the same, the bridge sees to it."""
        self._setup = setup

    def store(self, block: CountBlock) -> None:
        """Store new samples; the first begin a night."""
        self._tonight().store(block, synchronised)

    def count(self, released: Released, *, stored: bool = False) -> None:
        """Count what can be counted, and say what is found; episodes that were `stored` have been said before."""
        if not released.items:
            return
        night = self._tonight()
        for said in night.count(released.items, stored=stored):
            if isinstance(said, Flag):
                self._flag(night, said)
            elif not stored:
                self._episode(night, said)

    def end_night(self, bridge: Bridge) -> None:
        """End the night at once: what is outstanding is resolved, the file finished and scored beside all else.

        The next sample that comes begins a new night.
        """
        if self.night is not None:
            self.count(bridge.close_night())
            night, self.night = self.night, None
            self._in_background(self._finish(night))

    async def let_go(self) -> None:
        """Let go of the night's file, unfinished."""
        night, self.night = self.night, None
        if night is not None:
            await night.recorder.close()

    async def finished(self) -> None:
        """Wait until the nights that have ended are finished."""
        if self._finishing:
            await asyncio.wait(self._finishing)

    def note(self, kind: NoteKind, text: str) -> None:
        """Put a note into the night's file, where there is one."""
        if self.night is not None:
            self.night.recorder.note(kind, text, self._around.clock.utc())

    def _tonight(self) -> WatchedNight:
        if self.night is None:
            if self._setup is None:
                raise RuntimeError("samples came before the sensor said what it delivers")
            around = self._around
            header = header_for(self._setup, self._binding, around.zone.key, around.clock.utc())
            path = path_for(around.out, header)
            self.night = WatchedNight(Recorder(path, header, around.settings), around.profile)
            self._journal.say("night", f"the night of {header.night} begins: {path.name}", file=path.name)
        return self.night

    def _flag(self, night: WatchedNight, flag: Flag) -> None:
        words = flag_in_words(flag)
        self.note(NoteKind.FLAG, words)
        night.recorder.commit()  # at once, so that a restart does not raise it again
        self._journal.say("flag", f"FLAG: {words}", **said_as_json(night.counted_s, flag))
        if self._around.notify_flags:
            leg = LEGS[self._binding.leg]
            self._around.notices.send(f"CrampWatch flag: {self._binding.participant} {leg}", words)

    def _episode(self, night: WatchedNight, scored: ScoredEpisode) -> None:
        words = f"{scored.label} of {length(scored.episode.duration_s)}"
        self._journal.say("episode", words, **said_as_json(night.counted_s, scored))

    async def _restore(self, bridge: Bridge, stored: StoredNight) -> None:
        flagged = flags_noted((note.kind, note.text) for note in stored.notes)
        recorder = Recorder(stored.path, stored.header, self._around.settings)
        self.night = WatchedNight(recorder, self._around.profile, flagged)
        began = (stored.start or stored.header.began).astimezone(UTC)
        fed_back = bridge.restore(stored.header.streams, in_step(stored), stored.gaps(), began)
        for number, released in enumerate(fed_back):
            self.count(released, stored=True)
            if number % RESTORED_AT_ONCE == 0:
                await asyncio.sleep(0)
        words = f"going on with {stored.path.name}: {length(self.night.seen_s)} are there"
        self._journal.say("resumed", words, file=stored.path.name, stored_s=self.night.seen_s)
        self.note(NoteKind.STATE, "the monitor was started again")

    async def _finish(self, night: WatchedNight) -> None:
        while True:
            try:
                finished = await self._around.finisher.finish(night)
            except RecordingError as error:
                self._journal.say("not_finished", f"{night.recorder.path.name} cannot be finished yet: {error}")
                await asyncio.sleep(self._around.settings.disk_retry_s)
            else:
                self._say(finished)
                return

    async def _finish_left(self, path: Path) -> None:
        try:
            self._say(await self._around.finisher.finish_left(path))
        except RecordingError as error:
            self._journal.say("not_finished", f"{path.name} of an earlier night cannot be finished: {error}")

    def _say(self, finished: Finished) -> None:
        self._journal.say("finished", finished.words)
        if finished.wrong is not None:
            self._journal.say("wrong", finished.wrong)
            self._around.notices.send(f"CrampWatch: {self._binding.participant}: look at a night", finished.wrong)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._finishing.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._finishing.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._say(Finished("a night could not be finished", f"{type(error).__name__}: {error}"))
