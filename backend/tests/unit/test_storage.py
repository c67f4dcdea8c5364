import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISDIR
from uuid import UUID, uuid4

import pytest

from src.services.storage import HEAD_BYTES, Storage, StorageUnavailableError, new_key

KEY = "gpx_files/2026/05/trip/one.gpx"


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "storage")


def files_of(storage: Storage) -> list[str]:
    return sorted(
        str(path.relative_to(storage.root)) for path in storage.root.rglob("*") if path.is_file()
    )


def folders_of(storage: Storage) -> list[str]:
    return sorted(
        str(path.relative_to(storage.root)) for path in storage.root.rglob("*") if path.is_dir()
    )


async def store(storage: Storage, key: str, data: bytes) -> None:
    async with storage.receive() as incoming:
        await incoming.append(data)
        await incoming.keep(key)


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
    assert files_of(storage) == [KEY]


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
        assert len(files_of(storage)) == 1
    assert files_of(storage) == []


async def test_a_failure_in_the_middle_of_an_upload_leaves_nothing(storage: Storage) -> None:
    async def lose_the_connection() -> None:
        async with storage.receive() as incoming:
            await incoming.append(b"x" * 3_000_000)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await lose_the_connection()
    assert files_of(storage) == []


async def test_what_was_kept_survives_a_crash_right_after(storage: Storage) -> None:
    async def keep_and_crash() -> None:
        async with storage.receive() as incoming:
            await incoming.append(b"whole")
            await incoming.keep(KEY)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await keep_and_crash()
    assert files_of(storage) == [KEY]
    assert await storage.read(KEY) == b"whole"


async def test_the_file_is_on_disk_before_it_stands_under_its_key(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, move = os.fsync, Path.replace

    def watched_sync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        steps.append("sync folder" if S_ISDIR(status.st_mode) else f"sync {status.st_size} bytes")
        sync(descriptor)

    def watched_move(source: Path, target: Path) -> Path:
        steps.append("move")
        return move(source, target)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(Path, "replace", watched_move)
    await store(storage, KEY, b"whole")
    # The folders: of the file, trip, month, year, and all uploads, up to the root.
    assert steps == ["sync 5 bytes", "move", *["sync folder"] * 5]


async def test_a_disk_that_fails_before_the_move_leaves_nothing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        await store(storage, KEY, b"whole")
    assert files_of(storage) == []


@pytest.mark.parametrize(
    "key",
    ["../outside.gpx", "gpx_files/../../outside.gpx", "/tmp/outside.gpx", "../storage2/x.gpx"],
)
async def test_a_key_that_leaves_the_folder_is_refused(storage: Storage, key: str) -> None:
    (storage.root.parent / "outside.gpx").write_bytes(b"not ours")
    with pytest.raises(ValueError, match="below the storage folder"):
        storage.path_of(key)
    with pytest.raises(ValueError, match="below the storage folder"):
        await storage.read(key)
    with pytest.raises(ValueError, match="below the storage folder"):
        await storage.delete(key)
    with pytest.raises(ValueError, match="below the storage folder"):
        await store(storage, key, b"mine")
    assert (storage.root.parent / "outside.gpx").read_bytes() == b"not ours"
    assert files_of(storage) == []


async def test_a_link_does_not_lead_out_of_the_folder(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"not ours")
    (storage.root / "link").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="below the storage folder"):
        await storage.read("link/secret")


async def test_deleting_the_last_file_removes_its_folders(storage: Storage) -> None:
    await store(storage, KEY, b"one")
    await storage.delete(KEY)
    assert folders_of(storage) == ["incoming"]


async def test_deleting_a_file_spares_its_neighbours(storage: Storage) -> None:
    await store(storage, KEY, b"one")
    await store(storage, "gpx_files/2026/05/other/two.gpx", b"two")
    await storage.delete(KEY)
    assert files_of(storage) == ["gpx_files/2026/05/other/two.gpx"]
    assert "gpx_files/2026/05/trip" not in folders_of(storage)


async def test_deleting_twice_is_no_error(storage: Storage) -> None:
    await store(storage, KEY, b"one")
    await storage.delete(KEY)
    await storage.delete(KEY)


async def test_a_missing_file_is_an_error_to_read(storage: Storage) -> None:
    with pytest.raises(StorageUnavailableError):
        await storage.read(KEY)


async def test_the_check_writes_for_real_and_leaves_nothing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await storage.check()
    assert files_of(storage) == []
    storage.incoming_folder.rmdir()
    with pytest.raises(FileNotFoundError):
        await storage.check()


def test_a_key_tells_month_and_trip_and_never_comes_twice() -> None:
    trip_id = uuid4()
    first, second = (new_key(trip_id, datetime(2026, 5, 1, tzinfo=UTC)) for _ in range(2))
    assert first != second
    folder, _, name = first.rpartition("/")
    assert folder == f"gpx_files/2026/05/{trip_id}"
    assert UUID(name.removesuffix(".gpx")).version == 4


async def test_a_disk_that_fails_after_the_move_leaves_nothing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def fail_for_folders(descriptor: int) -> None:
        if S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(5, "Input/output error")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fail_for_folders)
    with pytest.raises(OSError, match="Input/output"):
        await store(storage, KEY, b"whole")
    assert files_of(storage) == []
