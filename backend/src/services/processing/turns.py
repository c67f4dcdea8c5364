"""A bounded number of turns, of which what somebody waits for has the next one."""

import asyncio
from collections.abc import AsyncIterator, Hashable
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
        # Each is told as what it was called.
        self._waiting: dict[Priority, dict[Hashable, asyncio.Future[Priority]]] = {
            priority: {} for priority in Priority
        }

    @asynccontextmanager
    async def turn(self, name: Hashable, priority: Priority) -> AsyncIterator[None]:
        """Wait for the turn; of one name, one waits at a time."""
        called_as = await self._called(name, priority)
        try:
            yield
        finally:
            self._end(called_as)

    def hurry(self, name: Hashable) -> None:
        """Somebody waits now for what was to be done in bulk, if it has not begun."""
        waiting = self._waiting[Priority.BULK].pop(name, None)
        if waiting is not None:
            self._waiting[Priority.INTERACTIVE][name] = waiting
            self._call_next()

    async def _called(self, name: Hashable, priority: Priority) -> Priority:
        called: asyncio.Future[Priority] = asyncio.get_running_loop().create_future()
        self._waiting[priority][name] = called
        self._call_next()
        try:
            return await called
        except asyncio.CancelledError:
            if called.cancelled():
                for waiting in self._waiting.values():
                    waiting.pop(name, None)
            else:
                # It was called at the moment at which it went away.
                self._end(called.result())
            raise

    def _end(self, priority: Priority) -> None:
        self._taken[priority] -= 1
        self._call_next()

    def _call_next(self) -> None:
        for priority, waiting in self._waiting.items():
            while waiting and self._is_free_for(priority):
                called = waiting.pop(next(iter(waiting)))
                if not called.cancelled():
                    self._taken[priority] += 1
                    called.set_result(priority)

    def _is_free_for(self, priority: Priority) -> bool:
        is_full = sum(self._taken.values()) >= self._most
        return not is_full and self._taken[priority] < self._limits[priority]
