"""Who may work on an upload, and who may take it from whom."""

import asyncio
import os
import re
from datetime import timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import QueuePool, select

from src.config import Settings
from src.errors import ErrorCode
from src.services.uploads.lease_holder import this_process
from src.services.uploads.leases import Lease, LeaseLostError, Leases
from src.services.uploads.runs import Replacement
from src.states import Mode, Priority, ProcessingStatus, RescueCause, Stage
from tests.support.upload_rows import FAR_AWAY, UploadRows

LEASE_S = 20
REDISPATCH_S = 15
# The number of no process: above what the system gives.
DEAD = re.sub(r":\d+:", f":{4_194_304 + 1}:", this_process())


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None, gpx_lease_seconds=LEASE_S, gpx_redispatch_seconds=REDISPATCH_S)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def rescues(monkeypatch: pytest.MonkeyPatch) -> list[RescueCause]:
    """The causes that are counted."""
    counted: list[RescueCause] = []
    monkeypatch.setattr("src.observability.metrics.count_rescue", counted.append)
    return counted


async def test_a_lease_names_its_holder_and_expires(rows: UploadRows) -> None:
    one = await rows.add()
    lease = await rows.leases.claim(one)
    row = await rows.row(one)
    assert lease == Lease.of(row)
    assert (row.fence, row.deliveries, row.stage) == (1, 1, Stage.PARSING)
    assert row.holder == this_process()
    assert row.lease_expires_at == rows.clock.now + timedelta(seconds=LEASE_S)


async def test_a_live_lease_is_nobody_elses(rows: UploadRows, rescues: list[RescueCause]) -> None:
    one = await rows.add()
    await rows.take_over(one)
    rows.clock.move(seconds=LEASE_S - 1)
    assert await rows.leases.claim(one) is None
    assert (await rows.row(one)).holder == FAR_AWAY
    assert rescues == []


async def test_an_expired_lease_is_taken_and_the_fence_rises(
    rows: UploadRows, rescues: list[RescueCause]
) -> None:
    one = await rows.add()
    await rows.take_over(one)
    rows.clock.move(seconds=LEASE_S + 1)
    lease = await rows.leases.claim(one)
    assert lease is not None
    assert (lease.fence, (await rows.row(one)).deliveries) == (2, 2)
    assert rescues == [RescueCause.LEASE_EXPIRED]


async def test_the_lease_of_a_dead_process_of_this_host_is_free_at_once(
    rows: UploadRows, rescues: list[RescueCause]
) -> None:
    one = await rows.add()
    await rows.take_over(one, DEAD)
    lease = await rows.leases.claim(one)
    assert lease is not None
    assert lease.fence == 2
    assert rescues == [RescueCause.HOLDER_DIED]


async def test_a_free_upload_is_no_rescue(rows: UploadRows, rescues: list[RescueCause]) -> None:
    for holder in (None, this_process(), DEAD, FAR_AWAY):
        assert await rows.leases.claim(await rows.add(holder=holder)) is not None
    assert rescues == []


async def test_whoever_was_too_slow_writes_nothing(rows: UploadRows) -> None:
    one = await rows.add()
    slow = await rows.leases.claim(one)
    assert slow is not None
    rows.clock.move(seconds=LEASE_S + 1)
    assert await rows.leases.claim(one) is not None
    before = await rows.row(one)
    with pytest.raises(LeaseLostError):
        await rows.leases.advance(slow, 60)
    with pytest.raises(LeaseLostError):
        await rows.leases.fail(slow, ErrorCode.INTERNAL_ERROR)
    with pytest.raises(LeaseLostError):
        await rows.leases.retry_later(slow, ErrorCode.DATABASE_UNAVAILABLE, 60)
    async with rows.db.write() as session:
        with pytest.raises(LeaseLostError):
            await rows.leases.lock(session, slow)
        with pytest.raises(LeaseLostError):
            await rows.leases.complete(session, slow, Replacement(0, 2, None, None))
    await rows.leases.release(slow)
    after = await rows.row(one)
    assert (after.stage, after.fence, after.deliveries) == (Stage.PARSING, 2, 2)
    assert after.lease_expires_at == before.lease_expires_at


@pytest.mark.parametrize(
    "change", [{"upload_version": 2}, {"processing_status": ProcessingStatus.FAILED}]
)
async def test_an_upload_that_was_replaced_or_ended_is_written_by_nobody(
    rows: UploadRows, change: dict[str, object]
) -> None:
    one = await rows.add()
    lease = await rows.leases.claim(one)
    assert lease is not None
    await rows.change(one, **change)
    with pytest.raises(LeaseLostError):
        await rows.leases.advance(lease, 60)


@pytest.fixture
def quick_heart(settings: Settings) -> Settings:
    return settings.model_copy(update={"gpx_heartbeat_seconds": 0.01})


async def test_what_is_done_for_an_upload_ends_when_the_lease_is_lost(
    rows: UploadRows, quick_heart: Settings
) -> None:
    leases = Leases(rows.db, quick_heart, rows.clock)
    lease = await leases.claim(await rows.add())
    assert lease is not None
    async with asyncio.timeout(10), leases.kept_alive(lease) as watch:
        await rows.change(lease.gpx_file_id, upload_version=2)
        with pytest.raises(LeaseLostError):
            async with watch.while_held():
                await asyncio.Event().wait()
        with pytest.raises(LeaseLostError):
            async with watch.while_held():
                await asyncio.Event().wait()


async def test_a_timeout_within_what_is_done_is_no_lost_lease(
    rows: UploadRows, quick_heart: Settings
) -> None:
    leases = Leases(rows.db, quick_heart, rows.clock)
    lease = await leases.claim(await rows.add())
    assert lease is not None
    async with leases.kept_alive(lease) as watch:
        with pytest.raises(TimeoutError):
            async with watch.while_held(), asyncio.timeout(0.05):
                await asyncio.Event().wait()


async def test_no_sign_of_life_outlasts_the_work(rows: UploadRows, quick_heart: Settings) -> None:
    leases = Leases(rows.db, quick_heart, rows.clock)
    lease = await leases.claim(await rows.add())
    assert lease is not None
    is_done, connections = asyncio.Event(), cast(QueuePool, rows.db.engine.pool)

    async def work(lease: Lease) -> None:
        async with leases.kept_alive(lease):
            await is_done.wait()

    async with asyncio.timeout(10):
        async with rows.db.write() as session:
            await session.execute(select(1))
            working = asyncio.create_task(work(lease))
            # The other one is a sign of life, which waits for this transaction to end.
            while connections.checkedout() < 2:
                await asyncio.sleep(0.01)
            is_done.set()
        await working
    assert connections.checkedout() == 0


async def test_every_sign_of_life_extends_the_lease(rows: UploadRows) -> None:
    one = await rows.add()
    lease = await rows.leases.claim(one)
    assert lease is not None
    for _ in range(5):
        rows.clock.move(seconds=LEASE_S - 1)
        await rows.leases.advance(lease, 60)
        assert await rows.leases.claim(one) is None


async def test_before_its_next_attempt_an_upload_is_left_alone(rows: UploadRows) -> None:
    one = await rows.add()
    lease = await rows.leases.claim(one)
    assert lease is not None
    await rows.leases.retry_later(lease, ErrorCode.DATABASE_UNAVAILABLE, 60)
    rows.clock.move(seconds=59)
    assert await rows.leases.claim(one) is None
    assert (await rows.row(one)).deliveries == 1
    hasty = await rows.leases.claim(one, at_once=True)
    assert hasty is not None
    assert hasty.attempt == 2
    await rows.leases.retry_later(hasty, ErrorCode.DATABASE_UNAVAILABLE, 60)
    rows.clock.move(seconds=60)
    due = await rows.leases.claim(one)
    assert due is not None
    assert (due.attempt, (await rows.row(one)).next_attempt_at) == (3, None)


async def test_an_upload_that_was_delivered_too_often_is_given_up(
    rows: UploadRows, settings: Settings
) -> None:
    one = await rows.add()
    for _ in range(settings.gpx_max_deliveries):
        assert await rows.leases.claim(one) is not None
        rows.clock.move(seconds=LEASE_S + 1)
    assert await rows.leases.claim(one) is None
    row = await rows.row(one)
    assert row.processing_status is ProcessingStatus.FAILED
    assert (row.error_code, row.holder) == (ErrorCode.PROCESSING_ABANDONED, None)


async def test_a_live_lease_is_not_given_up_however_often_it_was_delivered(
    rows: UploadRows, settings: Settings
) -> None:
    one = await rows.add(deliveries=settings.gpx_max_deliveries - 1)
    await rows.take_over(one)
    assert await rows.leases.claim(one) is None
    assert (await rows.row(one)).processing_status is ProcessingStatus.PROCESSING


@pytest.mark.parametrize("mode", list(Mode))
async def test_what_is_handed_back_has_not_been_delivered(rows: UploadRows, mode: Mode) -> None:
    one = await rows.add(mode)
    lease = await rows.leases.claim(one)
    assert lease is not None
    await rows.leases.release(lease)
    row = await rows.row(one)
    assert (row.stage, row.deliveries, row.lease_expires_at) == (Stage.QUEUED, 0, None)
    assert row.holder == (this_process() if mode is Mode.BACKGROUND else None)
    assert await rows.leases.claim(one) is not None


async def test_what_no_worker_can_be_told_is_kept_in_this_process(rows: UploadRows) -> None:
    free, expired = await rows.add(Mode.CELERY), await rows.add(Mode.CELERY)
    await rows.take_over(expired)
    rows.clock.move(seconds=LEASE_S + 1)
    for one in (free, expired):
        assert await rows.leases.keep_in_this_process(one)
        row = await rows.row(one)
        assert (row.mode, row.holder) == (Mode.BACKGROUND, this_process())
        assert row.lease_expires_at is None


async def test_what_a_worker_has_begun_is_not_taken_from_it(rows: UploadRows) -> None:
    one = await rows.add(Mode.CELERY)
    await rows.take_over(one)
    assert not await rows.leases.keep_in_this_process(one)
    row = await rows.row(one)
    assert (row.mode, row.holder) == (Mode.CELERY, FAR_AWAY)
    assert row.lease_expires_at is not None


async def test_nothing_is_kept_of_what_has_ended_or_is_gone(rows: UploadRows) -> None:
    ended = await rows.add(Mode.CELERY, processing_status=ProcessingStatus.COMPLETED)
    assert not await rows.leases.keep_in_this_process(ended)
    assert not await rows.leases.keep_in_this_process(uuid4())
    assert (await rows.row(ended)).mode is Mode.CELERY


async def leased(rows: UploadRows, mode: Mode, holder: str = FAR_AWAY) -> UUID:
    one = await rows.add(mode)
    await rows.take_over(one, holder)
    return one


async def test_each_upload_is_rescued_for_its_cause_and_once(rows: UploadRows) -> None:
    expired = await leased(rows, Mode.CELERY)
    rows.clock.move(seconds=LEASE_S + 1)
    expected = {
        expired: RescueCause.LEASE_EXPIRED,
        await leased(rows, Mode.CELERY, DEAD): RescueCause.HOLDER_DIED,
        await rows.add(holder=DEAD): RescueCause.HOLDER_DIED,
        await rows.add(age_s=REDISPATCH_S + 1): RescueCause.LEFT_WAITING,
        await rows.add(Mode.CELERY, age_s=REDISPATCH_S + 1): RescueCause.MESSAGE_LOST,
        await missed_retry(rows): RescueCause.RETRY_MISSED,
    }
    await leased(rows, Mode.CELERY)
    await rows.add()
    await rows.add(Mode.CELERY)
    await rows.add(age_s=1000, processing_status=ProcessingStatus.COMPLETED)
    assert await rows.taken() == expected
    assert await rows.taken() == {}, "what was just taken is not taken again at once"


async def missed_retry(rows: UploadRows) -> UUID:
    """An upload whose next attempt should have begun, a while ago."""
    return await rows.add(
        Mode.CELERY,
        age_s=60 + REDISPATCH_S + 1,
        stage=Stage.RETRYING,
        next_attempt_at=rows.clock.now - timedelta(seconds=REDISPATCH_S + 1),
    )


async def test_a_retry_is_left_to_whoever_planned_it_until_it_is_late(rows: UploadRows) -> None:
    for mode in Mode:
        one = await rows.add(mode)
        lease = await rows.leases.claim(one)
        assert lease is not None
        await rows.leases.retry_later(lease, ErrorCode.DATABASE_UNAVAILABLE, 60)
    rows.clock.move(seconds=60 + REDISPATCH_S - 1)
    assert await rows.taken() == {}
    rows.clock.move(seconds=2)
    assert set((await rows.taken()).values()) == {RescueCause.RETRY_MISSED}
    assert await rows.taken() == {}


async def test_a_retry_that_is_due_does_not_pass_for_a_lost_message(rows: UploadRows) -> None:
    await rows.add(Mode.CELERY, age_s=100)
    await rows.add(Mode.CELERY, age_s=200, next_attempt_at=rows.clock.now - timedelta(seconds=1))
    assert await rows.taken(in_queue=1) == {}


async def test_what_is_taken_for_a_worker_is_nobodys_and_the_rest_is_ours(
    rows: UploadRows,
) -> None:
    there, here = await leased(rows, Mode.CELERY, DEAD), await rows.add(holder=DEAD)
    assert (await rows.taken()).keys() == {there, here}
    assert (await rows.row(there)).holder is None
    assert (await rows.row(here)).holder == this_process()
    assert {(await rows.row(one)).dispatched_at for one in (there, here)} == {rows.clock.now}


@pytest.mark.parametrize(("in_queue", "expected"), [(0, 3), (1, 2), (3, 0), (5, 0), (None, 0)])
async def test_messages_never_outnumber_the_uploads(
    rows: UploadRows, in_queue: int | None, expected: int
) -> None:
    sent = [await rows.add(Mode.CELERY, age_s=age_s) for age_s in (300, 200, 100)]
    taken = await rows.taken(in_queue)
    assert list(taken) == sent[:expected], "the longest untold first"


async def test_many_messages_of_bulk_work_do_not_pass_for_that_of_a_cyclist(
    rows: UploadRows,
) -> None:
    in_bulk = [await rows.add(Mode.CELERY, age_s=300, priority=Priority.BULK) for _ in range(2)]
    lost = await rows.add(Mode.CELERY, age_s=100)
    assert await rows.taken(0, in_bulk=5) == {lost: RescueCause.MESSAGE_LOST}
    assert await rows.taken(5, in_bulk=1) == {in_bulk[0]: RescueCause.MESSAGE_LOST}


async def test_a_retry_in_bulk_is_sent_when_its_time_has_come(rows: UploadRows) -> None:
    retries = [
        await rows.add(
            mode, age_s=30, priority=priority, next_attempt_at=rows.clock.now + timedelta(seconds=5)
        )
        for mode, priority in (
            (Mode.CELERY, Priority.BULK),
            (Mode.CELERY, Priority.INTERACTIVE),
            (Mode.BACKGROUND, Priority.BULK),
        )
    ]
    assert await rows.taken() == {}
    rows.clock.move(seconds=6)
    assert await rows.taken() == {retries[0]: None}
    assert await rows.taken(in_bulk=1) == {}, "it is in the queue"


async def test_what_is_to_be_done_in_bulk_is_sent_after_all_the_rest(rows: UploadRows) -> None:
    in_bulk = await rows.add(age_s=300, priority=Priority.BULK)
    young, old = await rows.add(age_s=100), await rows.add(age_s=200)
    due = await rows.leases.take_due()
    assert [(one.gpx_file_id, one.priority) for one in due] == [
        (old, Priority.INTERACTIVE),
        (young, Priority.INTERACTIVE),
        (in_bulk, Priority.BULK),
    ]


async def test_a_message_that_is_on_its_way_is_waited_for(rows: UploadRows) -> None:
    one = await rows.add(Mode.CELERY)
    rows.clock.move(seconds=REDISPATCH_S - 1)
    assert await rows.taken() == {}
    rows.clock.move(seconds=2)
    assert await rows.taken() == {one: RescueCause.MESSAGE_LOST}


async def test_what_waits_in_a_living_process_is_not_taken_for_left(rows: UploadRows) -> None:
    known, forgotten, elsewhere = await rows.add(), await rows.add(), await rows.add()
    await rows.change(elsewhere, holder=FAR_AWAY)
    for _ in range(4):
        rows.clock.move(seconds=REDISPATCH_S - 1)
        await rows.leases.keep_waiting([known, elsewhere])
    assert await rows.taken() == {
        forgotten: RescueCause.LEFT_WAITING,
        elsewhere: RescueCause.LEFT_WAITING,
    }


def test_the_dead_process_of_these_tests_does_not_exist() -> None:
    with pytest.raises(ProcessLookupError):
        os.kill(int(DEAD.rsplit(":", 2)[1]), 0)
