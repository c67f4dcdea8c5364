"""A turn that comes in time, or not."""

import asyncio

import pytest

from src.errors import AppError, ErrorCode
from src.services.tracks import patience
from src.services.tracks.patience import turn_in_time


async def test_a_turn_lasts_as_long_as_the_block_however_it_ends() -> None:
    turns = asyncio.Semaphore(1)
    async with turn_in_time(turns):
        assert turns.locked()
    with pytest.raises(ValueError, match="wrong"):
        async with turn_in_time(turns):
            raise ValueError("wrong")
    assert not turns.locked()


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.01)
    turns = asyncio.Semaphore(1)
    async with turn_in_time(turns):
        with pytest.raises(AppError) as refused:
            async with turn_in_time(turns):
                pass
    assert refused.value.code is ErrorCode.SERVICE_BUSY
    assert refused.value.retry_after_s
    assert not turns.locked(), "who had none has none to give back, and takes none along"


async def test_a_time_out_of_the_work_is_not_taken_for_one_of_the_turn() -> None:
    with pytest.raises(TimeoutError, match="of the work"):
        async with turn_in_time(asyncio.Semaphore(1)):
            raise TimeoutError("of the work")
