"""`python -m src.demo`: a newcomer's first rides, on a service of their own."""

import asyncio
import os
import re
import subprocess
import sys

import httpx
import pytest
from sqlalchemy import delete, update

from src.config import Settings
from src.demo.__main__ import PASSWORD, USERNAME
from src.demo.rides import DEMO_RIDES
from src.http.deps import Services
from src.models import GpxFile
from src.states import ProcessingStatus
from tests.support.cyclist import Cyclist, data_of
from tests.support.workers import BACKEND, environment


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def demo(
    settings: Settings, *arguments: str, **env: str
) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "src.demo", *arguments],
        cwd=BACKEND,
        env={**os.environ, **environment(settings), **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


async def test_a_newcomer_finds_three_finished_rides_and_a_way_in(
    client: httpx.AsyncClient, settings: Settings, services: Services
) -> None:
    first = await demo(settings, "--address", "http://localhost:9000/")
    assert first.returncode == 0, first.stderr
    ids = re.findall(r"^http://localhost:9000/r/([0-9a-f-]{36})  \S", first.stdout, re.MULTILINE)
    assert f"user {USERNAME}, password {PASSWORD}" in first.stdout
    login = {"login": USERNAME, "password": PASSWORD}
    data_of(await client.post("/auth/login", json=login), 200)
    shown = (await client.get("/trips/public")).json()["trips"]
    assert {trip["trip_id"] for trip in shown} == set(ids)
    assert {trip["title"] for trip in shown} == {ride.title for ride in DEMO_RIDES}
    assert all(trip["gpx_file"]["distance_km"] > 40 for trip in shown)

    # Broken off at one ride, and at another before its file was there.
    async with services.db.write() as session:
        pending = {"processing_status": ProcessingStatus.PROCESSING, "stage": "queued"}
        of = GpxFile.file_name
        await session.execute(
            update(GpxFile).where(of == DEMO_RIDES[0].file_name).values(**pending)
        )
        await session.execute(delete(GpxFile).where(of == DEMO_RIDES[1].file_name))
    again = await demo(settings, "--address", "http://localhost:9000")
    assert again.stdout == first.stdout, again.stderr
    shown = (await client.get("/trips/public")).json()["trips"]
    assert {trip["trip_id"] for trip in shown} == set(ids)
    assert all(trip["gpx_file"] for trip in shown)


async def test_an_account_that_is_somebody_elses_is_left_alone(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    await Cyclist.join(client, USERNAME)
    refused = await demo(settings)
    assert refused.returncode == 1
    assert "no demo:" in refused.stderr
    assert (await client.get("/trips/public")).json()["trips"] == []


@pytest.mark.parametrize("place", ["staging", "production"])
async def test_there_is_no_demo_where_others_come(settings: Settings, place: str) -> None:
    # Its database is not even asked for.
    refused = await demo(
        settings, APP_ENV=place, DATABASE_URL="postgresql://nobody:nothing@127.0.0.1:1/none"
    )
    assert refused.returncode == 1
    assert f"no demo in {place}" in refused.stderr
    assert refused.stdout == ""
