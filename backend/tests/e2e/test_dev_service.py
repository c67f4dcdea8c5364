"""The newcomer's story, with the real server: start, upload, look, crash, start again."""

import asyncio
import re
import sqlite3
import time
from pathlib import Path
from typing import Any

import httpx

from src.gpx import analyse
from tests.support.cyclist import Cyclist, data_of
from tests.support.rides import build_gpx
from tests.support.servers import kill_group
from tests.support.service import dev_service

PATIENCE_S = 60


def api(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, timeout=30, trust_env=False)


async def poll(cyclist: Cyclist, gpx_file_id: str) -> dict[str, Any]:
    """The status once it is terminal."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        response = await cyclist.request("GET", f"/gpx/{gpx_file_id}/status")
        status: dict[str, Any] = data_of(response, 200)
        if status["processing_status"] != "processing":
            return status
        await asyncio.sleep(0.1)
    raise AssertionError(f"still processing: {status}")


async def test_a_newcomer_uploads_a_ride_and_looks_at_it(tmp_path: Path) -> None:
    ride = build_gpx(size_mb=2)
    with dev_service(tmp_path / "data") as (address, _):
        async with api(address) as client:
            assert (await client.get("/docs")).status_code == 200
            app = await client.get("/app/rides")
            script = re.findall(r'<script[^>]* src="(/assets/[^"]+)"', app.text)[0]
            assert (await client.get(script)).headers["Content-Type"].startswith("text/javascript")
            assert (await client.get("/health/ready")).json()["database"] == "ok"
            ana = await Cyclist.join(client, "ana")
            accepted = data_of(await ana.upload(await ana.new_trip(), ride), 202)
            status = await poll(ana, accepted["gpx_file_id"])
            assert status["processing_status"] == "completed"
            track = data_of(await ana.request("GET", f"/gpx/{accepted['gpx_file_id']}/track"), 200)
    distances = [point["distance_km"] for point in track["trackpoints"]]
    assert distances == sorted(distances)
    assert abs(distances[-1] / status["distance_km"] - 1) < 0.02


async def test_kill_9_during_five_uploads_loses_and_doubles_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    rides = [build_gpx(size_mb=4.9, seed=seed) for seed in range(5)]
    one_at_a_time = {"GPX_BACKGROUND_CONCURRENCY": "1"}
    with dev_service(data, one_at_a_time) as (address, process):
        async with api(address) as client:
            ana = await Cyclist.join(client, "ana")
            accepted = [
                data_of(await ana.upload(await ana.new_trip(), ride), 202) for ride in rides
            ]
            kill_group(process)
    with sqlite3.connect(data / "contravento.db") as database:
        query = "SELECT count(*) FROM gpx_files WHERE processing_status = 'processing'"
        assert database.execute(query).fetchone()[0] >= 1, "the kill came too late to matter"
    database.close()

    with dev_service(data, one_at_a_time) as (address, _):
        async with api(address) as client:
            # The secret was kept, so the token of before the crash is still good.
            ana = Cyclist(client, ana.username, ana.tokens)
            for upload, ride in zip(accepted, rides, strict=True):
                status = await poll(ana, upload["gpx_file_id"])
                assert status["processing_status"] == "completed"
                expected = analyse(ride)
                assert status["total_points"] == expected.total_points
                path = f"/gpx/{upload['gpx_file_id']}/track"
                points = data_of(await ana.request("GET", path), 200)["trackpoints"]
                assert [p["latitude"] for p in points] == expected.simplified.latitude.tolist()
