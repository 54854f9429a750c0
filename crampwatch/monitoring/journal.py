"""The night's log: JSON lines, one per change, beside the night file; and the same in words for whoever watches."""

import re
from collections import deque
from collections.abc import Callable, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

LINES_KEPT = 10_000  # while the disk takes nothing

NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")

Line = Callable[[str], None]


class Journal:
    """Structured events of one sensor. `say` never waits for the disk, a thread of its own writes.

    `local` is the time at the bedside; `shown` is called with each event as a line of text. `trouble` says why the
    last writing failed.
    """

    def __init__(self, local: Callable[[], datetime], shown: Line, **always: str) -> None:
        self._waiting: deque[str] = deque(maxlen=LINES_KEPT)
        self.trouble: str | None = None
        self._writer = ThreadPoolExecutor(1, "journal")
        self._job: Future[None] | None = None
        self._shown = shown
        self._local = local
        self._log = structlog.wrap_logger(
            _Lines(self._waiting),
            processors=[self._stamp, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)],
            wrapper_class=structlog.BoundLogger,
        ).bind(**always)
        self._name = " ".join(always.values())
        self.stem = NOT_IN_NAMES.sub("-", "_".join(always.values()))
        """What the names of its files begin with."""

    def say(self, event: str, words: str, **more: object) -> None:
        """Note that something happened: a name for programs, words for people, and what more there is to say."""
        self._log.info(event, words=words, **more)
        self._shown(f"{self._local():%H:%M:%S}  {self._name}: {words}")

    def write_soon(self, path: Path) -> None:
        """Append what waits to the file, beside everything else, unless that is on its way; returns at once."""
        if self._waiting and (self._job is None or self._job.done()):
            self._job = self._writer.submit(self._write, path)

    def close(self, path: Path) -> None:
        """Write what waits and let go; blocks."""
        self._writer.submit(self._write, path)
        self._writer.shutdown()

    def _write(self, path: Path) -> None:
        """Append; what cannot be written is kept for the next time, and `trouble` says why."""
        lines = list(self._waiting)
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))
        except OSError as error:
            self.trouble = f"{path}: {error.strerror}"
            return
        self.trouble = None
        for line in lines:
            if self._waiting and self._waiting[0] is line:  # else it has made room for a newer one meanwhile
                self._waiting.popleft()

    def _stamp(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
        return {"at": self._local().astimezone(UTC).isoformat(timespec="milliseconds"), **event}


class _Lines:
    """What structlog writes to: takes rendered lines."""

    def __init__(self, waiting: deque[str]) -> None:
        self._waiting = waiting

    def info(self, line: str) -> None:
        """Keep a line until it is written."""
        self._waiting.append(line)
