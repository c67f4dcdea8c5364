"""Where an upload goes: to a worker with its file, and here when no worker can be told."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from kombu.exceptions import OperationalError
from redis.exceptions import ResponseError
from structlog.testing import capture_logs

from src.config import MEBIBYTE, Settings
from src.services.gpx_service import ProcessingResult
from src.services.processing import dispatch
from src.services.processing.background import BackgroundRunner
from src.services.processing.dispatch import BREAKER_OPEN_S, Dispatcher
from src.services.processing.task_payload import MAX_CARRIED_FILE_BYTES, decode_payload
from src.services.storage import storage_of
from src.services.uploads.lease_holder import this_process
from src.services.uploads.leases import DueUpload
from src.states import Mode, Outcome, Priority
from tests.support.upload_rows import FAR_AWAY, UploadRows

RIDE = b"<gpx>" * 500
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        storage_path=tmp_path / "storage",
        celery_enabled=True,
        gpx_async_threshold_mb=2,
        celery_rollout_percentage=50,
    )


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Whole tracebacks for a console would take longer than all the rest."""
    with capture_logs():
        yield


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The breaker's; it stands still unless a test moves it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


INTERACTIVE = Priority.INTERACTIVE


class Broker:
    """Takes messages, or raises what it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str | None, str]] = []
        self.tried = 0
        self.priorities: list[Priority] = []
        self.trouble: Exception | None = None

    def __call__(self, *message: Any) -> None:
        self.tried += 1
        if self.trouble is not None:
            raise self.trouble
        self.taken.append(message)

    def of(self, priority: Priority) -> "Broker":
        self.priorities.append(priority)
        return self

    def count(self) -> dict[Priority, int]:
        self.tried += 1
        if self.trouble is not None:
            raise self.trouble
        return {INTERACTIVE: len(self.taken)}


class Place:
    """This process with its dispatcher, and what it has been given to do."""

    def __init__(self, rows: UploadRows, settings: Settings) -> None:
        self.rows = rows
        self.broker = Broker()
        self.storage = storage_of(settings)
        self.begun: list[UUID] = []
        self.runner = BackgroundRunner(self._process, concurrency=4)
        self.dispatcher = Dispatcher(settings, rows.leases, self.storage, self.runner)
        self.after_the_answer: list[UUID] = []

    async def add(self, mode: Mode, *, content: bytes | None = RIDE, **values: Any) -> UUID:
        gpx_file_id = await self.rows.add(mode, **values)
        if content is not None:
            key = f"uploads/{gpx_file_id}"
            async with self.storage.receive() as incoming:
                await incoming.append(content)
                await incoming.keep(key)
            await self.rows.change(gpx_file_id, storage_key=key)
        return gpx_file_id

    async def dispatch(self, gpx_file_id: UUID, *, at_once: bool = False) -> None:
        await self.dispatcher.dispatch(
            await self.rows.row(gpx_file_id),
            publish=self.broker,
            later=self._later,
            at_once=at_once,
        )
        await self._settled()

    async def redispatch(self, gpx_file_id: UUID) -> None:
        due = DueUpload.of(await self.rows.row(gpx_file_id))
        await self.dispatcher.redispatch(due, self.broker.of)
        await self._settled()

    def _later(self, work: Callable[..., object], gpx_file_id: UUID, _: Priority) -> None:
        assert work == self.runner.run
        self.after_the_answer.append(gpx_file_id)

    async def _process(self, gpx_file_id: UUID) -> ProcessingResult:
        self.begun.append(gpx_file_id)
        return ProcessingResult(Outcome.COMPLETED, gpx_file_id)

    async def _settled(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
async def place(rows: UploadRows, settings: Settings) -> AsyncIterator[Place]:
    place = Place(rows, settings)
    yield place
    await place.runner.stop()


@pytest.mark.parametrize(
    ("size_bytes", "share", "changes", "mode"),
    [
        (2 * MEBIBYTE, 0, {}, Mode.BACKGROUND),
        (2 * MEBIBYTE + 1, 0, {}, Mode.CELERY),
        (2 * MEBIBYTE + 1, 49, {}, Mode.CELERY),
        (2 * MEBIBYTE + 1, 50, {}, Mode.BACKGROUND),
        (2 * MEBIBYTE + 1, 0, {"celery_rollout_percentage": 0}, Mode.BACKGROUND),
        (2 * MEBIBYTE + 1, 99, {"celery_rollout_percentage": 100}, Mode.CELERY),
        (2 * MEBIBYTE + 1, 0, {"celery_enabled": False}, Mode.BACKGROUND),
        (0, 0, {"gpx_async_threshold_mb": 0}, Mode.BACKGROUND),
        (1, 0, {"gpx_async_threshold_mb": 0}, Mode.CELERY),
    ],
)
async def test_a_large_file_is_for_workers_as_far_as_they_are_rolled_out(
    place: Place,
    settings: Settings,
    size_bytes: int,
    share: int,
    changes: dict[str, Any],
    mode: Mode,
) -> None:
    dispatcher = Dispatcher(
        settings.model_copy(update=changes), place.rows.leases, place.storage, place.runner
    )
    # The first digits of the digest decide, and no other.
    for digits in ("0" * 56, "f" * 56):
        assert dispatcher.mode_for(size_bytes, f"{700 + share:08x}" + digits) is mode


async def test_a_workers_upload_is_sent_with_its_file_and_not_begun_here(place: Place) -> None:
    one = await place.add(Mode.CELERY, file_name="etapa.gpx")
    await place.dispatch(one, at_once=True)
    ((gpx_file_id, trip_id, content, file_name),) = place.broker.taken
    row = await place.rows.row(one)
    assert (gpx_file_id, trip_id, file_name) == (str(one), str(row.trip_id), "etapa.gpx")
    assert content is not None
    assert decode_payload(content, len(RIDE)) == RIDE
    assert row.mode is Mode.CELERY
    assert place.begun == place.after_the_answer == []


@pytest.mark.parametrize(
    "upload", [{"content": None}, {"file_size": MAX_CARRIED_FILE_BYTES + 1}], ids=["lost", "large"]
)
async def test_a_file_that_cannot_be_carried_goes_by_reference(
    place: Place, upload: dict[str, Any]
) -> None:
    await place.dispatch(await place.add(Mode.CELERY, **upload))
    ((_, _, content, _),) = place.broker.taken
    assert content is None
    assert not await place.dispatcher.avoids_broker(), "it is no fault of the broker"


@pytest.mark.parametrize("at_once", [True, False])
async def test_an_upload_for_this_process_is_never_sent(place: Place, at_once: bool) -> None:
    one = await place.add(Mode.BACKGROUND)
    await place.dispatch(one, at_once=at_once)
    assert place.broker.tried == 0
    assert place.after_the_answer == [one]
    assert place.begun == ([one] if at_once else [])


@pytest.mark.parametrize(
    "trouble",
    [OperationalError("refused"), ResponseError("OOM"), RuntimeError(), OSError(), TimeoutError()],
    ids=lambda trouble: type(trouble).__name__,
)
async def test_what_no_worker_can_be_told_is_done_here(place: Place, trouble: Exception) -> None:
    place.broker.trouble = trouble
    one = await place.add(Mode.CELERY)
    await place.dispatch(one, at_once=True)
    row = await place.rows.row(one)
    assert (row.mode, row.holder) == (Mode.BACKGROUND, this_process())
    assert place.begun == place.after_the_answer == [one]


async def test_what_a_worker_has_begun_after_all_is_left_to_it(place: Place) -> None:
    one = await place.add(Mode.CELERY)
    await place.rows.take_over(one)
    # Only the answer of the broker was lost.
    place.broker.trouble = TimeoutError()
    await place.dispatch(one, at_once=True)
    await place.redispatch(one)
    assert (await place.rows.row(one)).holder == FAR_AWAY
    assert place.begun == place.after_the_answer == []


async def test_a_broker_that_failed_is_avoided_for_a_while(
    place: Place, clock: time_machine.Traveller
) -> None:
    place.broker.trouble = OSError()
    assert not await place.dispatcher.avoids_broker()
    for _ in range(3):
        await place.dispatch(await place.add(Mode.CELERY))
    assert await place.dispatcher.count_waiting(place.broker.count) is None
    assert place.broker.tried == 1
    assert await place.dispatcher.avoids_broker()
    assert len(place.after_the_answer) == 3

    clock.shift(BREAKER_OPEN_S + 0.1)
    place.broker.trouble = None
    assert not await place.dispatcher.avoids_broker()
    await place.dispatch(await place.add(Mode.CELERY))
    assert len(place.broker.taken) == 1
    assert await place.dispatcher.count_waiting(place.broker.count) == {INTERACTIVE: 1}


async def test_a_broker_that_does_not_count_is_avoided_by_what_is_sent(
    place: Place, clock: time_machine.Traveller
) -> None:
    place.broker.trouble = OSError()
    assert await place.dispatcher.count_waiting(place.broker.count) is None
    place.broker.trouble = None
    one = await place.add(Mode.CELERY)
    await place.dispatch(one)
    assert (place.broker.tried, place.after_the_answer) == (1, [one])


async def test_without_workers_no_message_waits_and_nobody_is_asked(
    place: Place, settings: Settings
) -> None:
    alone = settings.model_copy(update={"celery_enabled": False})
    dispatcher = Dispatcher(alone, place.rows.leases, place.storage, place.runner)
    assert await dispatcher.count_waiting(place.broker.count) == {}
    assert place.broker.tried == 0


async def test_a_broker_that_hangs_is_not_waited_for(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "PUBLISH_TIMEOUT_S", 0.12)
    thaws, answers, one = threading.Event(), threading.Event(), await place.add(Mode.CELERY)

    def hang(*_: object) -> None:
        thaws.wait(3)
        answers.set()

    try:
        async with asyncio.timeout(5):
            await place.dispatcher.dispatch(
                await place.rows.row(one),
                publish=hang,
                later=place._later,
                at_once=False,
            )
        assert not answers.is_set()
    finally:
        thaws.set()
    assert place.after_the_answer == [one]
    assert await place.dispatcher.avoids_broker()


async def test_what_is_sent_again_goes_by_reference(place: Place) -> None:
    there, here = await place.add(Mode.CELERY), await place.add(Mode.BACKGROUND)
    for one in (there, here):
        await place.redispatch(one)
    ((gpx_file_id, _, content, _),) = place.broker.taken
    assert (gpx_file_id, content) == (str(there), None)
    assert place.begun == [here]


@pytest.mark.parametrize("trouble", [OSError(), None], ids=["broker gone", "workers gone"])
async def test_what_cannot_be_sent_again_is_done_here(
    rows: UploadRows, settings: Settings, trouble: Exception | None
) -> None:
    """As after a new start without workers, for what was meant for them."""
    uses_celery = trouble is not None
    place = Place(rows, settings.model_copy(update={"celery_enabled": uses_celery}))
    place.broker.trouble = trouble
    one = await place.add(Mode.CELERY)
    await place.redispatch(one)
    assert place.begun == [one]
    assert (await rows.row(one)).mode is Mode.BACKGROUND
    assert place.broker.tried == uses_celery
