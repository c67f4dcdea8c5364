"""Whether the service is alive, and whether it can work."""

from typing import Literal

from pydantic import BaseModel

from src.celery_app import celery_app
from src.http.deps import Services, ServicesDep
from src.http.readiness import Readiness
from src.http.responses import JsonResponse
from src.http.routing import api_router
from src.schemas.presence import ALWAYS_THERE
from src.tasks.probes import probe_parts

router = api_router(prefix="/health", tags=["health"])


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
    app = celery_app if services.settings.uses_celery else None
    parts = await probe_parts(services.db, services.storage, app)
    return Readiness(
        status="ok" if parts.database == parts.storage == "ok" else "down",
        database=parts.database,
        storage=parts.storage,
        broker=parts.broker,
        workers=parts.workers_status,
    )
