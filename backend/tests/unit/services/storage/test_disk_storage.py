"""What the disk adds: durability, folders that come and go, keys that are paths."""

import os
from pathlib import Path
from stat import S_ISDIR

import pytest

from src.services.storage import DiskStorage, StorageUnavailableError
from tests.support.stored import store

KEY = "gpx_files/2026/05/trip/one.gpx"


@pytest.fixture
def storage(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "storage")


def files_of(storage: DiskStorage) -> list[str]:
    return sorted(
        str(path.relative_to(storage.root)) for path in storage.root.rglob("*") if path.is_file()
    )


def folders_of(storage: DiskStorage) -> list[str]:
    return sorted(
        str(path.relative_to(storage.root)) for path in storage.root.rglob("*") if path.is_dir()
    )


async def test_the_file_is_on_disk_before_it_stands_under_its_key(
    storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
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
    storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageUnavailableError, match="No space"):
        await store(storage, KEY, b"whole")
    assert files_of(storage) == []


async def test_a_disk_that_fails_after_the_move_leaves_nothing(
    storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def fail_for_folders(descriptor: int) -> None:
        if S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(5, "Input/output error")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fail_for_folders)
    with pytest.raises(StorageUnavailableError, match="Input/output"):
        await store(storage, KEY, b"whole")
    assert files_of(storage) == []


@pytest.mark.parametrize(
    "key",
    ["../outside.gpx", "gpx_files/../../outside.gpx", "/tmp/outside.gpx", "../storage2/x.gpx"],
)
async def test_a_key_that_leaves_the_folder_is_refused(storage: DiskStorage, key: str) -> None:
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


async def test_a_link_does_not_lead_out_of_the_folder(storage: DiskStorage, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"not ours")
    (storage.root / "link").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="below the storage folder"):
        await storage.read("link/secret")


async def test_deleting_the_last_file_removes_its_folders(storage: DiskStorage) -> None:
    await store(storage, KEY, b"one")
    await storage.delete(KEY)
    assert folders_of(storage) == ["incoming"]


async def test_deleting_a_file_spares_the_folders_of_others(storage: DiskStorage) -> None:
    await store(storage, KEY, b"one")
    await store(storage, "gpx_files/2026/05/other/two.gpx", b"two")
    await storage.delete(KEY)
    assert files_of(storage) == ["gpx_files/2026/05/other/two.gpx"]
    assert "gpx_files/2026/05/trip" not in folders_of(storage)


async def test_the_check_writes_for_real(
    storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: object, _data: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("src.services.storage.incoming.IncomingFile._write", full)
    with pytest.raises(StorageUnavailableError, match="No space"):
        await storage.check()
