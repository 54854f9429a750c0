"""The clock of the computer at the bedside, the one place where the bridge learns what time it is."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

_NEVER_STOPS = getattr(time, "CLOCK_BOOTTIME", None)  # Linux: counts the time in which the computer was suspended


def _monotonic() -> float:
    return time.monotonic() if _NEVER_STOPS is None else time.clock_gettime(_NEVER_STOPS)


class HostClock:
    """Monotonic time, UTC, sleep and deadlines, all `speed` times as fast as the machine's own.

    At a speed of 60 an hour passes in a minute: a made-up night can be streamed through the whole live path with
    every time limit meaning what it says. A real sensor needs a speed of 1.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError(f"a clock of speed {speed}; it must be above 0")
        self.speed = speed
        self._began_s = _monotonic()
        self._began = datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps, nor stops while the computer is suspended (on Linux)."""
        return self._began_s + (_monotonic() - self._began_s) * self.speed

    def utc(self) -> datetime:
        """Return the date and time as the system has it, which an NTP server may set at any moment."""
        if self.speed == 1:
            return datetime.now(UTC)
        return self._began + timedelta(seconds=(datetime.now(UTC) - self._began).total_seconds() * self.speed)

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` of this clock pass."""
        await asyncio.sleep(seconds / self.speed)

    def deadline(self, seconds: float) -> asyncio.Timeout:
        """Return a context that raises `TimeoutError` after `seconds` of this clock."""
        return asyncio.timeout(seconds / self.speed)
