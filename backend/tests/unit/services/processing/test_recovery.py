"""The recovery loop: whom it sends on their way, and what it does when the broker is silent."""

import asyncio
from collections.abc import Collection
from uuid import UUID

import pytest

from src.config import Settings
from src.services.processing.recovery import BROKER_PATIENCE_S, recover, recover_until
from src.services.uploads.leases import EMPTY_QUEUES, DueUpload, InQueues
from src.states import Mode, RescueCause
from tests.support.upload_rows import UploadRows, in_queues

REDISPATCH_S = 15


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None, gpx_redispatch_seconds=REDISPATCH_S)


@pytest.fixture
def rescues(monkeypatch: pytest.MonkeyPatch) -> list[RescueCause]:
    counted: list[RescueCause] = []
    monkeypatch.setattr("src.observability.metrics.count_rescue", counted.append)
    return counted


class Passes:
    """A recovery loop whose time and broker a test moves, pass by pass."""

    def __init__(self, rows: UploadRows, *answers: int | None, step_s: float = 5) -> None:
        self._rows = rows
        self._answers = list(answers)
        self._step_s = step_s
        self._passed = 0
        self._stopping = asyncio.Event()
        self.dispatched: list[tuple[int, UUID]] = []
        self.held: Collection[UUID] = ()

    async def run(self) -> list[tuple[int, UUID]]:
        """The uploads that were dispatched, each with the number of its pass from 1 on."""
        async with asyncio.timeout(10):
            await recover_until(
                self._stopping,
                self._rows.leases,
                self._dispatch,
                self._count_waiting,
                interval_s=0.001,
                held_here=lambda: self.held,
                clock=lambda: self._passed * self._step_s,
            )
        return self.dispatched

    async def _count_waiting(self) -> InQueues | None:
        answer = self._answers[self._passed]
        self._passed += 1
        self._rows.clock.move(seconds=self._step_s)
        if self._passed == len(self._answers):
            self._stopping.set()
        return in_queues(answer)

    async def _dispatch(self, upload: DueUpload) -> None:
        self.dispatched.append((self._passed, upload.gpx_file_id))


async def test_every_rescue_is_dispatched_and_counted_with_its_cause(
    rows: UploadRows, rescues: list[RescueCause]
) -> None:
    left = await rows.add(age_s=100)
    lost = await rows.add(Mode.CELERY, age_s=50)
    await rows.add()
    dispatched: list[UUID] = []

    async def note(upload: DueUpload) -> None:
        dispatched.append(upload.gpx_file_id)

    assert await recover(rows.leases, note) == 2
    assert dispatched == [left, lost]
    assert rescues == [RescueCause.LEFT_WAITING, RescueCause.MESSAGE_LOST]
    assert await recover(rows.leases, note) == 0


async def test_one_upload_that_cannot_be_dispatched_does_not_stop_the_others(
    rows: UploadRows,
) -> None:
    expected = [await rows.add(age_s=age_s) for age_s in (300, 200, 100)]
    tried: list[UUID] = []

    async def fail_first(upload: DueUpload) -> None:
        tried.append(upload.gpx_file_id)
        if len(tried) == 1:
            raise OSError("no")

    assert await recover(rows.leases, fail_first) == 3
    assert tried == expected


async def test_a_pass_that_fails_is_followed_by_another(rows: UploadRows) -> None:
    one = await rows.add(age_s=100)
    stopping = asyncio.Event()
    asked = 0

    async def ill_at_first() -> InQueues:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise ValueError("not foreseen")
        return EMPTY_QUEUES

    async def note(upload: DueUpload) -> None:
        assert upload.gpx_file_id == one
        stopping.set()

    async with asyncio.timeout(10):
        await recover_until(stopping, rows.leases, note, ill_at_first, interval_s=0.001)
    assert asked == 2


async def test_a_message_that_its_worker_took_and_never_began_is_noticed(
    rows: UploadRows,
) -> None:
    one = await rows.add(Mode.CELERY)
    assert await Passes(rows, 1, 0, 0, 0, 0).run() == [(4, one)]


async def test_messages_that_wait_are_left_in_the_queue(rows: UploadRows) -> None:
    for _ in range(3):
        await rows.add(Mode.CELERY)
    assert await Passes(rows, *[3] * 20).run() == []


async def test_a_broker_that_is_silent_for_a_moment_is_waited_for(rows: UploadRows) -> None:
    await rows.add(Mode.CELERY, age_s=1000)
    assert await Passes(rows, 1, None, None, 1, None, None, 1).run() == []


async def test_what_a_broker_held_that_stays_silent_is_processed_elsewhere(
    rows: UploadRows,
) -> None:
    one = await rows.add(Mode.CELERY, age_s=1000)
    ((number, dispatched),) = await Passes(rows, 1, None, None, None, None).run()
    assert dispatched == one
    assert (number - 2) * 5 < BROKER_PATIENCE_S < (number - 1) * 5


async def test_while_the_broker_is_silent_others_are_rescued(rows: UploadRows) -> None:
    await rows.add(Mode.CELERY, age_s=1000)
    here = await rows.add(age_s=1000)
    assert await Passes(rows, None, 1).run() == [(1, here)]


async def test_what_waits_in_this_process_is_not_begun_again(rows: UploadRows) -> None:
    held, forgotten = await rows.add(), await rows.add()
    passes = Passes(rows, *[0] * 8)
    passes.held = {held}
    assert {upload for _, upload in await passes.run()} == {forgotten}
