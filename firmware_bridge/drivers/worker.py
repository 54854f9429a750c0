"""A thread of its own for a library whose calls block."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")


class Worker(Generic[S]):
    """Runs calls one after the other. What `fetch` got after its caller was cancelled goes to the next caller."""

    def __init__(self, name: str) -> None:
        self._threads = ThreadPoolExecutor(1, name)
        self._pending: asyncio.Future[S] | None = None

    async def run(self, call: Callable[[], T]) -> T:
        """Run a call in the thread, after those before it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def fetch(self, call: Callable[[], S]) -> S:
        """Run a call that takes data away from where they are, so that its result must not get lost."""
        if self._pending is None:
            self._pending = asyncio.get_running_loop().run_in_executor(self._threads, call)
        pending = self._pending
        try:
            return await asyncio.shield(pending)
        finally:
            if pending.done():
                self._pending = None

    async def drop(self) -> None:
        """Wait for what was fetched for nobody, and forget it."""
        pending, self._pending = self._pending, None
        if pending is not None:
            with suppress(Exception):  # whatever it was, nobody asks for it any more
                await pending
