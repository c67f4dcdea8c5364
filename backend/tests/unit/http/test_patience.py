"""Work for a client that may go away: ended with the client, and else left alone."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from src.http.patience import unless_gone


class Client:
    """A client whose body has been read, and what else comes from it."""

    def __init__(self) -> None:
        self._messages = asyncio.Queue[dict[str, Any]]()
        self.request = Request({"type": "http"}, self._messages.get)

    def says_more(self) -> None:
        self._messages.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    def goes(self) -> None:
        self._messages.put_nowait({"type": "http.disconnect"})


class Work:
    """Work that goes on until it is told to end, and tidies up when it is cancelled."""

    def __init__(self) -> None:
        self.begun, self.ends = asyncio.Event(), asyncio.Event()
        self.is_tidy = False

    async def __call__(self) -> str:
        self.begun.set()
        try:
            await self.ends.wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            self.is_tidy = True
            raise
        return "done"


async def outcome(waiting: asyncio.Future[str] | Coroutine[Any, Any, str]) -> str:
    """What comes of it, and not a test without end where nothing does."""
    async with asyncio.timeout(5):
        return await waiting


@pytest.fixture(autouse=True)
async def _nothing_is_left_behind() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() <= before | {asyncio.current_task()}


async def test_a_client_that_stays_gets_the_answer() -> None:
    client, work = Client(), Work()
    waiting = asyncio.create_task(unless_gone(client.request, work()))
    await work.begun.wait()
    work.ends.set()
    assert await outcome(waiting) == "done"


async def test_work_ends_tidily_as_soon_as_the_client_has_gone() -> None:
    client, work = Client(), Work()
    waiting = asyncio.create_task(unless_gone(client.request, work()))
    await work.begun.wait()
    client.goes()
    with pytest.raises(ClientDisconnect):
        await outcome(waiting)
    assert work.is_tidy


async def test_a_client_that_says_more_has_not_gone() -> None:
    client, work = Client(), Work()
    client.says_more()
    waiting = asyncio.create_task(unless_gone(client.request, work()))
    await work.begun.wait()
    client.says_more()
    for _ in range(10):
        await asyncio.sleep(0)
    assert not waiting.done()
    work.ends.set()
    assert await outcome(waiting) == "done"


async def test_what_is_done_when_the_client_goes_is_done() -> None:
    client, work = Client(), Work()
    client.goes()
    work.ends.set()
    assert await outcome(unless_gone(client.request, work())) == "done"


async def test_the_works_own_error_is_not_taken_for_a_client_that_went() -> None:
    async def fail() -> str:
        raise ValueError("of the work")

    with pytest.raises(ValueError, match="of the work"):
        await outcome(unless_gone(Client().request, fail()))


async def test_work_is_ended_with_whoever_waits_for_it() -> None:
    client, work = Client(), Work()
    waiting = asyncio.create_task(unless_gone(client.request, work()))
    await work.begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await outcome(waiting)
    assert work.is_tidy
