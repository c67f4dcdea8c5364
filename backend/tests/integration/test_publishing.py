"""Messages of all sizes to a real Redis: in time, by reference, or not at all."""

import asyncio
import base64
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from src.celery_app import celery_app
from src.config import Settings
from src.http.deps import Services
from src.models import GpxFile
from src.services.processing import dispatch
from src.services.processing.task_payload import (
    MAX_CARRIED_FILE_BYTES,
    decode_payload,
    encode_payload,
)
from src.states import Mode
from src.tasks.gpx_tasks import process_gpx_file_async
from tests.support.cyclist import Cyclist
from tests.support.rides import build_gpx
from tests.support.servers import OwnRedis, own_redis
from tests.support.tcp_proxy import tcp_proxy
from tests.support.uploads import NO_RECOVERY, Uploads, brisk, ride

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MEBIBYTE = 1024 * 1024
RIDE = build_gpx(size_mb=6)
IN_EARNEST_S = dispatch.PUBLISH_TIMEOUT_S


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[OwnRedis]:
    with own_redis(tmp_path / "broker") as server:
        yield server


@pytest.fixture
def settings(settings: Settings, broker: OwnRedis) -> Settings:
    return brisk(settings, broker.url, **NO_RECOVERY)


@pytest.fixture
def uploads(ana: Cyclist, services: Services) -> Uploads:
    return Uploads(ana, services.db)


def queued(broker: OwnRedis) -> list[Any]:
    """The arguments of the tasks in the queue, the oldest first."""
    with broker.client() as client:
        messages = [json.loads(text) for text in client.lrange("celery", 0, -1)]
    return [json.loads(message["body"])[0] for message in reversed(messages)]


async def test_a_usual_ride_travels_in_its_message(uploads: Uploads, broker: OwnRedis) -> None:
    await uploads.send(RIDE)
    ((_, _, content, _),) = queued(broker)
    assert decode_payload(content, len(RIDE)) == RIDE


async def test_what_is_too_large_for_a_message_goes_by_reference(
    uploads: Uploads, broker: OwnRedis
) -> None:
    long = RIDE + b"\n" * (MAX_CARRIED_FILE_BYTES + 1 - len(RIDE))
    largest = long[:-1]
    restless = ride() + b"<!--" + base64.b64encode(os.urandom(4 * MEBIBYTE)) + b"-->"
    sent = [await uploads.send(gpx) for gpx in (long, largest, restless)]
    contents = [content for _, _, content, _ in queued(broker)]
    assert [content is None for content in contents] == [True, False, True]
    assert {(await uploads.row(one)).mode for one in sent} == {Mode.CELERY}


async def test_only_two_files_are_in_memory_for_their_messages(
    uploads: Uploads, broker: OwnRedis, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, in_memory, most = asyncio.Event(), 0, 0
    read = type(services.storage).read

    async def read_when_told(*arguments: Any) -> bytes:
        nonlocal in_memory, most
        in_memory += 1
        most = max(most, in_memory)
        await gate.wait()
        in_memory -= 1
        return await read(*arguments)

    monkeypatch.setattr(type(services.storage), "read", read_when_told)
    sending = [asyncio.create_task(uploads.send(ride(seed=seed))) for seed in range(6)]
    async with asyncio.timeout(10):
        while len(queued(broker)) < 4:
            await asyncio.sleep(0.02)
    assert {content for _, _, content, _ in queued(broker)} == {None}
    gate.set()
    await asyncio.gather(*sending)
    assert most == 2
    assert sum(content is not None for _, _, content, _ in queued(broker)) == 2


class Sending:
    """A message to be published in a thread, and when that thread had done with it."""

    def __init__(self, row: GpxFile, content: str | None) -> None:
        self._arguments = (str(row.gpx_file_id), str(row.trip_id), content, row.file_name)
        self.ended = threading.Event()

    def __call__(self) -> object:
        try:
            return process_gpx_file_async.delay(*self._arguments)
        finally:
            self.ended.set()


@pytest.fixture
async def row(uploads: Uploads, broker: OwnRedis, monkeypatch: pytest.MonkeyPatch) -> GpxFile:
    """One whose message waits; what is sent from now on has no more time than in earnest."""
    row = await uploads.row(await uploads.send(ride()))
    assert len(queued(broker)) == 1
    monkeypatch.setattr(dispatch, "PUBLISH_TIMEOUT_S", IN_EARNEST_S)
    return row


def noise(size_mb: int) -> str:
    return encode_payload(base64.b64encode(os.urandom(size_mb * MEBIBYTE)))


async def test_a_message_that_is_given_up_in_its_midst_is_not_written_later(
    row: GpxFile, broker: OwnRedis, services: Services
) -> None:
    sending = Sending(row, noise(8))
    broker.freeze()
    try:
        with pytest.raises(dispatch.BROKER_FAILURES):
            await services.dispatcher._in_time(sending)
        assert sending.ended.is_set(), "the thread still writes"
    finally:
        broker.thaw()
    async with asyncio.timeout(30):
        with broker.client() as client:
            # A connection that is closed takes along the half of a command that it brought.
            while len(client.client_list()) > 1:
                await asyncio.sleep(0.05)
    assert len(queued(broker)) == 1


async def test_the_thread_of_a_slow_conversation_ends_when_it_is_given_up(
    row: GpxFile, broker: OwnRedis, services: Services
) -> None:
    def slowly(data: bytes) -> bytes:
        time.sleep(0.15)
        return data

    sending = Sending(row, None)
    with tcp_proxy(broker.port, slowly) as proxy:
        celery_app.conf.update(broker_url=f"redis://127.0.0.1:{proxy.port}/0")
        started = time.monotonic()
        with pytest.raises(dispatch.BROKER_FAILURES):
            await services.dispatcher._in_time(sending)
        assert time.monotonic() - started < dispatch.PUBLISH_TIMEOUT_S + 0.2
        assert sending.ended.wait(0.2), "the thread goes on with the conversation"
    assert len(queued(broker)) == 1


async def test_a_large_message_may_take_longer_than_a_small_one(
    row: GpxFile, broker: OwnRedis, services: Services
) -> None:
    content = noise(12)
    enough_s = dispatch.PUBLISH_TIMEOUT_S + len(content) / dispatch.SLOWEST_BYTES_PER_S
    needed_s = dispatch.PUBLISH_TIMEOUT_S + 0.35 * (enough_s - dispatch.PUBLISH_TIMEOUT_S)
    # What the broker is told is that in base64. When the small one's time is over, more is left
    # of it than the system has taken on its own account, and would pass on.
    with tcp_proxy(broker.port, bytes_per_s=4 / 3 * len(content) / needed_s) as proxy:
        celery_app.conf.update(broker_url=f"redis://127.0.0.1:{proxy.port}/0")
        with pytest.raises(dispatch.BROKER_FAILURES):
            await services.dispatcher._in_time(Sending(row, content))
        started = time.monotonic()
        await services.dispatcher._in_time(Sending(row, content), len(content))
        passed_s = time.monotonic() - started
    assert dispatch.PUBLISH_TIMEOUT_S < passed_s < enough_s
    assert [sent[2] for sent in queued(broker)].count(content) == 1
