"""Whether the service is alive, and whether it can work."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Literal

from celery import Celery
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from src.api.deps import Services, ServicesDep
from src.api.readiness import PartStatus, Readiness
from src.api.responses import JsonResponse
from src.celery_app import celery_app
from src.logs import get_logger
from src.schemas.presence import ALWAYS_THERE
from src.services.dispatch import BROKER_FAILURES
from src.services.storage import StorageUnavailableError
from src.tasks.publisher import count_workers, ping_broker

log = get_logger(__name__)
router = APIRouter(prefix="/health", tags=["health"])
CHECK_TIMEOUT_S = 3.0


class Alive(BaseModel):
    model_config = ALWAYS_THERE

    status: Literal["ok"] = "ok"


@router.get("")
async def alive() -> Alive:
    """Answers as long as the process does."""
    return Alive()


@router.get("/ready", response_model=Readiness, responses={503: {"model": Readiness}})
async def ready(services: ServicesDep) -> JsonResponse:
    """Whether uploads can be taken and processed; 503 when database or storage is down.

    Without broker or workers the service is still ready: it processes everything itself.
    """
    readiness = await services.readiness.get(lambda: _probe(services))
    return JsonResponse(readiness, status_code=200 if readiness.status == "ok" else 503)


async def _probe(services: Services) -> Readiness:
    database, storage, (broker, workers) = await asyncio.gather(
        _check("database", _query(services)),
        _check("storage", services.storage.check()),
        _check_celery(services),
    )
    return Readiness(
        status="ok" if database == storage == "ok" else "down",
        database=database,
        storage=storage,
        broker=broker,
        workers=workers,
    )


async def _query(services: Services) -> None:
    async with services.db.read() as session:
        await session.execute(text("SELECT 1"))


async def _check_celery(services: Services) -> tuple[PartStatus, PartStatus]:
    """Broker and workers; nobody is asked through a broker that is down."""
    if not services.settings.uses_celery:
        return "disabled", "disabled"
    broker = await _check("broker", asyncio.to_thread(ping_broker, celery_app))
    if broker != "ok":
        return broker, "down"
    return broker, await _check("workers", asyncio.to_thread(_expect_workers, celery_app))


def _expect_workers(app: Celery) -> None:
    if count_workers(app) == 0:
        raise RuntimeError("no worker answers")


async def _check(name: str, probe: Coroutine[Any, Any, Any]) -> PartStatus:
    try:
        await asyncio.wait_for(probe, CHECK_TIMEOUT_S)
    except (SQLAlchemyError, StorageUnavailableError, *BROKER_FAILURES):
        log.warning("part_down", part=name, exc_info=True)
        return "down"
    return "ok"
