"""A bounded number of turns, of which what somebody waits for has the next one."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from src.states import Priority


class Turns:
    """At most `most` at once, in the order of the priorities and then of their coming.

    What is done in bulk never has all of them, if there is more than one: whoever comes meanwhile
    need not wait for its end.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._limits = {Priority.INTERACTIVE: most, Priority.BULK: max(1, most - 1)}
        self._taken = dict.fromkeys(Priority, 0)
        self._waiting: dict[Priority, deque[asyncio.Future[None]]] = {
            priority: deque() for priority in Priority
        }

    @asynccontextmanager
    async def turn(self, priority: Priority) -> AsyncIterator[None]:
        await self._wait(priority)
        try:
            yield
        finally:
            self._end(priority)

    async def _wait(self, priority: Priority) -> None:
        called = asyncio.get_running_loop().create_future()
        self._waiting[priority].append(called)
        self._call_next()
        try:
            await called
        except asyncio.CancelledError:
            if not called.cancelled():
                # It was called at the moment at which it went away.
                self._end(priority)
            raise

    def _end(self, priority: Priority) -> None:
        self._taken[priority] -= 1
        self._call_next()

    def _call_next(self) -> None:
        for priority, waiting in self._waiting.items():
            while waiting and self._is_free_for(priority):
                called = waiting.popleft()
                if not called.cancelled():
                    self._taken[priority] += 1
                    called.set_result(None)

    def _is_free_for(self, priority: Priority) -> bool:
        is_full = sum(self._taken.values()) >= self._most
        return not is_full and self._taken[priority] < self._limits[priority]
