"""The monitor's sign of life, a small file that another process watches."""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from crampwatch.monitoring.health import State

FILE_NAME = "crampwatch-heartbeat.json"


def place_of_heartbeat(out: Path) -> Path:
    """Return where the sign of life is: in memory where systemd gave a folder there, else beside the nights.

    A full disk must not look like a dead monitor. `RUNTIME_DIRECTORY` is set by RuntimeDirectory= of the unit.
    """
    return Path(os.environ.get("RUNTIME_DIRECTORY", out)) / FILE_NAME


def now_s() -> float:
    """Seconds since the computer started, the same for all processes; nobody sets this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """That the monitor with this process id was alive at `at_s`, in which state, with what to say.

    `ended`: it stopped because it was asked to, and nobody need worry.
    """

    pid: int
    at_s: float
    state: str
    words: str
    ended: bool = False

    @classmethod
    def now(cls, state: State, words: str, *, ended: bool = False) -> Self:
        """Return the sign of life of this process at this moment."""
        return cls(os.getpid(), now_s(), state.name, words, ended)

    def write(self, path: Path) -> None:
        """Put it into `path`, whole or not at all; not forced to disk, as it means nothing after a restart."""
        part = path.with_name(f".{path.name}.{self.pid}")
        part.write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")
        part.replace(path)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read it; None where there is none."""
        try:
            return cls(**json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return None
