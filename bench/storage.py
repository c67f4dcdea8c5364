"""What rides cost where they lie: bytes of each, and whether calls stay flat as they become many.

`python bench/storage.py [--rides 100000] [--requests 200]` starts PostgreSQL with the settings of
production and the API on it, lets the service process some rides of realistic sizes, and fills the
database with copies of them (COPY). At 10, at 1,000 and at all rides it asks the running API for
lists, status, tracks and series, one request after another, and has PostgreSQL explain the
service's own statements. In the end the cyclist with a tenth of the rides is deleted, the tables
are vacuumed, and as many rides come again. Writes its section of docs/benchmarks.md. With 100,000
rides it takes ten minutes and 9 GB of disk.

`--time-ordered` only fills, with ids of uploads that grow with time (UUIDv7), for comparison.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import asyncpg  # noqa: E402
import psutil  # noqa: E402
import yaml  # noqa: E402
from pydantic import SecretStr  # noqa: E402
from sqlalchemy import select  # noqa: E402
from sqlalchemy.ext.asyncio import AsyncSession  # noqa: E402

from bench.copies import Copies, Copy, read_samples, sample_files  # noqa: E402
from bench.plans import plan_in, plans_of, together  # noqa: E402
from bench.report import progress, publish  # noqa: E402
from bench.storage_report import Asked, Cost, Found, Removal, Size, Stage, filling, report  # noqa: E402
from src.config import AppEnv, Settings  # noqa: E402
from src.database import Database, utc_now  # noqa: E402
from src.models import User  # noqa: E402
from src.services.backlog.measurement import measure_backlog  # noqa: E402
from src.services.tracks.points import read_points  # noqa: E402
from src.services.trips.listing import (  # noqa: E402
    MOST_PUBLIC,
    Order,
    SortBy,
    TripFilter,
    list_public_trips,
    list_user_trips,
)
from src.services.uploads import lookup  # noqa: E402
from src.services.uploads.leases import Leases  # noqa: E402
from tests.support.cyclist import Cyclist  # noqa: E402
from tests.support.databases import migrate  # noqa: E402
from tests.support.servers import own_postgres  # noqa: E402
from tests.support.service import ApiProcess, api_process  # noqa: E402

TABLES = ("track_points", "gpx_files", "route_statistics", "trips")
STAGES = (10, 1_000)
WARM_UP = 20
DELETED_BY_CALL = 50
USER_PAGE, PUBLIC_PAGE = 100, 20
OWN_FEW, OWN_MANY = "own trips, of 100", "own trips, of a tenth of all"
OWN_LAST, OWN_WITH_WORD = "the last of these", "those with a word in the title"
OTHERS = "the same, seen by another"
PUBLIC, PUBLIC_LAST = "`/trips/public`", "`/trips/public`, the last page"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Said: TypeAlias = Callable[[AsyncSession], Awaitable[object]]


class Bench:
    """A service on a database that grows."""

    def __init__(
        self,
        api: ApiProcess,
        settings: Settings,
        connection: Connection,
        postmaster: int,
        requests: int,
    ) -> None:
        self.api = api
        self.settings = settings
        self.connection = connection
        self.db = Database(settings.database_url, pool_size=2)
        self.requests = requests
        self._postmaster = postmaster

    async def run(self, rides: int, *, time_ordered: bool) -> Found:
        async with self.api.client() as client:
            some, many, maker = [
                await Cyclist.join(client, name) for name in ("some", "many", "maker")
            ]
            progress("the service processes the rides that are copied")
            files = sample_files()
            upload_ids = [UUID((await maker.uploaded(file))["gpx_file_id"]) for file in files]
            samples = await read_samples(self.connection, upload_ids, self.settings.storage_path)
            copies = Copies(self.connection, samples, time_ordered=time_ordered)
            await copies.add_cyclists(some.username, many.username)
            if time_ordered:
                # Random ids to the right of all that come would keep the pages half empty.
                await self._delete_cyclist(maker)
                await self.vacuum()
                fill = await self.cost(partial(copies.grow_to, rides))
                return Found(samples, files, [], fill, await self._sizes(), None)
            stages, fills = [], []
            for number in [*(stage for stage in STAGES if stage < rides), rides]:
                fills.append(await self.cost(partial(copies.grow_to, number)))
                stages.append(await self.stage(copies, some, many))
                stages[-1].upload = await self.cost(partial(upload_all, maker, files))
            sizes = await self._sizes()
            removal = await self.remove(copies, many)
        await self.db.dispose()
        return Found(samples, files, stages, fills[-1], sizes, removal)

    async def stage(self, copies: Copies, some: Cyclist, many: Cyclist) -> Stage:
        stage = Stage(len(copies.rides))
        progress(f"{stage.rides:,} rides: vacuum, calls, plans")
        stage.vacuum_s = await self.vacuum()
        asked = copies.asked_for(self.requests, self.settings.storage_path)
        public = min(sum(ride.is_public for ride in copies.rides), MOST_PUBLIC)
        last_page = -(-public // PUBLIC_PAGE)
        last_offset = max(stage.rides // 10 - USER_PAGE, 0)
        for name, paths, cyclist in calls_of(asked, last_page, last_offset, some, many):
            stage.calls[name] = await self._asked(self._chosen(paths), cyclist)
        users = await self._users(some, many)
        for names, call in statements_of(asked[0], last_page, last_offset, *users):
            plans = await plans_of(self.db, call)
            if len(names) == 1:
                plans = [together(plans)]
            stage.plans |= dict(zip(names, plans, strict=True))
        recovery = await plans_of(self.db, lambda _: Leases(self.db, self.settings).take_due())
        stage.plans["the recovery"] = together(recovery)
        return stage

    async def remove(self, copies: Copies, many: Cyclist) -> Removal:
        trips = await self.connection.fetch(
            "SELECT trip_id FROM trips JOIN users USING (user_id) WHERE username = $1",
            many.username,
        )
        few = trips[: min(DELETED_BY_CALL, len(trips) // 2)]
        by_call = [f"/trips/{trip['trip_id']}" for trip in few]
        calls_ms = self.timed("DELETE", by_call, many)
        progress(f"deleting a cyclist with {len(trips) - len(by_call):,} rides")
        before = await self._sizes()
        used = await self._scans()
        explained = await self._delete_cyclist(many)
        scans = differences(used, await self._scans())
        vacuum_s = await self.vacuum()
        after = await self._sizes()
        progress("as many rides come again")
        copies.forget_many()
        await copies.grow_to(len(copies.rides) + len(trips))
        return Removal(
            rides=len(trips),
            by_call_ms=calls_ms,
            delete_s=explained["Execution Time"] / 1000,
            of_keys_s={
                trigger["Constraint Name"]: trigger["Time"] / 1000
                for trigger in explained["Triggers"]
            },
            scans=scans,
            vacuum_s=vacuum_s,
            before=before,
            after=after,
            refilled=await self._sizes(),
        )

    async def vacuum(self) -> float:
        started = time.perf_counter()
        await self.connection.execute("VACUUM (ANALYZE)")
        passed_s = time.perf_counter() - started
        # Else what is measured next pays for what was written before.
        await self.connection.execute("CHECKPOINT")
        return passed_s

    def timed(self, method: str, paths: Iterable[str], cyclist: Cyclist) -> list[float]:
        """Milliseconds of each request until its last byte, on one open connection."""
        address = urlsplit(self.api.address)
        connection = HTTPConnection(str(address.hostname), address.port)
        headers = {"Accept-Encoding": "gzip", **cyclist.headers}
        times_ms = []
        for path in paths:
            started = time.perf_counter()
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            body = response.read()
            times_ms.append(1000 * (time.perf_counter() - started))
            assert response.status == 200, body
        connection.close()
        return times_ms

    async def cost(self, work: Callable[[], Awaitable[object]]) -> Cost:
        wal = await self._wal_bytes()
        started = time.perf_counter()
        api_s, postgres_s = cpu_s(self.api.process.pid), cpu_s(self._postmaster)
        await work()
        return Cost(
            wall_s=time.perf_counter() - started,
            api_s=cpu_s(self.api.process.pid) - api_s,
            postgres_s=cpu_s(self._postmaster) - postgres_s,
            wal_bytes=await self._wal_bytes() - wal,
        )

    async def _asked(self, paths: Sequence[str], cyclist: Cyclist) -> Asked:
        times_ms: list[float] = []

        async def ask() -> None:
            times_ms.extend(self.timed("GET", paths, cyclist))

        cost = await self.cost(ask)
        processors_s = cost.api_s + cost.postgres_s
        return Asked(times_ms[WARM_UP:], 1000 * processors_s / len(paths))

    def _chosen(self, paths: Sequence[str]) -> list[str]:
        return random.Random(1).choices(paths, k=WARM_UP + self.requests)

    async def _users(self, *cyclists: Cyclist) -> list[User]:
        names = [cyclist.username for cyclist in cyclists]
        async with self.db.read() as session:
            found = await session.scalars(select(User).where(User.username.in_(names)))
            by_name = {user.username: user for user in found}
        return [by_name[name] for name in names]

    async def _delete_cyclist(self, cyclist: Cyclist) -> dict[str, Any]:
        """Delete a cyclist with all that hangs on it; how PostgreSQL explains it."""
        answer = await self.connection.fetchval(
            "EXPLAIN (ANALYZE, FORMAT JSON) DELETE FROM users WHERE lower(username) = $1",
            cyclist.username,
        )
        return plan_in(answer)

    async def _scans(self) -> dict[str, int]:
        """How often each index was used so far, and each big table read as a whole."""
        # What this very connection did is counted when it is idle for a while, or now.
        await self.connection.execute("SELECT pg_stat_force_next_flush()")
        rows = await self.connection.fetch(
            "SELECT indexrelname AS name, idx_scan AS scans FROM pg_stat_user_indexes "
            "UNION ALL SELECT 'whole ' || relname, seq_scan FROM pg_stat_user_tables "
            "WHERE relname = ANY($1)",
            TABLES,
        )
        return {row["name"]: row["scans"] or 0 for row in rows}

    async def _size(self, table: str) -> Size:
        rows = await self.connection.fetchval(f"SELECT count(*) FROM {table}")
        size_bytes = await self.connection.fetchval(f"SELECT pg_table_size('{table}')")
        indexes = await self.connection.fetch(
            "SELECT indexrelid::regclass::text AS name, pg_relation_size(indexrelid) AS size "
            f"FROM pg_index WHERE indrelid = '{table}'::regclass ORDER BY size DESC"
        )
        return Size(table, rows, size_bytes, {row["name"]: row["size"] for row in indexes})

    async def _sizes(self) -> list[Size]:
        return [await self._size(table) for table in TABLES]

    async def _wal_bytes(self) -> int:
        return int(await self.connection.fetchval("SELECT pg_current_wal_lsn() - '0/0'"))


async def upload_all(cyclist: Cyclist, files: Sequence[bytes]) -> None:
    for file in files:
        await cyclist.uploaded(file)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rides", type=int, default=100_000)
    arguments.add_argument("--requests", type=int, default=200)
    arguments.add_argument("--time-ordered", action="store_true")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="storage-") as name:
        folder = Path(name)
        (folder / "postgres").mkdir()
        with own_postgres(folder / "postgres") as server:
            asyncio.run(set_as_in_production(server.url))
            server.stop()
            server.start()
            migrate(server.url)
            settings = Settings(
                app_env=AppEnv.TESTING,
                secret_key=SecretStr("a-secret-for-benchmarks-of-at-least-32-characters"),
                database_url=server.url,
                storage_path=folder / "storage",
                rate_limit_enabled=False,
                celery_enabled=False,
                access_token_minutes=24 * 60,
            )
            with api_process(settings, folder) as api:
                found = asyncio.run(measure(api, settings, folder / "postgres", options))
    if options.time_ordered:
        publish("storage-time-ordered", filling(found, options.rides))
    else:
        publish("storage", report(found, options.rides, options.requests))


async def measure(
    api: ApiProcess, settings: Settings, cluster: Path, options: argparse.Namespace
) -> Found:
    postmaster = int((cluster / "postmaster.pid").read_text().split()[0])
    connection = await asyncpg.connect(address_for_asyncpg(settings.database_url))
    try:
        bench = Bench(api, settings, connection, postmaster, options.requests)
        return await bench.run(options.rides, time_ordered=options.time_ordered)
    finally:
        await connection.close()


async def set_as_in_production(url: str) -> None:
    """Give the server the settings that the production file gives it; they count from its start."""
    composed = yaml.safe_load((ROOT / "docker-compose.prod.yml").read_text())
    command = composed["services"]["postgres"]["command"]
    settings = [part.removeprefix("--").split("=") for part in command if part.startswith("--")]
    connection = await asyncpg.connect(address_for_asyncpg(url))
    for name, value in settings:
        await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    await connection.close()


def address_for_asyncpg(url: str) -> str:
    return url.replace("postgresql+asyncpg", "postgresql")


def calls_of(
    asked: Sequence[Copy], last_page: int, last_offset: int, some: Cyclist, many: Cyclist
) -> Iterator[tuple[str, list[str], Cyclist]]:
    """What is asked, the paths to choose from, and who asks."""
    of_some, of_many = [f"/users/{one.username}/trips?limit={USER_PAGE}" for one in (some, many)]
    yield OWN_FEW, [of_some], some
    yield OWN_MANY, [of_many], many
    yield OWN_LAST, [f"{of_many}&offset={last_offset}"], many
    yield OWN_WITH_WORD, [f"{of_many}&q=vuelta"], many
    yield OTHERS, [of_many], some
    yield PUBLIC, ["/trips/public"], some
    yield PUBLIC_LAST, [f"/trips/public?page={last_page}"], some
    for call in ("status", "track", "series"):
        yield f"`/gpx/{{id}}/{call}`", [f"/gpx/{ride.upload_id}/{call}" for ride in asked], some


def statements_of(
    ride: Copy, last_page: int, last_offset: int, some: User, many: User
) -> Iterator[tuple[list[str], Said]]:
    """What is said to the database, as the service says it; names for each statement or for all."""
    with_word = TripFilter(title="vuelta")
    lists = {
        OWN_FEW: user_trips(some, some),
        OWN_MANY: user_trips(many, many),
        OWN_LAST: user_trips(many, many, offset=last_offset),
        OWN_WITH_WORD: user_trips(many, many, with_word),
        OTHERS: user_trips(many, some),
    }
    for name, said in lists.items():
        yield [f"{name}: {part}" for part in ("whose", "the page", "how many")], said
    for name, page in ((PUBLIC, 1), (PUBLIC_LAST, last_page)):
        yield [f"{name}: {part}" for part in ("the page", "how many")], public_trips(page)
    yield ["an upload"], lambda session: lookup.get_upload(session, ride.upload_id, some)
    yield ["a track"], lambda session: read_points(session, ride.upload_id)
    yield (
        ["a track, at most 200 points"],
        lambda session: read_points(session, ride.upload_id, max_points=200),
    )
    yield ["statistics"], lambda session: lookup.get_statistics(session, ride.upload_id)
    yield ["the backlog"], lambda session: measure_backlog(session, utc_now())


def user_trips(
    owner: User, viewer: User, wanted: TripFilter | None = None, *, offset: int = 0
) -> Said:
    return lambda session: list_user_trips(
        session,
        owner.username,
        viewer,
        wanted=wanted or TripFilter(),
        sort_by=SortBy.START_DATE,
        order=Order.DESCENDING,
        limit=USER_PAGE,
        offset=offset,
    )


def public_trips(page: int) -> Said:
    return lambda session: list_public_trips(session, page=page, limit=PUBLIC_PAGE)


def cpu_s(pid: int) -> float:
    """Seconds of processors that a process and its children took, those that ended included."""
    total = 0.0
    process = psutil.Process(pid)
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += sum(one.cpu_times()[:4])
    return total


def differences(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


if __name__ == "__main__":
    main()
