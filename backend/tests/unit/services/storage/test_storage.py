"""What every kind of storage promises."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from src.config import Settings
from src.database import utc_now
from src.services.storage import (
    HEAD_BYTES,
    BucketStorage,
    DiskStorage,
    FileMissingError,
    Storage,
    StorageUnavailableError,
    new_key,
    storage_of,
    trip_of,
)
from tests.support.stored import incoming_of, keys_of, store

KEY = "gpx_files/2026/05/trip/one.gpx"
# More than one part of a large upload, and not a whole number of them.
LARGE = bytes(range(256)) * 45_000


async def test_what_is_read_is_what_was_appended(storage: Storage) -> None:
    chunks = [b"<gpx>", b"", b"x" * 3_000_000, b"</gpx>"]
    async with storage.receive() as incoming:
        for chunk in chunks:
            await incoming.append(chunk)
        stored = await incoming.keep(KEY)
    data = b"".join(chunks)
    assert await storage.read(KEY) == data
    assert (stored.key, stored.size) == (KEY, len(data))
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert await keys_of(storage) == [KEY]
    assert incoming_of(storage) == []


@pytest.mark.parametrize("data", [b"", b"<gpx/>", LARGE], ids=["empty", "small", "large"])
async def test_a_file_is_opened_with_its_size_and_comes_in_pieces(
    storage: Storage, data: bytes
) -> None:
    await store(storage, KEY, data)
    opened = await storage.open(KEY)
    pieces = [piece async for piece in opened.pieces]
    assert opened.size_bytes == len(data)
    assert b"".join(pieces) == data
    assert max(map(len, pieces), default=0) <= 5 * 1024 * 1024
    assert await storage.read(KEY) == data


async def test_it_tells_whether_it_has_a_file(storage: Storage) -> None:
    await store(storage, KEY, b"")
    assert await storage.has(KEY)
    assert not await storage.has("gpx_files/2026/05/trip/two.gpx")
    assert not await storage.has("gpx_files/2026/05/other/one.gpx")


async def test_an_empty_file_is_a_file(storage: Storage) -> None:
    async with storage.receive() as incoming:
        stored = await incoming.keep(KEY)
    assert (stored.size, stored.sha256) == (0, hashlib.sha256(b"").hexdigest())
    assert await storage.read(KEY) == b""


async def test_the_head_is_the_beginning_whatever_the_chunks(storage: Storage) -> None:
    data = bytes(range(256)) * (HEAD_BYTES // 256 + 3)
    async with storage.receive() as incoming:
        for start in range(0, len(data), 1000):
            await incoming.append(data[start : start + 1000])
        assert incoming.head == data[:HEAD_BYTES]


async def test_what_is_not_kept_is_gone(storage: Storage) -> None:
    async with storage.receive() as incoming:
        await incoming.append(b"x" * 3_000_000)
        assert len(incoming_of(storage)) == 1
    assert incoming_of(storage) == []
    assert await keys_of(storage) == []


async def test_a_failure_in_the_middle_of_an_upload_leaves_nothing(storage: Storage) -> None:
    async def lose_the_connection() -> None:
        async with storage.receive() as incoming:
            await incoming.append(b"x" * 3_000_000)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await lose_the_connection()
    assert incoming_of(storage) == []
    assert await keys_of(storage) == []


async def test_what_was_kept_survives_a_crash_right_after(storage: Storage) -> None:
    async def keep_and_crash() -> None:
        async with storage.receive() as incoming:
            await incoming.append(b"whole")
            await incoming.keep(KEY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await keep_and_crash()
    assert await keys_of(storage) == [KEY]
    assert incoming_of(storage) == []
    assert await storage.read(KEY) == b"whole"


@pytest.mark.parametrize("key", ["../outside.gpx", "gpx_files/../../outside.gpx"])
async def test_a_key_that_climbs_out_is_refused(storage: Storage, key: str) -> None:
    with pytest.raises(ValueError, match=r"below the storage folder|Could not parse path"):
        await storage.read(key)
    with pytest.raises(ValueError, match=r"below the storage folder|Could not parse path"):
        await store(storage, key, b"mine")


async def test_deleting_a_file_spares_its_neighbours(storage: Storage) -> None:
    other = "gpx_files/2026/05/other/two.gpx"
    await store(storage, KEY, b"one")
    await store(storage, other, b"two")
    await storage.delete(KEY)
    assert await keys_of(storage) == [other]
    assert await storage.read(other) == b"two"


async def test_deleting_twice_is_no_error(storage: Storage) -> None:
    await store(storage, KEY, b"one")
    await storage.delete(KEY)
    await storage.delete(KEY)
    assert await keys_of(storage) == []


async def test_a_missing_file_is_an_error_that_may_pass(storage: Storage) -> None:
    with pytest.raises(FileMissingError) as missing:
        await storage.read(KEY)
    assert isinstance(missing.value, StorageUnavailableError)
    with pytest.raises(FileMissingError):
        await storage.open(KEY)


async def test_files_are_listed_with_size_and_age(storage: Storage) -> None:
    assert await keys_of(storage) == []
    # What the service did not store by `new_key` is not its to list.
    await store(storage, "kept/elsewhere.gpx", b"not listed")
    expected = {new_key(uuid4(), utc_now()): size for size in (0, 5, 1000)}
    for key, size in expected.items():
        await store(storage, key, b"x" * size)
    listed = [file async for batch in storage.list_files() for file in batch]
    assert {file.key: file.size_bytes for file in listed} == expected
    for file in listed:
        assert abs(utc_now() - file.modified_at) < timedelta(minutes=1)


async def test_a_long_list_comes_in_batches(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("disk", "bucket"):
        monkeypatch.setattr(f"src.services.storage.{kind}.LISTED_AT_ONCE", 2)
    keys = [new_key(uuid4(), utc_now()) for _ in range(5)]
    for key in keys:
        await store(storage, key, b"x")
    batches = [[file.key for file in batch] async for batch in storage.list_files()]
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert sorted(key for batch in batches for key in batch) == sorted(keys)


async def test_what_is_copied_from_a_disk_to_a_bucket_is_found_there(
    disk_settings: dict[str, Any], bucket_settings: dict[str, Any]
) -> None:
    disk = DiskStorage(disk_settings["storage_path"])
    bucket = storage_of(Settings(_env_file=None, **bucket_settings))
    key = new_key(uuid4(), utc_now())
    await store(disk, key, b"moved")
    for name in await keys_of(disk):
        await store(bucket, name, disk.path_of(name).read_bytes())
    assert await bucket.read(key) == b"moved"


async def test_only_what_was_left_in_the_buffer_long_ago_is_swept(storage: Storage) -> None:
    await store(storage, KEY, b"whole")
    now = utc_now()
    for name, hours in (("abandoned", 25), ("under-way", 1)):
        written_at = (now - timedelta(hours=hours)).timestamp()
        left = storage.incoming_folder / name
        left.write_bytes(b"half")
        os.utime(left, (written_at, written_at))
    for dry_run in (True, False):
        swept = await storage.sweep_incoming(now - timedelta(days=1), dry_run=dry_run)
        assert [(file.key, file.size_bytes) for file in swept] == [("incoming/abandoned", 4)]
        assert ("abandoned" in incoming_of(storage)) is dry_run
    assert incoming_of(storage) == ["under-way"]
    assert await keys_of(storage) == [KEY]


async def test_the_check_leaves_nothing(storage: Storage) -> None:
    await storage.check()
    assert incoming_of(storage) == []
    assert await keys_of(storage) == []


async def test_the_check_fails_where_no_upload_can_be_buffered(storage: Storage) -> None:
    storage.incoming_folder.rmdir()
    with pytest.raises(StorageUnavailableError):
        await storage.check()


def test_a_key_tells_month_and_trip_and_never_comes_twice() -> None:
    trip_id = uuid4()
    first, second = (new_key(trip_id, datetime(2026, 5, 1, tzinfo=UTC)) for _ in range(2))
    assert first != second
    folder, _, name = first.rpartition("/")
    assert folder == f"gpx_files/2026/05/{trip_id}"
    assert UUID(name.removesuffix(".gpx")).version == 4


def test_a_key_tells_its_trip_and_a_foreign_name_tells_none() -> None:
    trip_id = uuid4()
    key = new_key(trip_id, datetime(2026, 5, 1, tzinfo=UTC))
    assert trip_of(key) == trip_id
    for foreign in ("notes.txt", f"{key}.part", f"backup/{key}", KEY, "incoming/abandoned"):
        assert trip_of(foreign) is None


def test_the_settings_choose_the_storage(tmp_path: Path) -> None:
    on_disk = Settings(_env_file=None, storage_path=tmp_path)
    in_a_bucket = Settings(_env_file=None, storage_path=tmp_path, storage_url="s3://rides")
    assert isinstance(storage_of(on_disk), DiskStorage)
    assert isinstance(storage_of(in_a_bucket), BucketStorage)
