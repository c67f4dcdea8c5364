"""What a watcher may cost, how long it may watch, and how soon it hears what others do.

Whole conversations are in `test_live`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from fastapi import WebSocket
from redis.asyncio import Redis
from sqlalchemy import QueuePool, text, update

from src.api import live
from src.config import Settings
from src.errors import AppError, ErrorCode
from src.http.deps import Services
from src.http.patience import first_done
from src.http.sockets import Close, Places, SocketRefusedError, until_closed
from src.models import Trip
from src.services.live import live as live_module
from src.services.live.channel import CHANNEL
from src.services.live.hub import Hub, Subscription
from src.services.live.live import Live
from src.services.live.state import UploadState
from src.states import ProcessingStatus, ShownStage
from tests.support.cyclist import Cyclist
from tests.support.desk import Desk
from tests.support.servers import own_redis
from tests.support.uploads import ride

ONE = UUID(int=1)
BEGUN = UploadState(ONE, 1, 1, ProcessingStatus.PROCESSING, ShownStage.PARSING, 10)


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Deaf:
    """A client that takes nothing and talks without end."""

    async def send_text(self, _: str) -> None:
        await asyncio.Event().wait()

    async def receive(self) -> dict[str, Any]:
        return {"type": "websocket.receive", "text": "?"}


async def test_a_client_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SEND_WITHIN_S", 0.05)
    hub = Hub()
    with hub.watch(ONE) as subscription:
        hub.tell(BEGUN)
        with pytest.raises(SocketRefusedError) as refused:
            await live._tell(cast(WebSocket, Deaf()), subscription, "es")
        hub.tell(BEGUN.ended(ProcessingStatus.COMPLETED))
    assert refused.value.code is Close.TRY_AGAIN


async def test_a_client_that_does_not_stop_talking_is_closed() -> None:
    async with asyncio.timeout(5):
        with pytest.raises(SocketRefusedError) as refused:
            await until_closed(cast(WebSocket, Deaf()))
    assert refused.value.code is Close.BAD_MESSAGE


@on_sqlite
async def test_whoever_may_not_see_it_any_more_is_told_so(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MAY_STILL_EVERY_S", 0.01)
    upload = await ana.uploaded(ride())
    await ana.publish(upload["trip_id"])
    asking = asyncio.create_task(live._ask_again(services, UUID(upload["gpx_file_id"]), token=None))
    await asyncio.sleep(0.1)
    assert not asking.done()
    async with services.db.write() as session:
        await session.execute(update(Trip).values(is_private=True))
    async with asyncio.timeout(10):
        with pytest.raises(AppError) as refused:
            await asking
    assert refused.value.code is ErrorCode.FORBIDDEN


@on_postgresql
async def test_a_question_that_was_put_to_the_database_is_heard_out(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MAY_STILL_EVERY_S", 0.01)
    upload = await ana.uploaded(ride())
    await ana.publish(upload["trip_id"])
    asking = live._ask_again(services, UUID(upload["gpx_file_id"]), token=None)
    gone = asyncio.Event()
    async with asyncio.timeout(20), services.db.write() as session:
        await session.execute(text("LOCK TABLE trips IN ACCESS EXCLUSIVE MODE"))
        watching = asyncio.create_task(first_done(asking, gone.wait()))
        waits = text("SELECT pid FROM pg_locks WHERE NOT granted")
        while (connection := await session.scalar(waits)) is None:
            await asyncio.sleep(0.01)
        gone.set()
        # It does not end before the answer, for which it needs the lock.
        await asyncio.wait({watching}, timeout=0.5)
        assert not watching.done()
    assert await watching is True
    async with services.db.read() as session:
        known = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
        assert await session.scalar(known, {"pid": connection}) == 1, "it was torn up"
    assert cast(QueuePool, services.db.engine.pool).checkedout() == 0


@on_sqlite
def test_a_full_process_takes_no_more_and_forgets_those_that_go(services: Services) -> None:
    places = Places(services.settings.model_copy(update={"live_max_sockets": 1}))
    for _ in range(2):
        with places.for_address("one"):
            with pytest.raises(SocketRefusedError) as refused, places.for_address("other"):
                pass
            assert refused.value.code is Close.TRY_AGAIN


async def test_the_first_that_ends_ends_the_others() -> None:
    ended = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("forever")

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        await first_done(forever(), fail(), forever())
    assert ended == ["forever", "forever"]


@asynccontextmanager
async def passing_on(watched: Live) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    passing = asyncio.create_task(watched.pass_on_until(stopping))
    try:
        yield
    finally:
        stopping.set()
        await passing
        await watched.close()


async def until_heard(teller: Live, watched: Live, told: UploadState) -> None:
    """Until a watcher has heard what another process tells, over and over."""
    with watched.watch(told.gpx_file_id) as subscription:
        hearing = asyncio.create_task(_heard(subscription, told))
        try:
            async with asyncio.timeout(10):
                while not hearing.done():
                    teller.tell(told)
                    await asyncio.wait({hearing}, timeout=0.05)
            hearing.result()
        finally:
            hearing.cancel()


async def _heard(subscription: Subscription, told: UploadState) -> None:
    while await subscription.next() != told:
        pass


@on_sqlite
async def test_who_watches_after_the_last_has_gone_hears_others_at_once(
    desk: Desk, settings: Settings, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "_RECONNECT_AFTER_S", 60)
    first, second = await desk.put(), await desk.put()
    with_redis = settings.model_copy(update={"celery_enabled": True, "redis_url": redis_url})
    teller, watched = [Live(desk.services.db, with_redis) for _ in range(2)]
    async with passing_on(teller), passing_on(watched):
        await until_heard(teller, watched, replace(BEGUN, gpx_file_id=first))
        # What is told next tells that process that nobody watches there.
        async with Redis.from_url(redis_url) as client, asyncio.timeout(10):
            while (await client.pubsub_numsub(CHANNEL))[0][1]:
                teller.tell(replace(BEGUN, gpx_file_id=uuid4()))
                await asyncio.sleep(0.05)
        await until_heard(teller, watched, replace(BEGUN, gpx_file_id=second))


@on_sqlite
async def test_when_redis_goes_the_rows_are_looked_at_at_once(
    desk: Desk, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "TOLD_S", 60)
    upload = await desk.put()
    with own_redis(tmp_path / "broker") as broker:
        with_redis = settings.model_copy(update={"celery_enabled": True, "redis_url": broker.url})
        teller, watched = [Live(desk.services.db, with_redis) for _ in range(2)]
        async with passing_on(teller), passing_on(watched):
            with watched.watch(upload) as subscription:
                await until_heard(teller, watched, replace(BEGUN, gpx_file_id=upload))
                broker.kill()
                await desk.pipeline.process(upload)
                async with asyncio.timeout(20):
                    while not (state := await subscription.next()) or not state.has_ended:
                        pass
    assert state.status is ProcessingStatus.COMPLETED
