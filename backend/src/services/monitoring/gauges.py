"""What the service's state is at this moment, as Prometheus gauges.

Backlog and connections are those of the whole service, so that every replica of the API gives the
same numbers; the pool and the breaker are of this process.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.pool import QueuePool

from src.config import Settings
from src.database import Database, utc_now
from src.observability.logs import get_logger
from src.observability.metrics import BACKLOG_STATES, gauge, single
from src.services.backlog.measurement import Backlog, measure_backlog
from src.services.monitoring.losses import count_failed, count_faulty_originals
from src.services.monitoring.nightly_runs import nightly_job_ages_s
from src.services.monitoring.single_flight import SingleFlight
from src.services.processing.dispatch import Dispatcher
from src.states import Mode

log = get_logger(__name__)
MEASURING_TIMEOUT_S = 3.0
# Shorter than any sensible scrape interval; longer than a crowd of scrapes needs.
_FRESH_S = 5.0
_CONNECTIONS = text(
    "SELECT sum(numbackends)::int, current_setting('max_connections')::int FROM pg_stat_database"
)


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """The backlog; failed uploads by error code; originals with a fault; seconds since each
    nightly job was done; connections that are open on the server, and how many it accepts.
    """

    backlog: Mapping[Mode, Backlog]
    failed: Mapping[str, int]
    damaged: int
    nightly_job_ages_s: Mapping[str, float]
    connections: tuple[int, int] | None


class Families(Collector):
    """Gauges that are filled already."""

    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self._families = tuple(families)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._families


class ServiceGauges:
    def __init__(self, db: Database, dispatcher: Dispatcher, settings: Settings) -> None:
        self._db = db
        self._dispatcher = dispatcher
        self._settings = settings
        self._database: SingleFlight[DatabaseState | None] = SingleFlight(_FRESH_S)

    async def measure(self) -> Families:
        """The gauges now; without those that the database knows when it does not answer in time."""
        state = await self._database.get(self._ask_database)
        return Families(
            [
                build_info(self._settings, "api"),
                single("contravento_broker_avoided", await self._dispatcher.avoids_broker()),
                single("contravento_database_up", state is not None),
                *self._pool(),
                *_families_of(state),
            ]
        )

    async def _ask_database(self) -> DatabaseState | None:
        try:
            async with asyncio.timeout(MEASURING_TIMEOUT_S), self._db.read() as session:
                now = utc_now()
                return DatabaseState(
                    await measure_backlog(session, now),
                    await count_failed(session),
                    await count_faulty_originals(session),
                    await nightly_job_ages_s(session, now),
                    await self._connections(session),
                )
        except (SQLAlchemyError, TimeoutError):
            log.warning("database_not_measured", exc_info=True)
            return None

    async def _connections(self, session: AsyncSession) -> tuple[int, int] | None:
        if self._settings.is_sqlite:
            return None
        connections, limit = (await session.execute(_CONNECTIONS)).one()
        return connections, limit

    def _pool(self) -> Iterator[GaugeMetricFamily]:
        pool = self._db.engine.pool
        if isinstance(pool, QueuePool):
            yield single("contravento_database_pool_connections", pool.size())
            yield single("contravento_database_pool_in_use", pool.checkedout())


def build_info(settings: Settings, component: str) -> GaugeMetricFamily:
    """What runs here: `component` is api or worker."""
    info = gauge("contravento_build_info")
    info.add_metric((component, settings.app_release), 1)
    return info


def _families_of(state: DatabaseState | None) -> Iterator[GaugeMetricFamily]:
    if state is None:
        return
    uploads = gauge("contravento_backlog_uploads")
    oldest = gauge("contravento_backlog_oldest_waiting_seconds")
    for mode, backlog in state.backlog.items():
        for name in BACKLOG_STATES:
            uploads.add_metric((mode, name), getattr(backlog, name))
        oldest.add_metric((mode,), backlog.oldest_waiting_s)
    yield uploads
    yield oldest
    failed = gauge("contravento_failed_uploads")
    for error_code, count in state.failed.items():
        failed.add_metric((error_code,), count)
    yield failed
    yield single("contravento_damaged_originals", state.damaged)
    ages = gauge("contravento_nightly_job_age_seconds")
    for job, age_s in state.nightly_job_ages_s.items():
        ages.add_metric((job,), age_s)
    yield ages
    if state.connections is not None:
        connections, limit = state.connections
        yield single("contravento_database_connections", connections)
        yield single("contravento_database_connections_limit", limit)
