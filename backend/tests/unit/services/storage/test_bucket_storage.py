"""What a bucket adds: accounts, networks that change bytes, and servers that say nothing."""

import asyncio
import hashlib
import time
from pathlib import Path
from typing import Any

import pytest

from src.config import Settings
from src.services.storage import (
    FileMissingError,
    Storage,
    StorageUnavailableError,
    StoredFile,
    bucket,
    storage_of,
)
from tests.support.buckets import OWNER, READER, OwnS3
from tests.support.servers import free_port
from tests.support.stored import incoming_of, keys_of, store
from tests.support.tcp_proxy import tcp_proxy

KEY = "gpx_files/2026/05/trip/one.gpx"
SMALL = b"innocent" * 1000
LARGE = b"innocent" * 1_500_000


def storage_with(settings: dict[str, Any], **changes: Any) -> Storage:
    return storage_of(Settings(_env_file=None, **settings | changes))


@pytest.fixture
def storage(bucket_settings: dict[str, Any]) -> Storage:
    return storage_with(bucket_settings)


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["in one request", "in parts"])
async def test_bytes_that_change_on_the_way_are_refused(
    bucket_settings: dict[str, Any], s3_server: OwnS3, data: bytes
) -> None:
    with tcp_proxy(s3_server.port, lambda sent: sent.replace(b"innocent", b"changed!")) as proxy:
        unlucky = storage_with(bucket_settings, s3_endpoint=f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(StorageUnavailableError):
            await store(unlucky, KEY, data)
    steady = storage_with(bucket_settings)
    assert await keys_of(steady) == []
    assert incoming_of(steady) == []
    assert s3_server.unfinished() == []


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["in one request", "in parts"])
async def test_a_buffered_file_that_is_not_what_came_in_is_not_stored(
    storage: Storage, s3_server: OwnS3, tmp_path: Path, data: bytes
) -> None:
    buffered = tmp_path / "buffered"
    buffered.write_bytes(data[:-1] + b"?")
    received = StoredFile(KEY, len(data), hashlib.sha256(data).hexdigest())
    with pytest.raises(StorageUnavailableError):
        await storage.put(buffered, received)
    assert await keys_of(storage) == []
    assert s3_server.unfinished() == []


async def test_a_file_that_arrived_with_another_size_is_removed(
    storage: Storage, tmp_path: Path
) -> None:
    buffered = tmp_path / "buffered"
    buffered.write_bytes(SMALL)
    claimed = StoredFile(KEY, len(SMALL) + 1, hashlib.sha256(SMALL).hexdigest())
    with pytest.raises(StorageUnavailableError, match=f"with {len(SMALL)} bytes"):
        await storage.put(buffered, claimed)
    assert await keys_of(storage) == []


async def test_services_with_other_prefixes_do_not_see_each_other(
    storage: Storage, s3_server: OwnS3, disk_settings: dict[str, Any]
) -> None:
    neighbour = storage_with(disk_settings | s3_server.settings())
    await store(storage, KEY, SMALL)
    assert await keys_of(neighbour) == []
    with pytest.raises(FileMissingError):
        await neighbour.read(KEY)


async def test_an_account_that_may_not_write_stores_nothing(
    storage: Storage, bucket_settings: dict[str, Any]
) -> None:
    key, secret = READER
    reader = storage_with(bucket_settings, s3_access_key_id=key, s3_secret_access_key=secret)
    await store(storage, KEY, SMALL)
    with pytest.raises(StorageUnavailableError):
        await store(reader, KEY.replace("one", "two"), SMALL)
    await reader.delete(KEY)
    assert await keys_of(storage) == [KEY]
    assert await reader.read(KEY) == SMALL


@pytest.mark.parametrize(
    "wrong",
    [{"s3_secret_access_key": "guessed"}, {"storage_url": "s3://nobodys-bucket"}],
    ids=["secret", "bucket"],
)
async def test_wrong_settings_are_noticed_by_the_check(
    bucket_settings: dict[str, Any], wrong: dict[str, Any]
) -> None:
    misled = storage_with(bucket_settings, **wrong)
    with pytest.raises(StorageUnavailableError):
        await misled.check()
    with pytest.raises(StorageUnavailableError):
        await misled.read(KEY)
    with pytest.raises(StorageUnavailableError):
        await store(misled, KEY, SMALL)


async def test_neither_errors_nor_their_causes_tell_the_secret(
    bucket_settings: dict[str, Any],
) -> None:
    misled = storage_with(bucket_settings, s3_access_key_id="nobody")
    with pytest.raises(StorageUnavailableError) as refused:
        await misled.read(KEY)
    assert OWNER[1] not in repr(refused.value) + repr(refused.value.__cause__)


async def test_a_server_with_a_certificate_of_nobody_known_is_not_spoken_to(
    bucket_settings: dict[str, Any], s3_server: OwnS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypted = {"s3_endpoint": f"https://127.0.0.1:{s3_server.tls_port}"}
    suspicious = storage_with(bucket_settings, **encrypted)
    with pytest.raises(StorageUnavailableError):
        await store(suspicious, KEY, SMALL)
    monkeypatch.setenv("SSL_CERT_FILE", str(s3_server.tls.authority))
    trusting = storage_with(bucket_settings, **encrypted)
    await store(trusting, KEY, SMALL)
    assert await trusting.read(KEY) == SMALL


async def test_a_server_that_is_not_there_fails_within_seconds(
    bucket_settings: dict[str, Any],
) -> None:
    lonely = storage_with(bucket_settings, s3_endpoint=f"http://127.0.0.1:{free_port()}")
    started = time.monotonic()
    with pytest.raises(StorageUnavailableError):
        await lonely.check()
    with pytest.raises(StorageUnavailableError):
        await store(lonely, KEY, SMALL)
    assert time.monotonic() - started < 6
    assert incoming_of(lonely) == []


async def test_a_server_that_says_nothing_is_not_waited_for_longer_than_was_said(
    unsteady_s3: OwnS3, disk_settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "SILENCE_TIMEOUT_S", 0.5)
    monkeypatch.setattr(bucket, "RETRY_WITHIN_S", 0.5)
    storage = storage_with(disk_settings | unsteady_s3.settings())
    await store(storage, KEY, SMALL)
    unsteady_s3.freeze()
    try:
        for attempt in (
            storage.read(KEY),
            storage.open(KEY),
            storage.check(),
            keys_of(storage),
            store(storage, KEY.replace("one", "two"), LARGE),
        ):
            started = time.monotonic()
            with pytest.raises(StorageUnavailableError):
                await attempt
            assert time.monotonic() - started < 3
    finally:
        unsteady_s3.thaw()
    assert await storage.read(KEY) == SMALL


async def test_a_slow_reader_does_not_run_into_the_time_out_of_a_request(
    bucket_settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "REQUEST_TIMEOUT_S", 1)
    monkeypatch.setattr(bucket, "MAX_RETRIES", 0)
    storage = storage_with(bucket_settings)
    await store(storage, KEY, LARGE)
    received = b""
    async for piece in (await storage.open(KEY)).pieces:
        received += piece
        await asyncio.sleep(0.5)
    assert received == LARGE
