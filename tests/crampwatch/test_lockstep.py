"""Made-up time: sleeps and time limits go by it, and a computer that is busy does not make it run away."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from crampwatch.lockstep import LONGEST_TICK_S, LockstepClock

BEGAN = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
SPEED = 200.0


def test_sleeps_end_in_the_order_of_their_lengths_and_the_clock_says_how_long_they_were() -> None:
    async def night() -> None:
        clock = LockstepClock(SPEED, BEGAN)
        woken: list[float] = []

        async def sleeper(seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append(seconds)
            assert seconds <= clock.monotonic() <= seconds + 2 * LONGEST_TICK_S * SPEED

        async with clock.running():
            await asyncio.gather(*(sleeper(seconds) for seconds in (30.0, 5.0, 12.0)))
        assert woken == [5.0, 12.0, 30.0]
        assert clock.utc() == BEGAN + timedelta(seconds=clock.monotonic())

    asyncio.run(night())


def test_a_time_limit_ends_what_takes_longer_and_leaves_alone_what_does_not() -> None:
    async def night() -> None:
        clock = LockstepClock(SPEED, BEGAN)
        async with clock.running():
            async with clock.deadline(20.0):
                await clock.sleep(5.0)
            with pytest.raises(TimeoutError):
                async with clock.deadline(5.0):
                    await clock.sleep(20.0)
            await clock.sleep(30.0)  # the first limit, long past, disturbs nobody

    asyncio.run(night())


def test_while_the_computer_is_busy_the_night_waits() -> None:
    async def night() -> None:
        clock = LockstepClock(SPEED, BEGAN)
        async with clock.running():
            await clock.sleep(1.0)
            before_s = clock.monotonic()
            time.sleep(0.3)  # noqa: ASYNC251 - busy with something else: 60 s of the night at this speed
            await asyncio.sleep(0)
            assert clock.monotonic() - before_s <= 2 * LONGEST_TICK_S * SPEED

    asyncio.run(night())
