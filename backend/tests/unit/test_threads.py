"""Threads for one kind of work: so many and no more, and nobody else waits for them."""

import asyncio
import threading
from contextvars import ContextVar

import pytest

from src.threads import Threads

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


async def meet(*owners: Threads, within_s: float) -> bool:
    """Whether works that wait for each other, one in the threads of each owner, run at once."""
    barrier = threading.Barrier(len(owners))

    def arrive() -> bool:
        try:
            barrier.wait(within_s)
        except threading.BrokenBarrierError:
            return False
        return True

    return all(await asyncio.gather(*(owner.run(arrive) for owner in owners)))


async def test_so_many_works_run_at_once_and_no_more() -> None:
    threads = Threads("test", 2)
    assert await meet(threads, threads, within_s=10)
    assert not await meet(threads, threads, threads, within_s=0.05)


async def test_work_of_one_kind_does_not_wait_for_another() -> None:
    assert await meet(Threads("one", 1), Threads("another", 1), within_s=10)


async def test_work_sees_the_context_of_its_caller_and_leaves_it_alone() -> None:
    def work(*, suffix: str) -> str:
        seen = WHO.get()
        WHO.set("the thread")
        return seen + suffix

    WHO.set("the caller")
    assert await Threads("test", 1).run(work, suffix="!") == "the caller!"
    assert WHO.get() == "the caller"


async def test_an_error_of_the_work_is_its_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        await Threads("test", 1).run(lambda: 1 / 0)


async def test_whoever_is_cancelled_goes_and_the_work_goes_on() -> None:
    threads, begun, go_on, done = Threads("test", 1), *(threading.Event() for _ in range(3))

    def work() -> None:
        begun.set()
        go_on.wait(10)
        done.set()

    waiting = asyncio.create_task(threads.run(work))
    assert await asyncio.to_thread(begun.wait, 10)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not done.is_set()
    go_on.set()
    assert await asyncio.to_thread(done.wait, 10)
