"""Originals that are not what was uploaded are found and marked; an outage is no damage."""

import errno
import sys
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, delete, event, text, true, update

from src.config import MEBIBYTE, Settings
from src.models import GpxFile
from src.services.housekeeping import originals
from src.services.housekeeping.maintenance import Job, Maintenance, SweepReport
from src.services.housekeeping.originals import EmptyStorageError
from src.services.monitoring.health_report import PartStates
from src.services.processing.reprocessing import Reprocessing
from src.services.storage import OpenedFile, Storage, StorageUnavailableError
from src.states import OriginalFault
from tests.support.cyclist import data_of, error_of
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


async def test_looking_only_marks_nothing(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals, "BATCH_UPLOADS", 2)
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
    # And one more, because the others have their own part of the bytes.
    assert await night.counts(mb=1) == NOTHING | {"originals": 2, "bytes": 2 * len(RIDE)}
    assert await faults(desk, uploads) == [None, None, None]


async def test_a_ride_whose_original_is_damaged_is_not_taken_away_by_its_reprocessing(
    desk: Desk, night: Night, settings: Settings
) -> None:
    whole, ride, failed = *await put(desk, 2), await desk.fail()
    reprocessing = Reprocessing(desk.services.db, settings, print)
    for one in (whole, ride):
        await desk.pipeline.process(one)
    await rot(desk, ride)
    await rot(desk, failed)
    await night()
    again = f"/gpx/{ride}/reprocess"
    assert error_of(await desk.owner.request("POST", again), 500)["code"] == "FILE_CORRUPTED"
    assert not await reprocessing.begin(ride)
    await desk.assert_completed_once(ride)
    # There, nothing is to be lost.
    assert await reprocessing.begin(failed)
    await store(desk.services.storage, (await desk.row(ride)).storage_key, RIDE)
    await night()
    assert await reprocessing.begin(ride)


async def lose(desk: Desk, gpx_file_ids: Sequence[UUID]) -> None:
    for one in gpx_file_ids:
        await desk.services.storage.delete((await desk.row(one)).storage_key)


async def looked_at_now(desk: Desk, gpx_file_ids: Sequence[UUID]) -> list[int]:
    """Which of them somebody looked at in the run of this night, by their place."""
    rows = [await desk.row(one) for one in gpx_file_ids]
    return [place for place, row in enumerate(rows) if row.looked_at == desk.clock.now]


@pytest.mark.parametrize("batch", [1, 50])
async def test_however_many_have_a_fault_the_others_go_on_each_night(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(originals, "BATCH_UPLOADS", batch)
    monkeypatch.setattr("src.config.MEBIBYTE", len(RIDE))
    uploads = await put(desk, 13)
    damaged, others = uploads[:6], uploads[6:]
    for one in damaged:
        await rot(desk, one)
    assert (await night.counts(mb=6))["damaged"] == 6
    seen = [Counter[int](), Counter[int]()]
    for _ in range(6):
        # A quarter of four, and three of the others.
        assert await night.counts(mb=4) == NOTHING | {
            "originals": 4,
            "bytes": 4 * len(RIDE),
            "damaged": 1,
        }
        for counter, those in zip(seen, (damaged, others), strict=True):
            counter.update(await looked_at_now(desk, those))
    assert seen[0] == dict.fromkeys(range(6), 1)
    assert sorted(seen[1].values()) == [2, 2, 2, 3, 3, 3, 3]


async def test_what_has_a_fault_has_no_more_than_its_part_of_the_bytes_even_alone(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.config.MEBIBYTE", len(RIDE))
    uploads = await put(desk, 7)
    for one in uploads[1:]:
        await rot(desk, one)
    await night()
    assert await night.counts(mb=8) == NOTHING | {
        "originals": 3,
        "bytes": 3 * len(RIDE),
        "damaged": 2,
    }


async def test_a_missing_file_costs_no_bytes_and_the_time_is_shared(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.config.MEBIBYTE", len(RIDE))
    uploads = await put(desk, 12)
    missing, others = uploads[:6], uploads[6:]
    await lose(desk, missing)
    assert (await night.counts())["missing"] == 6
    # All of the bytes are for the others; of the looks one in four is at a missing one.
    assert await night.counts(mb=4) == NOTHING | {
        "originals": 6,
        "bytes": 4 * len(RIDE),
        "missing": 2,
    }
    # Where the time ends the run, too.
    steps = iter([True] * 4 + [False])
    assert (await night(may_go_on=lambda: next(steps))).removed["originals"] == 4
    assert len(await looked_at_now(desk, missing)) == 1
    assert len(await looked_at_now(desk, others)) == 3
    # Without others all of them have their turn.
    assert (await night.counts(mb=7))["missing"] == 6


async def test_looking_only_counts_what_a_run_would_read(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.config.MEBIBYTE", len(RIDE))
    uploads = await put(desk, 10)
    await lose(desk, uploads[:2])
    for one in uploads[2:5]:
        await rot(desk, one)
    await night()
    would = await night.counts(mb=4, dry_run=True)
    done = await night.counts(mb=4)
    assert (would["originals"], would["bytes"]) == (done["originals"], done["bytes"])


async def test_another_upload_in_its_place_has_no_fault(desk: Desk, night: Night) -> None:
    failed = await desk.fail()
    row = await desk.row(failed)
    await rot(desk, failed)
    assert (await night.counts())["damaged"] == 1
    data_of(await desk.owner.upload(str(row.trip_id), RIDE, Prefer="wait=10"), 201)
    again = await desk.row(failed)
    assert (again.original_fault, again.verified_at) == (None, None)
    assert again.looked_at == again.uploaded_at


class Unwilling:
    """A storage some of whose files cannot be read now."""

    def __init__(self, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.keys: set[str] = set()
        self.times = sys.maxsize
        self.cause: OSError = OSError(errno.ETIMEDOUT, "no answer")
        self.is_away = False
        self._open, self._check = storage.open, storage.check
        monkeypatch.setattr(type(storage), "open", lambda _, key: self._opened(key))
        monkeypatch.setattr(type(storage), "check", lambda _: self._checked())

    async def _opened(self, key: str) -> OpenedFile:
        opened = await self._open(key)
        if self.times > 0 and (key in self.keys or self.is_away):
            self.times -= 1
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
    row = await desk.row(uploads[0])
    assert (row.verified_at, row.verify_tried_at) == (None, desk.clock.now)
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


async def test_what_the_disk_could_not_read_once_is_read_again(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwilling = Unwilling(desk.services.storage, monkeypatch)
    uploads = await put(desk, 2)
    unwilling.keys = {(await desk.row(uploads[0])).storage_key}
    unwilling.cause = OSError(errno.EIO, "Input/output error")
    unwilling.times = 1
    assert await night.counts() == NOTHING | {"originals": 2, "bytes": 2 * len(RIDE)}
    assert unwilling.times == 0
    assert await faults(desk, uploads) == [None, None]


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


@both_databases
async def test_many_files_that_cannot_be_read_end_the_run_and_the_next_goes_on_behind_them(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals, "MOST_UNREADABLE", 2)
    unwilling = Unwilling(desk.services.storage, monkeypatch)
    uploads = await put(desk, 5)
    unwilling.keys = {(await desk.row(one)).storage_key for one in uploads[:4]}
    with pytest.raises(StorageUnavailableError, match="cannot be read"):
        await night()
    assert await looked_at_now(desk, uploads) == [0, 1, 2]
    with pytest.raises(StorageUnavailableError, match="cannot be read"):
        await night()
    *_, last, whole = seen = await looked_at_now(desk, uploads)
    assert (len(seen), last, whole) == (4, 3, 4)
    verified = [(await desk.row(one)).verified_at for one in uploads]
    assert verified == [None] * 4 + [desk.clock.now]


async def test_what_has_a_fault_and_cannot_be_read_keeps_its_mark(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = await put(desk, 2)
    await rot(desk, uploads[0])
    await night()
    compared_at = desk.clock.now
    unwilling = Unwilling(desk.services.storage, monkeypatch)
    unwilling.keys = {(await desk.row(uploads[0])).storage_key}
    assert (await night.counts())["not_read"] == 1
    row = await desk.row(uploads[0])
    assert (row.original_fault, row.verified_at) == (DAMAGED, compared_at)
    assert row.verify_tried_at == desk.clock.now


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


class Mount:
    """The folder of the files, which goes away once so many of them were opened."""

    def __init__(self, storage: Storage, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opens = sys.maxsize
        self._files, self._elsewhere = files, files.with_name("elsewhere")
        self._open = storage.open
        monkeypatch.setattr(type(storage), "open", lambda _, key: self._opened(key))

    async def _opened(self, key: str) -> OpenedFile:
        if self.opens == 0:
            self._files.rename(self._elsewhere)
        self.opens -= 1
        return await self._open(key)

    def come_back(self) -> None:
        self._elsewhere.rename(self._files)


async def test_a_folder_that_goes_in_mid_run_is_no_loss(
    desk: Desk, night: Night, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = await put(desk, 5)
    mount = Mount(desk.services.storage, settings.storage_path / "gpx_files", monkeypatch)
    await lose(desk, uploads[1:2])
    # The first, and the second twice.
    mount.opens = 3
    with pytest.raises(EmptyStorageError):
        await night()
    assert await faults(desk, uploads) == [None, MISSING, None, None, None]
    assert await looked_at_now(desk, uploads) == [0, 1]
    mount.come_back()
    assert (await night.counts())["originals"] == 5
    assert await faults(desk, uploads) == [None, MISSING, None, None, None]


async def test_a_file_that_was_away_for_a_moment_is_not_missing(
    desk: Desk, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = desk.services.storage
    uploads = await put(desk, 2)
    key = (await desk.row(uploads[0])).storage_key
    await storage.delete(key)
    open_ = storage.open

    async def comes_back(_: Storage, asked: str) -> OpenedFile:
        try:
            return await open_(asked)
        finally:
            await store(storage, key, RIDE)

    monkeypatch.setattr(type(storage), "open", comes_back)
    assert (await night.counts())["missing"] == 0
    assert await faults(desk, uploads) == [None, None]


@both_storages
async def test_another_storage_with_files_of_its_own_is_no_loss(desk: Desk, night: Night) -> None:
    uploads = await put(desk, 3)
    await lose(desk, uploads)
    await store(desk.services.storage, "gpx_files/2026/05/trip/another.gpx", RIDE)
    with pytest.raises(EmptyStorageError):
        await night()
    assert await faults(desk, uploads) == [None, None, None]
    assert await looked_at_now(desk, uploads) == []


@both_storages
async def test_the_first_to_be_looked_at_is_missing_if_any_other_is_there(
    desk: Desk, night: Night
) -> None:
    uploads = await put(desk, 3)
    await lose(desk, uploads[:2])
    assert (await night.counts())["missing"] == 2
    assert await faults(desk, uploads) == [MISSING, MISSING, None]


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


@both_databases
@pytest.mark.parametrize("kind", ["whole", "faulty"])
async def test_the_next_in_turn_are_found_with_an_index(
    desk: Desk, settings: Settings, kind: str
) -> None:
    uploads = await put(desk, 3)
    fault = GpxFile.original_fault
    is_of_kind = fault.is_(None) if kind == "whole" else fault.is_not(None)
    last = await desk.row(uploads[0])
    plans = []
    for is_next in (true(), originals.is_behind(last)):
        query = originals.batch_in_turn(is_of_kind, is_next, desk.clock.now)
        plans.append(await plan_of(desk, query, is_sqlite=settings.is_sqlite))
    for plan in plans:
        assert f"ix_gpx_files_{kind}_in_turn" in plan
        assert "sort" not in plan.lower()
        assert "temp b-tree" not in plan.lower()


async def plan_of(desk: Desk, query: Select[Any], *, is_sqlite: bool) -> str:
    """How the database would answer; PostgreSQL as if the table were too large to be read whole."""
    said: list[tuple[str, Any]] = []
    engine = desk.services.db.engine.sync_engine

    def hear(_1: object, _2: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            said.append((statement, parameters))

    async with desk.services.db.snapshot() as session:
        event.listen(engine, "before_cursor_execute", hear)
        await session.scalars(query)
        event.remove(engine, "before_cursor_execute", hear)
        ((statement, parameters),) = said
        connection = await session.connection()
        if is_sqlite:
            explain = "EXPLAIN QUERY PLAN"
        else:
            await session.execute(text("SET LOCAL enable_seqscan = off"))
            await session.execute(text("SET LOCAL enable_bitmapscan = off"))
            explain = "EXPLAIN"
        rows = await connection.exec_driver_sql(f"{explain} {statement}", parameters)
        return "\n".join(str(row) for row in rows)


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
