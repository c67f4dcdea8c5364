"""How long the service takes to serve a stored track: whole for a map, coarse for a thumbnail.

`python bench/track.py [--requests 200]` stores a track of more than 7,000 points, on PostgreSQL and
on SQLite, and asks a running API for it, one request after another on an open connection. A time
is from sending the request to the last byte of the answer, as a client on the same machine sees it:
nothing that the server does is left out. Writes its section of docs/benchmarks.md.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from pydantic import SecretStr  # noqa: E402

from bench.report import machine, progress, publish  # noqa: E402
from src.config import AppEnv, Settings  # noqa: E402
from tests.support import servers  # noqa: E402
from tests.support.cyclist import Cyclist  # noqa: E402
from tests.support.databases import PostgresTemplate, SqliteTemplate  # noqa: E402
from tests.support.rides import DETAILED_RIDE_POINTS, detailed_ride  # noqa: E402
from tests.support.service import ApiProcess, api_process  # noqa: E402

GZIP = {"Accept-Encoding": "gzip"}
GEOJSON = {"Accept": "application/geo+json"}
WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Case:
    """A way to ask for the track."""

    name: str
    query: str
    headers: Mapping[str, str]


CASES = [
    Case("in full", "", GZIP),
    Case("in full, not compressed", "", {}),
    Case("in full, GeoJSON", "", GZIP | GEOJSON),
    Case("200 points", "?max_points=200", GZIP),
    Case("50 m tolerance", "?tolerance_m=50", GZIP),
]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--requests", type=int, default=200)
    options = arguments.parse_args()
    rows, points = [], 0
    for database in ("PostgreSQL", "SQLite"):
        with service_on(database) as api:
            progress(f"{database} and the API are running")
            upload, authorization = asyncio.run(store_ride(api))
            points = upload["simplified_points"]
            path = f"/gpx/{upload['gpx_file_id']}/track"
            rows += [
                f"| {database} | {case.name} | {measure(api, path, case, authorization, options)} |"
                for case in CASES
            ]
    publish("track", report(points, rows, options.requests))


@contextmanager
def service_on(database: str) -> Iterator[ApiProcess]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if database == "SQLite":
            with api_on(SqliteTemplate(folder).copy(folder), folder) as api:
                yield api
            return
        (folder / "postgres").mkdir()
        with (
            servers.postgres(folder / "postgres") as url,
            api_on(PostgresTemplate(url).copy(), folder) as api,
        ):
            yield api


@contextmanager
def api_on(url: str, folder: Path) -> Iterator[ApiProcess]:
    settings = Settings(
        app_env=AppEnv.TESTING,
        secret_key=SecretStr("a-secret-for-benchmarks-of-at-least-32-characters"),
        database_url=url,
        storage_path=folder / "storage",
        rate_limit_enabled=False,
        celery_enabled=False,
        access_token_minutes=24 * 60,
    )
    with api_process(settings, folder) as api:
        yield api


async def store_ride(api: ApiProcess) -> tuple[dict[str, Any], dict[str, str]]:
    """The completed upload, and the headers of its owner."""
    async with api.client() as client:
        ana = await Cyclist.join(client, "ana")
        upload = await ana.uploaded(detailed_ride())
    assert upload["simplified_points"] > DETAILED_RIDE_POINTS
    return upload, ana.headers


def measure(
    api: ApiProcess,
    path: str,
    case: Case,
    authorization: Mapping[str, str],
    options: argparse.Namespace,
) -> str:
    address = urlsplit(api.address)
    connection = HTTPConnection(str(address.hostname), address.port)
    headers = {**authorization, **case.headers}
    times_ms, size = [], 0
    for number in range(WARM_UP + options.requests):
        started = time.perf_counter()
        connection.request("GET", path + case.query, headers=headers)
        response = connection.getresponse()
        size = len(response.read())
        passed_ms = 1000 * (time.perf_counter() - started)
        assert response.status == 200
        if number >= WARM_UP:
            times_ms.append(passed_ms)
    connection.close()
    percentiles = statistics.quantiles(times_ms, n=20)
    return f"{statistics.median(times_ms):.1f} | {percentiles[-1]:.1f} | {size / 1000:.0f}"


def report(points: int, rows: list[str], requests: int) -> str:
    lines = "\n".join(rows)
    command = f"python bench/track.py --requests {requests}"
    return f"""## Serving a stored track

`{command}`, {machine()}. The stored track has {points:,} points. A
time is from sending the request to the last byte, on the same machine, one request at a time.

| database | the track | median, ms | 95 of 100, ms | kB sent |
| --- | --- | ---: | ---: | ---: |
{lines}
"""


if __name__ == "__main__":
    main()
