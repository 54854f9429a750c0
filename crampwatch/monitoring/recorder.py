"""Storing off the event loop: whatever the disk does, whoever hands over samples never waits."""

import asyncio
import shutil
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from crampwatch.monitoring.settings import MonitorSettings
from recordings import RecordingError
from recordings.night_file import ClockAnchor, NightFile, NightHeader, NoteKind
from signals import CountBlock, Gap

BYTES_PER_MB = 1e6


class Recorder:
    """The night file of one sensor, written by a thread of its own.

    Attributes
    ----------
    trouble : str or None
        What the disk refuses; None while all is well.
    lost_bytes : int
        Counts that were given up because memory was full. What was stored, and the live count, stay good.
    free_mb : float or None
        Room on the disk, as of the last commit.
    """

    def __init__(self, path: Path, header: NightHeader, settings: MonitorSettings) -> None:
        self.path = path
        self.header = header
        self.trouble: str | None = None
        self.lost_bytes = 0
        self.free_mb: float | None = None
        self._settings = settings
        self._file = NightFile(path, header)
        self._made = path.exists()
        self._writer = ThreadPoolExecutor(1, f"store-{path.stem}")
        self._job: Future[None] | None = None
        self._began_s = self._stored_s = time.monotonic()

    @property
    def unsaved_s(self) -> float:
        """How long ago the last commit succeeded, on the wall clock."""
        return time.monotonic() - self._stored_s

    def append(self, blocks: Iterable[CountBlock], gaps: Iterable[Gap] = ()) -> None:
        """Store blocks and what is known to be lost, with the next commit."""
        self._file.append(blocks, gaps)

    def note(self, kind: NoteKind, text: str, at: datetime) -> None:
        """Store a note, with the next commit."""
        self._file.note(kind, text, at)

    def anchor(self, anchor: ClockAnchor) -> None:
        """Store when a sample was taken, with the next commit."""
        self._file.anchor(anchor)

    def commit(self) -> None:
        """Begin a commit, unless one is on its way, or the disk refused one a moment ago; returns at once."""
        self._make_room()
        since_s = time.monotonic() - self._began_s
        if self._job is not None:
            if not self._job.done():
                if since_s > self._settings.disk_stuck_s:
                    self.trouble = "the disk does not answer"
                return
            self._job.result()  # an error of the program has no business to be silent
        if self.trouble is None or since_s >= self._settings.disk_retry_s:
            self._began_s = time.monotonic()
            self._job = self._writer.submit(self._commit)

    async def finish(self) -> None:
        """Commit, seal the file, let go of it. Raises `RecordingError` where the disk refuses; try again later."""
        await asyncio.wrap_future(self._writer.submit(self._finish))
        self._writer.shutdown()

    async def close(self) -> None:
        """Commit what there is and let go of the file, unfinished."""
        await asyncio.wrap_future(self._writer.submit(self._commit))
        self._writer.shutdown()
        self._file.close()

    def _finish(self) -> None:
        self._commit()
        if self.trouble is not None:
            raise RecordingError(self.trouble)
        self._file.finish()

    def _commit(self) -> None:
        """Write what waits; runs in the thread."""
        began_s = time.monotonic()
        try:
            self._make_file()
            self._file.commit()
            self.free_mb = shutil.disk_usage(self.path.parent).free / BYTES_PER_MB
        except RecordingError as error:
            self.trouble = str(error)
        except OSError as error:
            self.trouble = f"{error.filename or self.path}: {error.strerror}"
        else:
            self.trouble, self._stored_s = None, began_s

    def _make_file(self) -> None:
        """Make the file where there is none yet.

        One that has vanished may come back, with its disk: only when memory is nearly full a new one is made.
        """
        nearly_full = self._file.pending_bytes > self._settings.memory_mb * BYTES_PER_MB / 2
        if (not self._made or nearly_full) and not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            NightFile.create(self.path, self.header)
            self._made = True

    def _make_room(self) -> None:
        if self._file.pending_bytes > self._settings.memory_mb * BYTES_PER_MB:
            self.lost_bytes += self._file.drop_pending()
