"""Whether the service is alive, and whether it can work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from src.api.deps import Services, ServicesDep
from src.api.responses import JsonResponse
from src.logs import get_logger

log = get_logger(__name__)
router = APIRouter(prefix="/health", tags=["health"])
CHECK_TIMEOUT_S = 3.0

PartStatus = Literal["ok", "down", "disabled"]


class Alive(BaseModel):
    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """The state of each part the service needs."""

    status: Literal["ok", "down"]
    database: PartStatus
    storage: PartStatus
    broker: PartStatus
    workers: PartStatus


@router.get("")
async def alive() -> Alive:
    """Answers as long as the process does."""
    return Alive()


@router.get("/ready", response_model=Readiness, responses={503: {"model": Readiness}})
async def ready(services: ServicesDep) -> JsonResponse:
    """Whether uploads can be taken and processed; 503 when a part that is needed is down."""
    database, storage = await asyncio.gather(
        _check("database", lambda: _query(services)), _check("storage", services.storage.check)
    )
    is_ready = database == storage == "ok"
    readiness = Readiness(
        status="ok" if is_ready else "down",
        database=database,
        storage=storage,
        broker="disabled",
        workers="disabled",
    )
    return JsonResponse(readiness, status_code=200 if is_ready else 503)


async def _query(services: Services) -> None:
    async with services.db.read() as session:
        await session.execute(text("SELECT 1"))


async def _check(name: str, probe: Callable[[], Awaitable[Any]]) -> PartStatus:
    try:
        await asyncio.wait_for(probe(), CHECK_TIMEOUT_S)
    except (SQLAlchemyError, OSError, TimeoutError):
        log.warning("part_down", part=name, exc_info=True)
        return "down"
    return "ok"
