"""Uploads are found by those who may read them, and waited for until their end or the time's."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from src.config import Settings
from src.errors import AppError, ErrorCode
from src.models import GpxFile, RouteStatistics, Trip, User
from src.services.uploads import lookup
from src.services.uploads.lookup import wait_for_end
from src.states import ProcessingStatus, TripStatus
from tests.support.upload_rows import UploadRows

LONG_S = 3600


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None)


async def owner_of(rows: UploadRows, gpx_file_id: UUID) -> User:
    async with rows.db.read() as session:
        trip = await session.get_one(Trip, (await rows.row(gpx_file_id)).trip_id)
        return await session.get_one(User, trip.user_id)


async def publish(rows: UploadRows, gpx_file_id: UUID, *, is_private: bool = False) -> None:
    trip_id = (await rows.row(gpx_file_id)).trip_id
    async with rows.db.write() as session:
        await session.execute(
            update(Trip)
            .where(Trip.trip_id == trip_id)
            .values(status=TripStatus.PUBLISHED, is_private=is_private)
        )


async def found(rows: UploadRows, gpx_file_id: UUID, viewer: User | None) -> list[UUID | ErrorCode]:
    """What a viewer finds: the upload by its own id and by its trip's, or why not."""
    trip_id = (await rows.row(gpx_file_id)).trip_id
    async with rows.db.read() as session:
        asked: list[Awaitable[GpxFile]] = [
            lookup.get_upload(session, gpx_file_id, viewer),
            lookup.get_upload_of_trip(session, trip_id, viewer),
        ]
        outcomes: list[UUID | ErrorCode] = []
        for one in asked:
            try:
                outcomes.append((await one).gpx_file_id)
            except AppError as error:
                outcomes.append(error.code)
    return outcomes


async def test_an_upload_is_found_by_whoever_may_read_its_trip(rows: UploadRows) -> None:
    one, another = await rows.add(), await rows.add()
    owner, stranger = await owner_of(rows, one), await owner_of(rows, another)
    forbidden = [ErrorCode.FORBIDDEN] * 2
    assert await found(rows, one, owner) == [one, one]
    assert await found(rows, one, stranger) == await found(rows, one, None) == forbidden
    await publish(rows, one)
    assert await found(rows, one, stranger) == await found(rows, one, None) == [one, one]
    await publish(rows, one, is_private=True)
    assert await found(rows, one, owner) == [one, one]
    assert await found(rows, one, stranger) == forbidden


async def test_what_is_not_there_is_not_found(rows: UploadRows) -> None:
    one = await rows.add()
    owner, trip_id = await owner_of(rows, one), (await rows.row(one)).trip_id
    async with rows.db.write() as session:
        await session.execute(delete(GpxFile))
    async with rows.db.read() as session:
        for asked in (
            lookup.get_upload(session, one, owner),
            lookup.get_upload_of_trip(session, trip_id, owner),
            lookup.get_upload_of_trip(session, uuid4(), owner),
        ):
            with pytest.raises(AppError) as refused:
                await asked
            assert refused.value.code is ErrorCode.NOT_FOUND
        assert await lookup.get_statistics(session, one) is None


async def test_statistics_are_those_of_the_upload(rows: UploadRows) -> None:
    one, another = await rows.add(), await rows.add()
    async with rows.db.write() as session:
        for gpx_file_id, name in ((another, "another"), (one, "one")):
            session.add(RouteStatistics(gpx_file_id=gpx_file_id, track_name=name, top_climbs=[]))
    async with rows.db.read() as session:
        statistics = await lookup.get_statistics(session, one)
    assert statistics is not None
    assert statistics.track_name == "one"


@pytest.mark.parametrize("status", list(ProcessingStatus))
def test_only_what_is_completed_passes_for_it(status: ProcessingStatus) -> None:
    upload = GpxFile(processing_status=status)
    if status is ProcessingStatus.COMPLETED:
        lookup.ensure_completed(upload)
        return
    with pytest.raises(AppError) as refused:
        lookup.ensure_completed(upload)
    assert refused.value.code is ErrorCode.NOT_PROCESSED


async def test_an_upload_is_committed_with_its_own_file_only(rows: UploadRows) -> None:
    one = await rows.add(storage_key="mine")
    await rows.add(storage_key="another's")
    trip_id = (await rows.row(one)).trip_id
    upload = await lookup.find_committed(rows.db, trip_id, "mine")
    assert upload is not None
    assert (upload.gpx_file_id, upload.trip.trip_id) == (one, trip_id)
    # As after a commit that failed: what is there was uploaded by somebody else meanwhile.
    assert await lookup.find_committed(rows.db, trip_id, "another's") is None
    assert await lookup.find_committed(rows.db, uuid4(), "mine") is None


async def test_an_upload_is_the_same_until_it_is_replaced_or_gone(rows: UploadRows) -> None:
    one = await rows.add()
    uploaded_at = (await rows.row(one)).uploaded_at
    same = await lookup.find_same(rows.db, one, uploaded_at)
    assert same is not None
    assert same.gpx_file_id == one
    await rows.change(one, uploaded_at=uploaded_at + timedelta(microseconds=1))
    assert await lookup.find_same(rows.db, one, uploaded_at) is None
    assert await lookup.find_same(rows.db, uuid4(), uploaded_at) is None


class Here:
    """This process, which works on one upload until a test says how it ended."""

    def __init__(self, rows: UploadRows, gpx_file_id: UUID) -> None:
        self._rows = rows
        self._gpx_file_id = gpx_file_id
        self._told = asyncio.Event()
        self.work: asyncio.Task[None] = asyncio.create_task(self._until_told())
        self.asked: list[UUID] = []

    def __call__(self, gpx_file_id: UUID) -> asyncio.Task[None] | None:
        self.asked.append(gpx_file_id)
        return self.work if gpx_file_id == self._gpx_file_id else None

    async def waited_for(self) -> None:
        while not self.asked:
            await asyncio.sleep(0)

    async def end(self, status: ProcessingStatus | None) -> None:
        """With a status in the row, with the row gone, or else with nothing done."""
        if status is not None:
            await self._rows.change(self._gpx_file_id, processing_status=status)
        self._told.set()

    async def _until_told(self) -> None:
        await self._told.wait()


async def waiting_for(
    rows: UploadRows, gpx_file_id: UUID, here: Here, timeout_s: float = LONG_S
) -> GpxFile:
    async with asyncio.timeout(5):
        return await wait_for_end(rows.db, await rows.row(gpx_file_id), timeout_s, here)


@pytest.mark.parametrize("status", [ProcessingStatus.COMPLETED, ProcessingStatus.FAILED])
async def test_the_end_of_work_here_is_told_as_it_was(
    rows: UploadRows, status: ProcessingStatus
) -> None:
    one = await rows.add()
    here = Here(rows, one)
    waiting = asyncio.create_task(waiting_for(rows, one, here))
    await here.waited_for()
    await here.end(status)
    assert (await waiting).processing_status is status
    assert here.asked == [one], "without asking again"


async def test_work_that_failed_unforeseen_does_not_fail_who_waits(rows: UploadRows) -> None:
    one = await rows.add()

    async def fail() -> None:
        await rows.change(one, processing_status=ProcessingStatus.FAILED)
        raise ValueError("not foreseen")

    here = Here(rows, one)
    here.work.cancel()
    here.work = asyncio.create_task(fail())
    assert (await waiting_for(rows, one, here)).processing_status is ProcessingStatus.FAILED
    assert isinstance(here.work.exception(), ValueError)


async def test_when_the_time_is_up_the_work_goes_on(rows: UploadRows) -> None:
    one = await rows.add()
    here = Here(rows, one)
    still = await waiting_for(rows, one, here, timeout_s=0.02)
    assert still.processing_status is ProcessingStatus.PROCESSING
    assert not here.work.done()
    await here.end(None)
    await here.work


async def test_work_that_ended_without_an_end_is_not_asked_for_in_a_rush(rows: UploadRows) -> None:
    one = await rows.add()
    here = Here(rows, one)
    await here.end(None)
    still = await waiting_for(rows, one, here, timeout_s=0.05)
    assert still.processing_status is ProcessingStatus.PROCESSING
    # It may be tried again, by whomever: from here on the database is asked now and then.
    assert len(here.asked) <= 3


async def test_what_was_deleted_meanwhile_is_waited_for_no_more(rows: UploadRows) -> None:
    one = await rows.add()
    here = Here(rows, one)
    waiting = asyncio.create_task(waiting_for(rows, one, here))
    await here.waited_for()
    async with rows.db.write() as session:
        await session.execute(delete(GpxFile))
    await here.end(None)
    assert (await waiting).gpx_file_id == one


@pytest.mark.parametrize("timeout_s", [0, -1, LONG_S])
async def test_who_need_not_wait_has_what_is_known(rows: UploadRows, timeout_s: float) -> None:
    """Without a question to anybody: for no time at all, or for what has ended."""
    one = await rows.add()
    known = await rows.row(one)
    if timeout_s == LONG_S:
        known.processing_status = ProcessingStatus.COMPLETED
    await rows.db.dispose()
    here = Here(rows, one)
    assert await wait_for_end(rows.db, known, timeout_s, here) is known
    assert here.asked == []
    here.work.cancel()
