"""Where an upload is processed: the only place that decides."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from kombu.exceptions import KombuError, OperationalError
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from redis.exceptions import RedisError

from src.broker.deadline import ends_within
from src.config import MEBIBYTE, Settings
from src.models import GpxFile
from src.observability import metrics
from src.observability.logs import get_logger
from src.services.processing.background import BackgroundRunner
from src.services.processing.task_payload import (
    MAX_CARRIED_FILE_BYTES,
    MAX_PAYLOAD_CHARACTERS,
    encode_payload,
)
from src.services.storage import Storage, StorageUnavailableError
from src.services.uploads.leases import EMPTY_QUEUES, DueUpload, InQueues, Leases
from src.states import Mode, Priority

log = get_logger(__name__)

# For a message without a file; a longer one may take what it needs at the slowest bearable speed.
PUBLISH_TIMEOUT_S = 0.7
SLOWEST_BYTES_PER_S = 20 * MEBIBYTE
# The publishing thread ends by itself this long before nobody waits for it any more.
_ENDS_BEFORE_S = 0.1
# Somebody waits for the answer; without the content, a message still says where it is.
READ_TIMEOUT_S = 2
BREAKER_OPEN_S = 8
_BROKER = "broker"
_PUBLISHING_THREADS = 4
# Of these, so many may have a file in memory; the uploads that come meanwhile go by reference.
_FILES_IN_MEMORY = 2
# What publishing raises when the broker is refused, hanging, full, or wants another password.
BROKER_FAILURES = (OperationalError, KombuError, RedisError, RuntimeError, OSError, TimeoutError)

T = TypeVar("T")
Publish = Callable[[str, str, str | None, str], Any]


def mode_for(
    settings: Settings,
    size_bytes: int,
    sha256: str,
    priority: Priority = Priority.INTERACTIVE,
) -> Mode:
    """Celery for what is larger than the threshold, as far as it is rolled out; in bulk for all.

    The same file always falls on the same side of the rollout.
    """
    if not settings.uses_celery:
        return Mode.BACKGROUND
    is_small = size_bytes <= settings.gpx_async_threshold_bytes
    if is_small and priority is Priority.INTERACTIVE:
        return Mode.BACKGROUND
    is_rolled_out = int(sha256[:8], 16) % 100 < settings.celery_rollout_percentage
    return Mode.CELERY if is_rolled_out else Mode.BACKGROUND


class Dispatcher:
    """Hands uploads to this process or to Celery; to publish is to call the task's `delay`."""

    def __init__(
        self, settings: Settings, leases: Leases, storage: Storage, runner: BackgroundRunner
    ) -> None:
        self._settings = settings
        self._leases = leases
        self._storage = storage
        self._runner = runner
        self._threads = CapacityLimiter(_PUBLISHING_THREADS)
        self._files = asyncio.Semaphore(_FILES_IN_MEMORY)
        self._breakers = AsyncCircuitBreakerFactory(default_threshold=1, default_ttl=BREAKER_OPEN_S)

    def mode_for(self, size_bytes: int, sha256: str) -> Mode:
        """Who is to work on an upload that somebody waits for."""
        return mode_for(self._settings, size_bytes, sha256)

    async def dispatch(
        self,
        upload: GpxFile,
        *,
        publish: Publish,
        later: Callable[..., None],
        at_once: bool,
    ) -> None:
        """Send a committed upload on its way; never raises for a broker's sake.

        `later` takes what runs after the answer; `at_once` starts it now, for a client that waits.
        """
        if upload.mode is Mode.CELERY:
            if await self._publish_with_file(publish, upload):
                return
            if not await self._leases.keep_in_this_process(upload.gpx_file_id):
                return
        if at_once:
            self._runner.start(upload.gpx_file_id, upload.priority)
        later(self._runner.run, upload.gpx_file_id, upload.priority)

    async def redispatch(
        self, upload: DueUpload, publish_as: Callable[[Priority], Publish]
    ) -> None:
        """Send an upload that the recovery found on its way again, by reference."""
        if upload.mode is Mode.CELERY:
            publish = publish_as(upload.priority)
            if self._settings.uses_celery and await self._publish(publish, upload, _by_reference):
                return
            if not await self._leases.keep_in_this_process(upload.gpx_file_id):
                return
        self._runner.start(upload.gpx_file_id, upload.priority)

    async def avoids_broker(self) -> bool:
        """Whether publishing is not even tried at the moment, because it failed just now."""
        breaker = await self._breakers.get_breaker(_BROKER)
        opened_at = breaker.context.opened_at
        return opened_at is not None and time.time() <= opened_at + BREAKER_OPEN_S

    async def count_waiting(self, count: Callable[[], InQueues]) -> InQueues | None:
        """How many messages wait in the broker, which `count` asks; None if it does not answer."""
        if not self._settings.uses_celery:
            return EMPTY_QUEUES
        try:
            async with await self._breakers.get_breaker(_BROKER):
                return await self._in_time(count)
        except OpenedState:
            return None
        except BROKER_FAILURES as error:
            log.warning("broker_failed", reason=type(error).__name__)
            return None

    async def _publish_with_file(self, publish: Publish, upload: GpxFile) -> bool:
        """Publish with the file in the message, if it is not too large and its memory is free."""
        due = DueUpload.of(upload)
        if upload.file_size > MAX_CARRIED_FILE_BYTES or self._files.locked():
            return await self._publish(publish, due, _by_reference)
        async with self._files:
            return await self._publish(publish, due, partial(self._message_of, upload.storage_key))

    async def _publish(
        self, publish: Publish, upload: DueUpload, content: Callable[[], Awaitable[str | None]]
    ) -> bool:
        gpx_file_id, trip_id = str(upload.gpx_file_id), str(upload.trip_id)
        started = asyncio.get_running_loop().time()
        try:
            async with await self._breakers.get_breaker(_BROKER):
                message = await content()
                size = len(message or "")
                await self._in_time(
                    lambda: publish(gpx_file_id, trip_id, message, upload.file_name), size
                )
        except OpenedState:
            log.info("broker_avoided", gpx_file_id=gpx_file_id, trip_id=trip_id)
            metrics.count_publication("avoided")
            return False
        except BROKER_FAILURES as error:
            log.warning(
                "broker_failed",
                reason=type(error).__name__,
                gpx_file_id=gpx_file_id,
                trip_id=trip_id,
            )
            metrics.count_publication("failed")
            return False
        metrics.count_publication("published")
        log.info(
            "upload_published",
            gpx_file_id=gpx_file_id,
            trip_id=trip_id,
            payload_size=size,
            publish_time_ms=round(1000 * (asyncio.get_running_loop().time() - started)),
        )
        return True

    async def _in_time(self, call: Callable[[], T], size_bytes: int = 0) -> T:
        """Do in a thread what waits for the broker, and wait for it no longer than is bearable.

        When this gives up the thread has ended, too: nothing is written after the answer.
        """
        bearable_s = PUBLISH_TIMEOUT_S + size_bytes / SLOWEST_BYTES_PER_S
        with ends_within(bearable_s - _ENDS_BEFORE_S):
            async with asyncio.timeout(bearable_s):
                return await to_thread.run_sync(call, limiter=self._threads, abandon_on_cancel=True)

    async def _message_of(self, storage_key: str) -> str | None:
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                data = await self._storage.read(storage_key)
        except (StorageUnavailableError, TimeoutError):
            # No fault of the broker; whoever works on the upload finds out what is wrong.
            log.warning("file_not_readable", storage_key=storage_key, exc_info=True)
            return None
        payload = await to_thread.run_sync(encode_payload, data)
        return payload if len(payload) <= MAX_PAYLOAD_CHARACTERS else None


async def _by_reference() -> None:
    """No content: the worker reads it from storage."""
