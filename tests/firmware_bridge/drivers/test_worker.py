"""A thread for calls that block, and what becomes of their results."""

import asyncio
import threading

import pytest

from firmware_bridge.drivers.worker import Worker


def test_what_was_fetched_for_a_caller_that_was_cancelled_goes_to_the_next() -> None:
    async def run() -> list[int]:
        worker: Worker[int] = Worker("test")
        go, numbers = threading.Event(), iter(range(10))

        def take() -> int:
            go.wait()
            return next(numbers)

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await worker.fetch(take)
        go.set()
        return [await worker.fetch(take), await worker.fetch(take)]

    assert asyncio.run(run()) == [0, 1]


def test_what_nobody_wants_any_more_is_dropped_even_if_it_failed() -> None:
    async def run() -> int:
        worker: Worker[int] = Worker("test")
        go = threading.Event()

        def fail() -> int:
            go.wait()
            raise RuntimeError

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await worker.fetch(fail)
        go.set()
        await worker.drop()
        return await worker.fetch(lambda: 7)

    assert asyncio.run(run()) == 7
