"""A clock for made-up nights in which sensor and monitor share one event loop: it never runs away from either."""

import asyncio
import heapq
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from firmware_bridge.host_clock import HostClock

TICK_S, LONGEST_TICK_S = 0.005, 0.015  # of the machine's own time


class LockstepClock(HostClock):
    """Time that passes in small steps, each after the event loop has had its turn.

    At a speed of 300 a computer that is busy with something else for a second would make five minutes of night
    pass, and every time limit with them. Here the night waits. `began` is the UTC at which it begins.
    """

    def __init__(self, speed: float, began: datetime) -> None:
        super().__init__(speed)
        self._start = began.astimezone(UTC)
        self._passed_s = 0.0
        self._sleeping: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = 0

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._passed_s

    def utc(self) -> datetime:
        """Return the made-up date and time."""
        return self._start + timedelta(seconds=self._passed_s)

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` of this clock pass."""
        await self._alarm(seconds)

    def deadline(self, seconds: float) -> asyncio.Timeout:
        """Return a context that raises `TimeoutError` after `seconds` of this clock."""
        timeout = asyncio.timeout(None)

        def expire(_: asyncio.Future[None]) -> None:
            with suppress(RuntimeError):  # the context was left, or never entered
                timeout.reschedule(asyncio.get_running_loop().time())

        self._alarm(seconds).add_done_callback(expire)
        return timeout

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Let time pass within the context."""
        ticking = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            ticking.cancel()

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before_s = loop.time()
            await asyncio.sleep(TICK_S)
            self._passed_s += min(loop.time() - before_s, LONGEST_TICK_S) * self.speed
            while self._sleeping and self._sleeping[0][0] <= self._passed_s:
                _, _, alarm = heapq.heappop(self._sleeping)
                if not alarm.done():
                    alarm.set_result(None)

    def _alarm(self, seconds: float) -> asyncio.Future[None]:
        self._number += 1
        alarm = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleeping, (self._passed_s + seconds, self._number, alarm))
        return alarm
