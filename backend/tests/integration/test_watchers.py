"""What a watcher may cost, and how long it may watch; whole conversations are in `test_live`."""

import asyncio
from typing import Any, cast
from uuid import UUID

import pytest
from fastapi import WebSocket
from sqlalchemy import QueuePool, text, update

from src.api import live
from src.errors import AppError, ErrorCode
from src.http.deps import Services
from src.http.patience import first_done
from src.http.sockets import Close, Places, SocketRefusedError, until_closed
from src.models import Trip
from src.services.live.hub import Hub
from src.services.live.state import UploadState
from src.states import ProcessingStatus, ShownStage
from tests.support.cyclist import Cyclist
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
