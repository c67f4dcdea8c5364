"""Work in this process: a bounded number at once, each upload once, and none lost when it stops."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from src.services.gpx_service import ProcessingResult
from src.services.processing.background import BackgroundRunner
from src.states import Outcome

ONE, TWO, THREE = (uuid4() for _ in range(3))


class Pipeline:
    """Works on an upload until a test ends it."""

    def __init__(self) -> None:
        self.begun: list[UUID] = []
        self.handed_back: list[UUID] = []
        self._ends: dict[UUID, asyncio.Queue[ProcessingResult | Exception]] = defaultdict(
            asyncio.Queue
        )

    async def __call__(self, gpx_file_id: UUID) -> ProcessingResult:
        self.begun.append(gpx_file_id)
        try:
            end = await self._ends[gpx_file_id].get()
        except asyncio.CancelledError:
            # As the real one, which writes to the database before it goes.
            await asyncio.sleep(0)
            self.handed_back.append(gpx_file_id)
            raise
        if isinstance(end, Exception):
            raise end
        return end

    def end(self, gpx_file_id: UUID, retry_in_s: float | None = None) -> None:
        outcome = Outcome.COMPLETED if retry_in_s is None else Outcome.RETRY
        self._ends[gpx_file_id].put_nowait(
            ProcessingResult(outcome, gpx_file_id, retry_in_s=retry_in_s)
        )

    def fail(self, gpx_file_id: UUID) -> None:
        self._ends[gpx_file_id].put_nowait(OSError("not even the failure could be written"))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Whole tracebacks for a console would take longer than all the rest."""
    with capture_logs():
        yield


@pytest.fixture
def pipeline() -> Pipeline:
    return Pipeline()


@pytest.fixture
async def runner(pipeline: Pipeline) -> AsyncIterator[BackgroundRunner]:
    runner = BackgroundRunner(pipeline, concurrency=2)
    yield runner
    await stopped(runner)


async def stopped(runner: BackgroundRunner) -> None:
    async with asyncio.timeout(5):
        await runner.stop()


async def settled() -> None:
    """Whatever can go on without a test has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_more_run_at_once_than_may_and_the_next_follows(
    pipeline: Pipeline, runner: BackgroundRunner
) -> None:
    for one in (ONE, TWO, THREE):
        runner.start(one)
    await settled()
    assert pipeline.begun == [ONE, TWO]
    assert runner.held() == {ONE, TWO, THREE}, "also what waits for its turn"
    pipeline.end(TWO)
    await settled()
    assert pipeline.begun == [ONE, TWO, THREE]
    assert runner.held() == {ONE, THREE}


async def test_an_upload_runs_once_at_a_time(pipeline: Pipeline, runner: BackgroundRunner) -> None:
    runner.start(ONE)
    waiting = [asyncio.create_task(runner.run(ONE)) for _ in range(2)]
    runner.start(ONE)
    await settled()
    assert pipeline.begun == [ONE]
    pipeline.end(ONE)
    await asyncio.gather(*waiting)
    assert runner.held() == frozenset()
    runner.start(ONE)
    await settled()
    assert pipeline.begun == [ONE, ONE]


async def test_the_work_that_goes_on_can_be_waited_for(
    pipeline: Pipeline, runner: BackgroundRunner
) -> None:
    assert runner.running_task(ONE) is None
    runner.start(ONE)
    work = runner.running_task(ONE)
    assert work is not None
    assert not work.done()
    pipeline.end(ONE)
    await work
    await settled()
    assert runner.running_task(ONE) is None


async def test_whoever_waits_may_go_without_stopping_the_work(
    pipeline: Pipeline, runner: BackgroundRunner
) -> None:
    waiting = asyncio.create_task(runner.run(ONE))
    await settled()
    waiting.cancel()
    await asyncio.wait({waiting})
    assert waiting.cancelled()
    await settled()
    assert runner.held() == {ONE}
    assert pipeline.handed_back == []


async def test_what_fails_unforeseen_frees_its_place_and_troubles_nobody(
    pipeline: Pipeline, runner: BackgroundRunner
) -> None:
    for one in (ONE, TWO, THREE):
        pipeline.fail(one)
    async with asyncio.timeout(5):
        await asyncio.gather(*(runner.run(one) for one in (ONE, TWO, THREE)))
    assert pipeline.begun == [ONE, TWO, THREE]
    assert runner.held() == frozenset()


@pytest.mark.parametrize("delay_s", [0.0, 0.01])
async def test_what_is_to_be_tried_again_is_tried_after_a_while(
    pipeline: Pipeline, runner: BackgroundRunner, delay_s: float
) -> None:
    loop = asyncio.get_running_loop()
    pipeline.end(ONE, retry_in_s=delay_s)
    await runner.run(ONE)
    ended_at = loop.time()
    pipeline.end(ONE)
    async with asyncio.timeout(5):
        while len(pipeline.begun) < 2:
            await asyncio.sleep(0)
    assert loop.time() - ended_at >= delay_s - 0.005
    await settled()
    assert pipeline.begun == [ONE, ONE]
    assert runner.held() == frozenset()


async def test_what_waits_to_be_tried_again_takes_no_place(
    pipeline: Pipeline, runner: BackgroundRunner
) -> None:
    for one in (ONE, TWO):
        pipeline.end(one, retry_in_s=3600)
        await runner.run(one)
    assert runner.held() == frozenset()
    pipeline.end(THREE)
    async with asyncio.timeout(5):
        await runner.run(THREE)


async def test_when_it_stops_all_is_handed_back_and_nothing_begins(
    pipeline: Pipeline, runner: BackgroundRunner
) -> None:
    pipeline.end(THREE, retry_in_s=3600)
    await runner.run(THREE)
    (retry,) = runner._retries.values()
    never = uuid4()
    for one in (ONE, TWO, never):
        runner.start(one)
    await settled()
    await stopped(runner)
    assert pipeline.handed_back == [ONE, TWO]
    assert runner.held() == frozenset()
    assert retry.cancelled()
    assert pipeline.begun == [THREE, ONE, TWO]
