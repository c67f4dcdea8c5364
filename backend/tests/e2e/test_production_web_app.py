"""The calls of the web app that is in production, in its order, with what it reads of each answer.

Written down from its contract, not from our schemas: what it reads must be there, numbers must be
as short as it prints them, and what it sends must be taken.
"""

import asyncio
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from src.config import Settings
from tests.support.cyclist import data_of, error_of
from tests.support.rides import build_gpx
from tests.support.service import api_process

RIDE = build_gpx(points=3000, seed=5)
LARGER = build_gpx(size_mb=3, seed=6)
PASSWORD = "Subida-al-Veleta-2026"
DESCRIPTION = "Una vuelta larga alrededor del pantano, con viento de cara y mucho sol."
ORIGIN = "https://app.example.com"

USER = """user_id username email is_verified created_at photo_url bio location cycling_type
    profile_visibility trip_visibility"""
UPLOAD = """gpx_file_id trip_id processing_status distance_km elevation_gain elevation_loss
    max_elevation min_elevation has_elevation has_timestamps total_points simplified_points
    uploaded_at processed_at error_message"""
METADATA = UPLOAD + " file_name file_size"
STATUS = """gpx_file_id processing_status distance_km elevation_gain total_points
    simplified_points uploaded_at processed_at error_message"""
TRIP = """trip_id user_id author title description status start_date end_date distance_km difficulty
    is_private created_at updated_at published_at photos locations tags like_count is_liked
    gpx_file"""
AUTHOR = "user_id username full_name profile_photo_url is_following"
ITEM = TRIP + " photo_count tag_names thumbnail_url"
TRACK = """gpx_file_id trip_id distance_km elevation_gain simplified_points_count has_elevation
    start_point end_point trackpoints route_statistics"""
POINT = "point_id latitude longitude elevation distance_km sequence gradient segment"
STATISTICS = """stats_id gpx_file_id avg_speed_kmh max_speed_kmh total_time_minutes
    moving_time_minutes avg_gradient max_gradient gradient_distribution top_climbs created_at"""
CLIMB = """start_km end_km distance_km elevation_gain_m avg_gradient max_gradient category
    description"""
PREVIEW = """distance_km elevation_gain elevation_loss max_elevation min_elevation has_elevation
    has_timestamps start_date end_date total_time_minutes moving_time_minutes difficulty
    suggested_title trackpoints"""
WIZARD = "trip_id title description start_date end_date distance_km difficulty status gpx_file"
WIZARD_FILE = """gpx_file_id total_distance_km elevation_gain elevation_loss max_elevation
    min_elevation has_elevation difficulty"""
# What it prints as it comes, and with how many decimals at most.
PRINTED = {
    "_km": 3,
    "elevation": 1,
    "elevation_gain": 1,
    "elevation_gain_low": 1,
    "elevation_gain_high": 1,
    "_minutes": 1,
    "_kmh": 2,
    "gradient": 2,
}


class WebApp:
    """As the browser sends: a bearer token, an origin, JSON; numbers as they stand in the text."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.tokens: dict[str, Any] = {}

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Origin": ORIGIN}
        if self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        response = await self._client.request(method, path, headers=headers, **options)
        assert response.headers["access-control-allow-origin"] == ORIGIN
        assert response.headers["access-control-allow-credentials"] == "true"
        if response.content and response.headers["content-type"] == "application/json":
            ensure_printable(json.loads(response.text, parse_float=Decimal))
        return response

    async def data(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        return data_of(await self.call(method, path, **options), status)

    async def polled(self, gpx_file_id: str) -> Any:
        """At once, then every 2 s, 15 times."""
        for _ in range(16):
            status = await self.data("GET", f"/gpx/{gpx_file_id}/status")
            ensure_has(status, STATUS)
            if status["processing_status"] != "processing":
                return status
            await asyncio.sleep(2)
        pytest.fail("the web app has given up")


def ensure_has(found: dict[str, Any], keys: str) -> None:
    assert set(keys.split()) - found.keys() == set()


def ensure_printable(value: Any, name: str = "") -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            ensure_printable(inner, key)
    elif isinstance(value, list):
        for inner in value:
            ensure_printable(inner, name)
    elif isinstance(value, Decimal):
        most = [decimals for ending, decimals in PRINTED.items() if name.endswith(ending)]
        exponent = value.normalize().as_tuple().exponent
        assert not most or -int(exponent) <= most[0], f"{name}: {value}"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"cors_origins": (ORIGIN,)})


async def test_the_web_app_in_production_finds_what_it_reads(
    settings: Settings, tmp_path: Path
) -> None:
    with api_process(settings, tmp_path) as api:
        async with api.client() as client:
            app = WebApp(client)
            await signs_in(app)
            trip_id = await makes_a_trip(app)
            await uploads(app, trip_id)
            await looks_at_the_track(app, trip_id)
            await looks_first_and_uses_the_wizard(app)
            await lists_and_publishes(app, trip_id)
            await is_told_what_is_wrong(app)
            await tidies_up(app, trip_id)


async def signs_in(app: WebApp) -> None:
    account = {"username": "ana_1", "email": "ana@example.com", "password": PASSWORD}
    registered = await app.data("POST", "/auth/register", 201, json=account)
    ensure_has(registered, "user_id username email is_verified is_active created_at")
    taken = error_of(await app.call("POST", "/auth/register", json=account), 400)
    assert (taken["code"], taken["field"]) == ("USERNAME_TAKEN", "username")
    login = {"login": "ana@example.com", "password": PASSWORD}
    app.tokens = await app.data("POST", "/auth/login", json=login)
    ensure_has(app.tokens, "access_token refresh_token token_type expires_in user")
    ensure_has(app.tokens["user"], USER)
    refresh = {"refresh_token": app.tokens["refresh_token"]}
    twice = [await app.data("POST", "/auth/refresh", params=refresh) for _ in range(2)]
    app.tokens = twice[-1]
    ensure_has(await app.data("GET", "/auth/me"), USER)


async def makes_a_trip(app: WebApp) -> str:
    fields = {
        "title": "Pantano",
        "description": DESCRIPTION,
        "start_date": "2026-05-01",
        "end_date": None,
        "difficulty": "moderate",
        "photos": [],
        "locations": [],
        "tags": ["agua"],
    }
    trip = await app.data("POST", "/trips", 201, json=fields)
    ensure_has(trip, TRIP)
    ensure_has(trip["author"], AUTHOR)
    assert (trip["status"], trip["gpx_file"], trip["tags"]) == ("draft", None, [])
    trip_id: str = trip["trip_id"]
    return trip_id


async def uploads(app: WebApp, trip_id: str) -> None:
    file = {"file": ("vuelta.gpx", LARGER, "application/gpx+xml")}
    upload = await app.data("POST", f"/trips/{trip_id}/gpx", 202, files=file)
    ensure_has(upload, UPLOAD)
    status = await app.polled(upload["gpx_file_id"])
    assert status["processing_status"] == "completed"
    again = error_of(await app.call("POST", f"/trips/{trip_id}/gpx", files=file), 400)
    assert again["code"] == "TRIP_ALREADY_HAS_GPX"
    metadata = await app.data("GET", f"/trips/{trip_id}/gpx")
    ensure_has(metadata, METADATA)
    assert metadata["file_size"] == len(LARGER)
    assert (await app.data("GET", f"/trips/{trip_id}"))["gpx_file"]["distance_km"] > 0


async def looks_at_the_track(app: WebApp, trip_id: str) -> None:
    gpx_file_id = (await app.data("GET", f"/trips/{trip_id}/gpx"))["gpx_file_id"]
    track = await app.data("GET", f"/gpx/{gpx_file_id}/track")
    ensure_has(track, TRACK)
    points = track["trackpoints"]
    assert len(points) == track["simplified_points_count"]
    for point in points:
        ensure_has(point, POINT)
    assert [point["sequence"] for point in points] == list(range(len(points)))
    statistics = track["route_statistics"]
    ensure_has(statistics, STATISTICS)
    ensure_has(statistics["gradient_distribution"], "llano moderado empinado muy_empinado")
    assert statistics["top_climbs"], "the ride of this test has a climb"
    for climb in statistics["top_climbs"]:
        ensure_has(climb, CLIMB)
    download = await app.call("GET", f"/gpx/{gpx_file_id}/download")
    assert download.content == LARGER
    assert re.search('attachment; filename="Pantano.gpx"', download.headers["content-disposition"])


async def looks_first_and_uses_the_wizard(app: WebApp) -> None:
    file = ("2026-05-01_vuelta_v2.gpx", RIDE, "application/gpx+xml")
    preview = await app.data("POST", "/gpx/analyze", files={"file": file})
    ensure_has(preview, PREVIEW)
    for point in preview["trackpoints"]:
        ensure_has(point, "latitude longitude elevation distance_km")
    fields = {
        "title": preview["suggested_title"],
        "description": DESCRIPTION,
        "start_date": preview["start_date"],
        "privacy": "public",
    }
    made = await app.data("POST", "/trips/gpx-wizard", 201, data=fields, files={"gpx_file": file})
    ensure_has(made, WIZARD)
    ensure_has(made["gpx_file"], WIZARD_FILE)
    assert (made["status"], made["title"]) == ("published", "Vuelta")


async def lists_and_publishes(app: WebApp, trip_id: str) -> None:
    await app.data("PUT", f"/trips/{trip_id}", json={"title": "Pantano y presa"})
    published = await app.data("POST", f"/trips/{trip_id}/publish")
    assert published["status"] == "published"
    mine = await app.data(
        "GET", "/users/ana_1/trips", params={"limit": 50, "offset": 0, "status": "published"}
    )
    ensure_has(mine, "trips count total limit offset")
    assert mine["count"] == 2
    everybodys = (await app.call("GET", "/trips/public", params={"page": 1, "limit": 20})).json()
    assert everybodys.keys() == {"trips", "pagination"}
    ensure_has(everybodys["pagination"], "total page limit total_pages")
    for item in [*mine["trips"], *everybodys["trips"]]:
        ensure_has(item, ITEM)
        ensure_has(item["gpx_file"], METADATA)


async def is_told_what_is_wrong(app: WebApp) -> None:
    trip = {"title": "Otra", "description": "Un paseo", "start_date": "2026-05-02"}
    trip_id = (await app.data("POST", "/trips", 201, json=trip))["trip_id"]
    wrong = [
        ("vuelta.txt", RIDE, "INVALID_FILE_TYPE"),
        ("vuelta.gpx", b"no es un GPX", "INVALID_GPX_FORMAT"),
        ("vuelta.gpx", RIDE[: len(RIDE) // 2], "INVALID_GPX_FORMAT"),
    ]
    for name, content, code in wrong:
        file = {"file": (name, content)}
        error = error_of(await app.call("POST", f"/trips/{trip_id}/gpx", files=file), 400)
        assert (error["code"], error["field"]) == (code, "file")
        assert re.search("archivo", error["message"])
    early = error_of(await app.call("POST", f"/trips/{trip_id}/publish"), 400)
    assert (early["code"], early["field"]) == ("VALIDATION_ERROR", "description")
    missing = error_of(await app.call("GET", f"/gpx/{trip_id}/track"), 404)
    assert missing["code"] == "NOT_FOUND"


async def tidies_up(app: WebApp, trip_id: str) -> None:
    assert (await app.call("DELETE", f"/trips/{trip_id}/gpx")).status_code == 204
    assert (await app.data("GET", f"/trips/{trip_id}"))["gpx_file"] is None
    await app.data("DELETE", f"/trips/{trip_id}")
    refresh = {"refresh_token": app.tokens["refresh_token"]}
    await app.data("POST", "/auth/logout", params=refresh)
    ended = error_of(await app.call("POST", "/auth/refresh", params=refresh), 401)
    assert ended["code"] == "INVALID_REFRESH_TOKEN"
