"""One probe for all who ask at about the same time."""

import asyncio

import pytest

from src.services.monitoring.single_flight import SingleFlight


class Probe:
    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> int:
        await asyncio.sleep(0.01)
        self.times += 1
        return self.times


async def test_many_who_ask_at_once_get_the_answer_of_one_probe() -> None:
    shared, probe = SingleFlight[int](fresh_s=60), Probe()
    assert await asyncio.gather(*(shared.get(probe) for _ in range(5))) == [1] * 5
    assert await shared.get(probe) == 1


async def test_an_answer_that_is_too_old_is_asked_for_again() -> None:
    shared, probe = SingleFlight[int](fresh_s=0.05), Probe()
    assert await shared.get(probe) == 1
    await asyncio.sleep(0.06)
    assert await shared.get(probe) == 2


async def test_a_probe_that_fails_is_asked_again() -> None:
    async def fail() -> int:
        raise TimeoutError

    shared, probe = SingleFlight[int](fresh_s=60), Probe()
    with pytest.raises(TimeoutError):
        await shared.get(fail)
    assert await shared.get(probe) == 1
