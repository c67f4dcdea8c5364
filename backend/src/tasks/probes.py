"""Asking the service's parts how they are."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from celery import Celery
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from src.broker.publisher import count_workers, ping_broker
from src.database import Database
from src.observability.logs import get_logger
from src.services.monitoring.health_report import PartStates, PartStatus
from src.services.processing.dispatch import BROKER_FAILURES
from src.services.storage import Storage, StorageUnavailableError
from src.threads import Threads

log = get_logger(__name__)
T = TypeVar("T")
CHECK_TIMEOUT_S = 3.0
_THREADS = Threads("probes", 2)


async def probe_parts(db: Database, storage: Storage, app: Celery | None) -> PartStates:
    """The state of every part, all asked at the same time; None where Celery is not used."""
    (database, _), (stored, _), (broker, workers) = await asyncio.gather(
        _ask("database", _query(db)),
        _ask("storage", storage.check()),
        _ask_celery(app),
    )
    return PartStates(database, stored, broker, workers)


async def _query(db: Database) -> None:
    async with db.read() as session:
        await session.execute(text("SELECT 1"))


async def _ask_celery(app: Celery | None) -> tuple[PartStatus, int | None]:
    """Broker and workers; nobody is asked through a broker that is down."""
    if app is None:
        return "disabled", None
    broker, _ = await _ask("broker", _THREADS.run(ping_broker, app))
    if broker != "ok":
        return broker, None
    _, workers = await _ask("workers", _THREADS.run(count_workers, app))
    return broker, workers


async def _ask(name: str, probe: Coroutine[Any, Any, T]) -> tuple[PartStatus, T | None]:
    try:
        return "ok", await asyncio.wait_for(probe, CHECK_TIMEOUT_S)
    except (SQLAlchemyError, StorageUnavailableError, *BROKER_FAILURES):
        log.warning("part_down", part=name, exc_info=True)
        return "down", None
