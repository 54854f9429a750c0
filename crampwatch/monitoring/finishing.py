"""The end of a night: sealed, scored as `crampwatch score` does, logged, and compared with the live count."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from crampwatch.batch import Outcome, score_one
from crampwatch.monitoring.watched_night import WatchedNight
from crampwatch.scoring import Request
from crampwatch.telling import headline
from nights import NightRecord
from nights.log import LogError, NightLog
from nights.night_json import night_document
from recordings.night_file import NightFile


@dataclass(frozen=True, slots=True)
class Finished:
    """A night that is over: what there is to say of it, and what went wrong (`None` where nothing did)."""

    words: str
    wrong: str | None = None


class Finisher:
    """Scores finished nights, one at a time, in a process of its own, which takes its memory away with it."""

    def __init__(self, out: Path, db: str, request: Request) -> None:
        self._out = out
        self._db = db
        self._request = request
        self._one_at_a_time = asyncio.Lock()

    async def finish(self, night: WatchedNight) -> Finished:
        """Seal a night that was watched, score its file, log it. Raises `RecordingError` where it cannot be sealed.

        The results are those of the stored file. The live count must be the same; where it is not, that is said.
        """
        await night.recorder.finish()
        outcome = await self._scored(night.recorder.path)
        if outcome.results is None:
            return Finished(f"{night.recorder.path.name}: NOT SCORED", outcome.error)
        scored = outcome.results.record
        live = night.finish(scored.recording)
        if night_document(live) == night_document(scored):
            return await self._logged(scored)
        done = await self._logged(scored)
        lost = f", as {night.recorder.lost_bytes} bytes were never stored" if night.recorder.lost_bytes else ""
        return Finished(done.words, f"the live count differs from that of the file{lost}: {headline(live)}")

    async def finish_left(self, path: Path) -> Finished:
        """Seal and score the file of a night that ended while nobody watched. Raises `RecordingError`."""
        await asyncio.to_thread(lambda: NightFile.open(path).finish())
        outcome = await self._scored(path)
        if outcome.results is None:
            return Finished(f"{path.name}: NOT SCORED", outcome.error)
        return await self._logged(outcome.results.record)

    async def _scored(self, path: Path) -> Outcome:
        async with self._one_at_a_time:
            # a fresh interpreter: forking a process that has threads is not safe
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                job = pool.submit(score_one, path, self._out / path.stem, self._request)
                try:
                    return await asyncio.wrap_future(job)
                except BrokenProcessPool as error:
                    return Outcome(path, None, f"the process that scored it died: {error}")

    async def _logged(self, record: NightRecord) -> Finished:
        try:
            await asyncio.to_thread(self._add, record)
        except LogError as error:
            return Finished(headline(record), str(error))
        return Finished(headline(record))

    def _add(self, record: NightRecord) -> None:
        with NightLog(self._db) as log:
            log.add(record, datetime.now(UTC))
