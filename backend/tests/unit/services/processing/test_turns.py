"""Whose turn comes next, where there are few turns."""

import asyncio

import pytest

from src.services.processing.turns import Turns
from src.states import Priority

INTERACTIVE, BULK = Priority.INTERACTIVE, Priority.BULK


class Crowd:
    """Work that waits for its turn, and then for the test."""

    def __init__(self, most: int) -> None:
        self._turns = Turns(most)
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.begun: list[str] = []

    async def come(self, *names: str, priority: Priority = INTERACTIVE) -> None:
        for name in names:
            self._ends[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._work(name, priority))
        await self._settled()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self._settled()

    async def hurry(self, name: str) -> None:
        self._turns.hurry(name)
        await self._settled()

    async def leave(self, name: str) -> None:
        self.tasks[name].cancel()
        await self._settled()

    async def _work(self, name: str, priority: Priority) -> None:
        async with self._turns.turn(name, priority):
            self.begun.append(name)
            await self._ends[name].wait()

    async def _settled(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


async def test_turns_come_in_the_order_of_coming() -> None:
    crowd = Crowd(2)
    await crowd.come("a", "b", "c", "d")
    assert crowd.begun == ["a", "b"]
    await crowd.end("b")
    assert crowd.begun == ["a", "b", "c"]
    await crowd.end("a")
    assert crowd.begun == ["a", "b", "c", "d"]


async def test_what_somebody_waits_for_has_the_next_turn() -> None:
    crowd = Crowd(1)
    await crowd.come("bulk 1", "bulk 2", "bulk 3", priority=BULK)
    await crowd.come("ride 1", "ride 2")
    for ended in ("bulk 1", "ride 1", "ride 2", "bulk 2"):
        await crowd.end(ended)
    assert crowd.begun == ["bulk 1", "ride 1", "ride 2", "bulk 2", "bulk 3"]


async def test_one_turn_is_kept_from_bulk_work() -> None:
    crowd = Crowd(3)
    await crowd.come("bulk 1", "bulk 2", "bulk 3", priority=BULK)
    assert crowd.begun == ["bulk 1", "bulk 2"]
    await crowd.come("ride")
    assert crowd.begun == ["bulk 1", "bulk 2", "ride"]
    await crowd.end("ride")
    assert "bulk 3" not in crowd.begun
    await crowd.end("bulk 1")
    assert "bulk 3" in crowd.begun


@pytest.mark.parametrize("leaves_as_it_is_called", [False, True])
async def test_who_goes_away_leaves_the_turn_to_the_next(leaves_as_it_is_called: bool) -> None:
    crowd = Crowd(1)
    await crowd.come("a", "b", "c")
    if leaves_as_it_is_called:
        crowd._ends["a"].set()
        while crowd._turns._taken[INTERACTIVE] == 1 and len(crowd._turns._waiting[INTERACTIVE]) > 1:
            await asyncio.sleep(0)
        assert crowd.begun == ["a"]
    await crowd.leave("b")
    await crowd.end("a")
    assert crowd.begun == ["a", "c"]
    await crowd.end("c")
    assert crowd._turns._taken == {INTERACTIVE: 0, BULK: 0}


async def test_bulk_work_that_somebody_asks_for_has_the_next_turn() -> None:
    crowd = Crowd(2)
    await crowd.come("bulk 1", "bulk 2", "bulk 3", priority=BULK)
    await crowd.hurry("bulk 3")
    assert crowd.begun == ["bulk 1", "bulk 3"], "it may have the last place, too"
    await crowd.end("bulk 3")
    await crowd.come("ride")
    await crowd.hurry("bulk 1")
    await crowd.hurry("unknown")
    await crowd.end("ride")
    assert crowd.begun == ["bulk 1", "bulk 3", "ride"], "none was kept for ever"
    await crowd.end("bulk 1")
    assert crowd.begun[-1] == "bulk 2"


async def test_hurried_work_that_goes_away_takes_no_turn() -> None:
    crowd = Crowd(1)
    await crowd.come("a")
    await crowd.come("bulk", priority=BULK)
    await crowd.hurry("bulk")
    await crowd.leave("bulk")
    await crowd.come("b")
    await crowd.end("a")
    assert crowd.begun == ["a", "b"]
