"""The web application: parts, routes, start and end."""

import asyncio
import gc
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from src.api import account, auth, gpx, health, live, metrics, rides, trips, wizard
from src.celery_app import celery_app, celery_config
from src.config import VERSION, Settings, get_settings
from src.database import Database
from src.http.body_limit import BodyLimit
from src.http.compression import Compression
from src.http.deps import Services
from src.http.methods import HeadAsGet
from src.http.request_metrics import RequestMetrics
from src.http.responses import InternalErrors, install_error_handlers
from src.http.routing import add_routes
from src.http.safe_headers import SafeHeaders
from src.http.sockets import Places
from src.observability.error_reports import start_error_reports
from src.observability.logs import configure_logging, get_logger
from src.services.accounts.auth import AuthService
from src.services.accounts.rate_limit import RateLimiter
from src.services.gpx_service import GPXService
from src.services.housekeeping.maintenance import maintain_daily
from src.services.live.live import Live
from src.services.monitoring.gauges import ServiceGauges
from src.services.monitoring.single_flight import SingleFlight
from src.services.processing.background import BackgroundRunner
from src.services.processing.dispatch import Dispatcher
from src.services.processing.recovery import recover_until
from src.services.storage import storage_of
from src.services.tracks.cards import RideCards
from src.tasks.gpx_tasks import count_waiting_uploads, publish_as
from src.tasks.maintenance_tasks import maintenance_of
from src.web.routes import web_routes

log = get_logger(__name__)
STOP_TIMEOUT_S = 10
# Each takes up to 140 MB from its rows to its answer.
LONG_TRACKS_AT_ONCE = 2


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or get_settings()
    configure_logging(settings.log_level, settings.log_format)
    start_error_reports(settings, component="api")
    celery_app.conf.update(celery_config(settings))
    app = FastAPI(
        title="ContraVento GPX",
        version=VERSION,
        summary="Cyclists' GPX uploads, turned into tracks and numbers one can trust",
        lifespan=_lifespan,
    )
    app.state.services = build_services(settings)
    install_error_handlers(app)
    modules = (auth, account, wizard, trips, gpx, rides, live, health, metrics)
    # The web app comes after the API, whose paths win.
    add_routes(app, [*(module.router for module in modules), web_routes(settings)])
    # The last one added is the outermost: CORS headers reach every answer, errors too.
    app.add_middleware(BodyLimit, routes=app.routes)
    app.add_middleware(InternalErrors)
    app.add_middleware(Compression)
    app.add_middleware(HeadAsGet)
    app.add_middleware(CorrelationIdMiddleware)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_credentials=True,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["ETag", "Content-Disposition", "Retry-After", "X-Request-ID"],
    )
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestMetrics)
    return app


def build_services(settings: Settings) -> Services:
    db = Database(settings.database_url, settings.db_pool_size)
    storage = storage_of(settings)
    progress = Live(db, settings)
    pipeline = GPXService(db, storage, settings, tell=progress.tell)
    runner = BackgroundRunner(pipeline.process, settings.gpx_background_concurrency)
    dispatcher = Dispatcher(settings, pipeline.leases, storage, runner)
    return Services(
        settings=settings,
        db=db,
        storage=storage,
        auth=AuthService(db, settings),
        gpx=pipeline,
        live=progress,
        places=Places(settings),
        long_tracks=asyncio.Semaphore(LONG_TRACKS_AT_ONCE),
        runner=runner,
        dispatcher=dispatcher,
        limiter=RateLimiter(settings),
        readiness=SingleFlight(),
        gauges=ServiceGauges(db, dispatcher, settings),
        cards=RideCards(),
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    stopping = asyncio.Event()
    # The first upload is to be answered as quickly as any other.
    await services.gpx.analyses.warm_up()
    loops = [asyncio.create_task(loop) for loop in _regular_work(services, stopping)]
    log.info("service_started", app_env=services.settings.app_env)
    yield
    # A pass that has begun is let finish: cancelling it would tear up its connection.
    stopping.set()
    await asyncio.wait(loops, timeout=STOP_TIMEOUT_S)
    await services.runner.stop()
    await services.gpx.stop()
    await services.live.close()
    await services.limiter.close()
    await services.db.dispose()
    log.info("service_stopped")


def _regular_work(
    services: Services, stopping: asyncio.Event
) -> Iterator[Coroutine[Any, Any, None]]:
    yield recover_until(
        stopping,
        services.gpx.leases,
        partial(services.dispatcher.redispatch, publish_as=publish_as),
        partial(services.dispatcher.count_waiting, partial(count_waiting_uploads, celery_app)),
        services.settings.gpx_recovery_interval_seconds,
        held_here=services.runner.held,
    )
    yield services.live.pass_on_until(stopping)
    if not services.settings.uses_celery:
        # A laptop or a small server has no scheduler, and nothing may pile up there either.
        yield maintain_daily(
            stopping,
            maintenance_of(
                services.db,
                services.storage,
                services.gpx.columns,
                services.settings,
                celery_app,
            ),
        )


def __getattr__(name: str) -> FastAPI:
    """`src.main:app` for servers, made when it is asked for, not when a test imports this."""
    if name == "app":
        app = create_app()
        # What is there now stays for good. Looked through again by the collector, it would add a
        # tenth of a second to one request in twenty that makes thousands of points.
        gc.collect()
        gc.freeze()
        return app
    raise AttributeError(name)
