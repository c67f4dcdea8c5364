"""Originals that are not what was uploaded are found and marked; an outage is no damage."""

import errno
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from src.config import MEBIBYTE, Settings
from src.models import GpxFile
from src.services.housekeeping import originals
from src.services.housekeeping.maintenance import Job, Maintenance, SweepReport
from src.services.housekeeping.originals import EmptyStorageError
from src.services.monitoring.health_report import PartStates
from src.services.storage import OpenedFile, Storage, StorageUnavailableError
from src.states import OriginalFault
from tests.support.cyclist import data_of
from tests.support.databases import PostgresTemplate
from tests.support.desk import RIDE, Desk
from tests.support.scrape import Scrape
from tests.support.stored import store

both_databases = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
both_storages = pytest.mark.parametrize("storage_settings", ["disk", "bucket"], indirect=True)
NOTHING = {"originals": 0, "bytes": 0, "damaged": 0, "missing": 0, "not_read": 0}
DAMAGED, MISSING = OriginalFault.DAMAGED, OriginalFault.MISSING


@pytest.fixture
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[str]:
    """SQLite, unless a test asks for both."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield sqlite_url
        return
    template: PostgresTemplate = request.getfixturevalue("postgres_template")
    url = template.copy()
    yield url
    template.drop(url)


@pytest.fixture
def storage_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    kind = getattr(request, "param", "disk")
    chosen: dict[str, Any] = request.getfixturevalue(f"{kind}_settings")
    return chosen


async def all_well() -> PartStates:
    return PartStates(database="ok", storage="ok", broker="disabled", workers=None)


@pytest.fixture
def night(desk: Desk, settings: Settings) -> "Night":
    return Night(desk, settings)


class Night:
    """The job, each time a day later."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings

    async def __call__(self, *, mb: int = 1000, **options: Any) -> SweepReport:
        desk = self._desk
        desk.clock.move(days=1)
        maintenance = Maintenance(
            desk.services.db,
            desk.services.storage,
            desk.pipeline.columns,
            self._settings.model_copy(update={"gpx_verify_nightly_mb": mb}),
            all_well,
            desk.clock,
        )
        report = await maintenance.run(Job.VERIFY_ORIGINALS, **options)
        assert isinstance(report, SweepReport)
        return report

    async def counts(self, **options: Any) -> dict[str, int]:
        return (await self(**options)).removed


async def put(desk: Desk, count: int) -> list[UUID]:
    """Uploads that came in one after the other."""
    found = [await desk.put() for _ in range(count)]
    async with desk.services.db.write() as session:
        for place, gpx_file_id in enumerate(found):
            at = desk.clock.now - timedelta(hours=1, minutes=-place)
            this = GpxFile.gpx_file_id == gpx_file_id
            await session.execute(update(GpxFile).where(this).values(uploaded_at=at))
    return found


async def rot(desk: Desk, gpx_file_id: UUID) -> None:
    """One bit of the file is another."""
    key = (await desk.row(gpx_file_id)).storage_key
    rotten = bytearray(RIDE)
    rotten[len(rotten) // 2] ^= 1
    await store(desk.services.storage, key, bytes(rotten))


async def faults(desk: Desk, gpx_file_ids: Sequence[UUID]) -> list[OriginalFault | None]:
    return [(await desk.row(gpx_file_id)).original_fault for gpx_file_id in gpx_file_ids]


@both_databases
@both_storages
async def test_damaged_and_missing_originals_are_marked_told_and_counted(
    desk: Desk, night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    uploads = await put(desk, 4)
    whole, damaged, missing, _ = uploads
    await desk.pipeline.process(whole)
    await rot(desk, damaged)
    await desk.services.storage.delete((await desk.row(missing)).storage_key)
    expected = NOTHING | {"originals": 4, "bytes": 3 * len(RIDE), "damaged": 1, "missing": 1}
    report = await night()
    assert report == SweepReport(expected, dry_run=False, is_finished=True)
    assert await faults(desk, uploads) == [None, DAMAGED, MISSING, None]
    assert {(await desk.row(one)).verified_at for one in uploads} == {desk.clock.now}
    told = [record.msg for record in caplog.records if "original_faulty" in str(record.msg)]
    assert len(told) == 2
    assert str(damaged) in str(told)
    scrape = await Scrape.of(desk.owner.client)
    assert scrape.value("contravento_damaged_originals") == 2


async def test_each_night_goes_on_where_the_one_before_stopped(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals, "BATCH_UPLOADS", 2)
    monkeypatch.setattr("src.config.MEBIBYTE", 2 * len(RIDE))
    uploads = await put(desk, 5)
    assert (await night.counts(mb=1))["originals"] == 2
    assert (await night.counts(mb=1))["originals"] == 2
    assert (await desk.row(uploads[4])).verified_at is None
    for one in uploads[:2]:
        await rot(desk, one)
    assert (await night.counts(mb=1))["originals"] == 2
    assert (await desk.row(uploads[4])).verified_at == desk.clock.now
    # One of the two of the first night.
    assert Counter(await faults(desk, uploads[:2])) == {DAMAGED: 1, None: 1}
    assert await faults(desk, uploads[2:]) == [None, None, None]


async def test_a_run_that_is_stopped_has_kept_what_it_found(desk: Desk, night: Night) -> None:
    uploads = await put(desk, 3)
    await rot(desk, uploads[0])
    steps = iter((True, False))
    report = await night(may_go_on=lambda: next(steps))
    assert not report.is_finished
    assert report.removed["originals"] == 1
    assert await faults(desk, uploads) == [DAMAGED, None, None]
    # What has a fault is looked at first, and then what was not looked at yet.
    steps = iter((True, True, False))
    assert (await night(may_go_on=lambda: next(steps))).removed["originals"] == 2
    assert (await desk.row(uploads[1])).verified_at == desk.clock.now


async def test_looking_only_marks_nothing(desk: Desk, night: Night) -> None:
    uploads = await put(desk, 3)
    await rot(desk, uploads[0])
    report = await night(dry_run=True)
    assert report.removed == NOTHING | {"originals": 3, "bytes": 3 * len(RIDE)}
    assert await faults(desk, uploads) == [None, None, None]


@both_databases
async def test_an_original_that_was_put_back_is_whole_the_night_after(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.config.MEBIBYTE", 1)
    uploads = await put(desk, 3)
    await rot(desk, uploads[1])
    assert (await night.counts(mb=3 * len(RIDE)))["damaged"] == 1
    await store(desk.services.storage, (await desk.row(uploads[1])).storage_key, RIDE)
    assert await night.counts(mb=1) == NOTHING | {"originals": 1, "bytes": len(RIDE)}
    assert await faults(desk, uploads) == [None, None, None]


async def test_another_upload_in_its_place_has_no_fault(desk: Desk, night: Night) -> None:
    failed = await desk.fail()
    row = await desk.row(failed)
    await rot(desk, failed)
    assert (await night.counts())["damaged"] == 1
    data_of(await desk.owner.upload(str(row.trip_id), RIDE, Prefer="wait=10"), 201)
    again = await desk.row(failed)
    assert (again.original_fault, again.verified_at) == (None, None)


class Unwilling:
    """A storage some of whose files cannot be read now."""

    def __init__(self, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.keys: set[str] = set()
        self.cause: OSError = OSError(errno.ETIMEDOUT, "no answer")
        self.is_away = False
        self._open, self._check = storage.open, storage.check
        monkeypatch.setattr(type(storage), "open", lambda _, key: self._opened(key))
        monkeypatch.setattr(type(storage), "check", lambda _: self._checked())

    async def _opened(self, key: str) -> OpenedFile:
        opened = await self._open(key)
        if key in self.keys or self.is_away:
            return OpenedFile(opened.size_bytes, self._broken(opened.pieces))
        return opened

    async def _broken(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        yield (await anext(pieces))[:10]
        raise StorageUnavailableError("cannot be read") from self.cause

    async def _checked(self) -> None:
        if self.is_away:
            raise StorageUnavailableError("away")
        await self._check()


async def test_what_cannot_be_read_now_is_neither_damaged_nor_in_the_way(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals, "BATCH_UPLOADS", 1)
    unwilling = Unwilling(desk.services.storage, monkeypatch)
    uploads = await put(desk, 3)
    unwilling.keys = {(await desk.row(uploads[0])).storage_key}
    expected = NOTHING | {"originals": 2, "bytes": 2 * len(RIDE), "not_read": 1}
    assert await night.counts() == expected
    assert await faults(desk, uploads) == [None, None, None]
    assert (await desk.row(uploads[0])).verified_at is None
    unwilling.keys = set()
    assert (await night.counts())["originals"] == 3


async def test_what_the_disk_cannot_read_is_damaged(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwilling = Unwilling(desk.services.storage, monkeypatch)
    uploads = await put(desk, 2)
    unwilling.keys = {(await desk.row(uploads[0])).storage_key}
    unwilling.cause = OSError(errno.EIO, "Input/output error")
    assert (await night.counts())["damaged"] == 1
    assert await faults(desk, uploads) == [DAMAGED, None]


@pytest.mark.parametrize("number", [errno.EIO, errno.ETIMEDOUT])
async def test_a_storage_that_is_away_damages_nothing(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    unwilling = Unwilling(desk.services.storage, monkeypatch)
    unwilling.cause = OSError(number, "gone")
    uploads = await put(desk, 2)
    unwilling.is_away = True
    with pytest.raises(StorageUnavailableError, match="away"):
        await night()
    assert await faults(desk, uploads) == [None, None]
    assert (await desk.row(uploads[0])).verified_at is None


async def test_many_files_that_cannot_be_read_end_the_run(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals, "MOST_UNREADABLE", 2)
    unwilling = Unwilling(desk.services.storage, monkeypatch)
    uploads = await put(desk, 4)
    unwilling.keys = {(await desk.row(one)).storage_key for one in uploads}
    with pytest.raises(StorageUnavailableError, match="cannot be read"):
        await night()


async def test_a_folder_that_is_not_mounted_is_no_loss(
    desk: Desk, night: Night, settings: Settings, tmp_path: Path
) -> None:
    uploads = await put(desk, 2)
    files = settings.storage_path / "gpx_files"
    files.rename(tmp_path / "elsewhere")
    with pytest.raises(EmptyStorageError):
        await night()
    assert await faults(desk, uploads) == [None, None]
    (tmp_path / "elsewhere").rename(files)
    assert (await night.counts())["originals"] == 2


@pytest.mark.parametrize("is_gone", [True, False], ids=["deleted", "replaced"])
async def test_an_upload_that_goes_while_it_is_read_is_not_counted(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch, is_gone: bool
) -> None:
    upload = await desk.row((await put(desk, 1))[0])
    storage = desk.services.storage
    read = storage.open

    async def meanwhile(_: Storage, key: str) -> OpenedFile:
        this = GpxFile.gpx_file_id == upload.gpx_file_id
        async with desk.services.db.write() as session:
            later = desk.clock.now + timedelta(hours=1)
            change = (
                delete(GpxFile).where(this)
                if is_gone
                else update(GpxFile).where(this).values(storage_key="new", uploaded_at=later)
            )
            await session.execute(change)
        return await read(key)

    monkeypatch.setattr(type(storage), "open", meanwhile)
    await rot(desk, upload.gpx_file_id)
    assert await night.counts() == NOTHING
    if not is_gone:
        assert await faults(desk, [upload.gpx_file_id]) == [None]


async def test_only_a_piece_of_a_file_is_in_memory(
    desk: Desk, night: Night, settings: Settings
) -> None:
    one = (await put(desk, 1))[0]
    path = settings.storage_path / (await desk.row(one)).storage_key
    with path.open("r+b") as file:
        file.truncate(64 * MEBIBYTE)
    tracemalloc.start()
    try:
        assert (await night.counts())["damaged"] == 1
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 16 * MEBIBYTE
