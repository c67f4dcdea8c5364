"""How much work waits, counted in the database."""

from datetime import timedelta

from sqlalchemy import update

from src.errors import ErrorCode
from src.models import GpxFile
from src.services.backlog.measurement import Backlog, measure_backlog
from src.states import Mode, Priority
from tests.support.desk import Desk


async def measured(desk: Desk) -> dict[Mode, Backlog]:
    async with desk.services.db.read() as session:
        return await measure_backlog(session, desk.clock.now)


async def test_nothing_waits_in_an_empty_service(desk: Desk) -> None:
    assert await measured(desk) == {Mode.BACKGROUND: Backlog(), Mode.CELERY: Backlog()}


async def test_what_is_done_in_bulk_waits_apart_and_still_asks_for_workers(desk: Desk) -> None:
    interactive, in_bulk = await desk.put(), await desk.put()
    async with desk.services.db.write() as session:
        await session.execute(
            update(GpxFile)
            .where(GpxFile.gpx_file_id == in_bulk)
            .values(priority=Priority.BULK, queued_at=desk.clock.now - timedelta(hours=1))
        )
    desk.clock.now = (await desk.row(interactive)).queued_at + timedelta(seconds=30)
    backlog = (await measured(desk))[Mode.BACKGROUND]
    assert backlog == Backlog(waiting=1, waiting_bulk=1, oldest_waiting_s=30)
    assert backlog.due == 2
    assert await desk.pipeline.leases.claim(in_bulk) is not None
    assert (await measured(desk))[Mode.BACKGROUND].running == 1


async def test_waiting_running_and_retrying_uploads_are_told_apart(desk: Desk) -> None:
    leases = desk.pipeline.leases
    waiting, running, retrying, finished = [await desk.put() for _ in range(4)]
    await desk.pipeline.process(finished)
    assert await leases.claim(running) is not None
    lease = await leases.claim(retrying)
    assert lease is not None
    await leases.retry_later(lease, ErrorCode.DATABASE_UNAVAILABLE, 60)
    queued_at = (await desk.row(waiting)).queued_at
    desk.clock.now = queued_at + timedelta(seconds=30)
    assert (await measured(desk))[Mode.BACKGROUND] == Backlog(
        waiting=1, running=1, retrying=1, oldest_waiting_s=30
    )

    retry_at = (await desk.row(retrying)).next_attempt_at
    assert retry_at is not None
    async with desk.services.db.write() as session:
        await session.execute(
            update(GpxFile).where(GpxFile.gpx_file_id == waiting).values(mode=Mode.CELERY)
        )
    desk.clock.now = retry_at + timedelta(seconds=7)
    backlog = await measured(desk)
    assert backlog[Mode.BACKGROUND] == Backlog(waiting=1, running=1, oldest_waiting_s=7)
    assert backlog[Mode.CELERY].due == 1
    assert backlog[Mode.CELERY].oldest_waiting_s > 60
