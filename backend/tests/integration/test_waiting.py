"""Clients that wait for an upload: told at once of its end here, and soon of an end elsewhere."""

import asyncio
import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from src.gpx import Analysis
from src.http.deps import Services
from src.models import GpxFile
from src.services.gpx_service import GPXService
from src.services.processing.background import BackgroundRunner
from src.services.uploads.lookup import wait_for_end
from src.states import ProcessingStatus
from tests.support.desk import Desk


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


class Questions:
    """Counts what the database is asked about uploads."""

    def __init__(self, services: Services) -> None:
        self.count = 0
        event.listen(services.db.engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _c: object, _cursor: object, statement: str, *_: object) -> None:
        self.count += statement.startswith("SELECT") and "sha256" in statement


def nobody_here(_: UUID) -> None:
    """The upload is worked on elsewhere."""


async def test_the_end_of_work_in_this_process_is_told_at_once_and_asks_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse, ended_at = GPXService.parse_gpx_file, 0.0

    async def slowly(pipeline: GPXService, source: Any, **options: Any) -> Analysis:
        await asyncio.sleep(0.7)
        return await parse(pipeline, source, **options)

    async def process_and_note(gpx_file_id: UUID) -> object:
        nonlocal ended_at
        result = await desk.pipeline.process(gpx_file_id)
        ended_at = time.monotonic()
        return result

    monkeypatch.setattr(GPXService, "parse_gpx_file", slowly)
    runner = BackgroundRunner(process_and_note, concurrency=1)  # type: ignore[arg-type]
    upload = await desk.row(await desk.put())
    runner.start(upload.gpx_file_id)
    questions = Questions(desk.services)
    ended = await wait_for_end(desk.services.db, upload, 10, runner.running_task)
    assert time.monotonic() - ended_at < 0.3
    assert ended.processing_status is ProcessingStatus.COMPLETED
    assert questions.count == 1
    assert runner.running_task(upload.gpx_file_id) is None


async def test_giving_up_waiting_does_not_stop_the_work(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, parse = asyncio.Event(), GPXService.parse_gpx_file

    async def when_told(pipeline: GPXService, source: Any, **options: Any) -> Analysis:
        await go_on.wait()
        return await parse(pipeline, source, **options)

    monkeypatch.setattr(GPXService, "parse_gpx_file", when_told)
    runner = BackgroundRunner(desk.pipeline.process, concurrency=1)
    upload = await desk.row(await desk.put())
    runner.start(upload.gpx_file_id)
    still = await wait_for_end(desk.services.db, upload, 0.2, runner.running_task)
    assert still.processing_status is ProcessingStatus.PROCESSING
    go_on.set()
    ended = await wait_for_end(desk.services.db, upload, 10, runner.running_task)
    assert ended.processing_status is ProcessingStatus.COMPLETED


async def test_for_work_elsewhere_the_database_is_asked_twice_a_second(desk: Desk) -> None:
    upload = await desk.row(await desk.put())
    questions = Questions(desk.services)
    started = time.monotonic()
    await wait_for_end(desk.services.db, upload, 1.2, nobody_here)
    assert 1.2 <= time.monotonic() - started < 2
    assert questions.count == 3


async def test_an_end_elsewhere_is_noticed(desk: Desk) -> None:
    upload = await desk.row(await desk.put())
    waiting = asyncio.create_task(wait_for_end(desk.services.db, upload, 10, nobody_here))
    await desk.pipeline.process(upload.gpx_file_id)
    assert (await waiting).processing_status is ProcessingStatus.COMPLETED


async def test_nobody_waits_for_what_is_gone(desk: Desk) -> None:
    upload = await desk.row(await desk.put())
    gone = GpxFile(gpx_file_id=uuid4(), processing_status=ProcessingStatus.PROCESSING)
    started = time.monotonic()
    assert await wait_for_end(desk.services.db, gone, 10, nobody_here) is gone
    assert time.monotonic() - started < 2
    assert upload.processing_status is ProcessingStatus.PROCESSING
