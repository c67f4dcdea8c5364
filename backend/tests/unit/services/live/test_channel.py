"""What is told reaches other processes, and Redis' troubles reach nobody who tells."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from src.broker.async_redis import AsyncRedis
from src.services.live import channel as module
from src.services.live.channel import CHANNEL, FAILURES, Channel
from src.services.live.state import UploadState
from src.states import ProcessingStatus, ShownStage
from tests.support.tcp_proxy import tcp_proxy

BEGUN = UploadState(UUID(int=1), 1, 1, ProcessingStatus.PROCESSING, ShownStage.PARSING, 10)


@asynccontextmanager
async def channel_to(url: str) -> AsyncIterator[Channel]:
    channel = Channel(AsyncRedis(url, "master", None))
    try:
        yield channel
    finally:
        await channel.close()


@asynccontextmanager
async def two_processes(
    url: str, through: str | None = None
) -> AsyncIterator[tuple[Channel, AsyncGenerator[UploadState | None]]]:
    """A channel that tells, and what another one hears `through` its own address."""
    async with (
        asyncio.timeout(10),
        channel_to(url) as here,
        channel_to(through or url) as there,
        aclosing(there.heard()) as heard,
    ):
        assert await anext(heard) is None, "it tells first that it listens"
        yield here, heard


async def test_what_one_process_tells_another_hears(redis_url: str) -> None:
    told = [replace(BEGUN, gpx_file_id=uuid4()) for _ in range(3)]
    async with two_processes(redis_url) as (here, heard):
        for state in told:
            here.tell(state)
        assert {(await anext(heard)) for _ in told} == set(told)


async def test_of_what_waits_only_the_newest_is_sent(redis_url: str) -> None:
    async with two_processes(redis_url) as (here, heard):
        for percent in (20, 40, 30):
            here.tell(replace(BEGUN, progress=percent))
        await here.flush()
        here.tell(replace(BEGUN, progress=50))
        for percent in (40, 50):
            assert await anext(heard) == replace(BEGUN, progress=percent)


async def test_what_is_no_state_is_passed_over(redis_url: str) -> None:
    newer = BEGUN.to_json().replace(b"parsing", b"flying")
    redis = AsyncRedis(redis_url, "master", None)
    async with two_processes(redis_url) as (here, heard):
        for odd in (b"", b"[]", b"{}", b"\xff", newer):
            await redis.client.publish(CHANNEL, odd)
        here.tell(BEGUN)
        assert await anext(heard) == BEGUN
    await redis.close()


async def test_without_redis_nobody_waits(redis_url: str) -> None:
    async with channel_to("redis://127.0.0.1:1/0") as channel:
        started = time.monotonic()
        for _ in range(3):
            channel.tell(BEGUN)
            await channel.flush()
        assert time.monotonic() - started < 3 * module.SEND_TIMEOUT_S
        with pytest.raises(FAILURES):
            await anext(channel.heard())


async def test_a_connection_that_fell_silent_is_noticed(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PING_EVERY_S", 0.1)
    with tcp_proxy(urlsplit(redis_url).port or 0) as proxy:
        through = f"redis://127.0.0.1:{proxy.port}/0"
        async with two_processes(redis_url, through) as (_, heard):
            proxy.silence()
            assert await anext(heard) is None, "it is quiet, and asked whether it is there"
            with pytest.raises(FAILURES):
                await anext(heard)
