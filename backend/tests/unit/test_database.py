"""Work with the database that is not cut off."""

import asyncio

import pytest

from src.database import uninterrupted


class Statement:
    """Something that goes on until it is answered."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun, self.answered = asyncio.Event(), asyncio.Event()
        self.is_whole = False
        self._error = error

    async def __call__(self) -> str:
        self.begun.set()
        await self.answered.wait()
        self.is_whole = True
        if self._error is not None:
            raise self._error
        return "answer"


async def test_the_answer_is_passed_on() -> None:
    statement = Statement()
    statement.answered.set()
    assert await uninterrupted(statement()) == "answer"


async def test_an_error_is_passed_on() -> None:
    statement = Statement(ValueError("wrong"))
    statement.answered.set()
    with pytest.raises(ValueError, match="wrong"):
        await uninterrupted(statement())


@pytest.mark.parametrize("error", [None, ValueError("wrong")])
async def test_who_is_cancelled_goes_when_the_work_has_ended(error: Exception | None) -> None:
    statement = Statement(error)
    asking = asyncio.create_task(uninterrupted(statement()))
    await statement.begun.wait()
    asking.cancel()
    for _ in range(10):
        await asyncio.sleep(0)
    assert not asking.done()
    statement.answered.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert statement.is_whole


async def test_who_is_cancelled_twice_goes_and_the_work_ends_without_him() -> None:
    statement = Statement()
    asking = asyncio.create_task(uninterrupted(statement()))
    await statement.begun.wait()
    for _ in range(2):
        asking.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not statement.is_whole
    statement.answered.set()
    async with asyncio.timeout(5):
        while not statement.is_whole:
            await asyncio.sleep(0)
