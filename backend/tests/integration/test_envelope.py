import logging
import re
from collections.abc import AsyncIterator, Iterator
from itertools import product
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from src.config import Settings
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx

ORIGIN = "https://contravento.example"
SECRET = "contraseña=hunter2"
PATHS = ["/health", "/nowhere", "/auth/me", "/trips/7"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"cors_origins": (ORIGIN, "https://otra.example")})


@pytest.fixture
def broken(app: FastAPI) -> str:
    """The path of a route that nobody foresaw to fail."""

    async def fail() -> None:
        raise RuntimeError(SECRET)

    app.add_api_route("/broken", fail, methods=["GET", "POST"])
    return "/broken"


NOWHERE = [
    ("GET", "/nowhere", 404, "HTTP_404"),
    ("POST", "/nowhere", 404, "HTTP_404"),
    ("GET", "/trips/public/more", 404, "HTTP_404"),
    ("DELETE", "/health", 405, "HTTP_405"),
    ("GET", "/auth/login", 405, "HTTP_405"),
    ("PATCH", "/trips", 405, "HTTP_405"),
    ("GET", "/auth/me", 401, "UNAUTHORIZED"),
]


async def test_a_request_that_leads_nowhere_is_told_so(client: httpx.AsyncClient) -> None:
    for method, path, status, code in NOWHERE:
        response = await client.request(method, path)
        assert response.headers["Content-Type"] == "application/json"
        error = error_of(response, status)
        assert set(response.json()) == {"success", "data", "error"}
        assert set(error) == {"code", "message", "field"}
        assert (error["code"], error["field"]) == (code, None)
        assert error["message"]


async def log_in_with(client: httpx.AsyncClient, body: bytes) -> httpx.Response:
    return await client.post(
        "/auth/login", content=body, headers={"Content-Type": "application/json"}
    )


async def test_a_body_that_is_not_the_json_we_need_is_bad_input(client: httpx.AsyncClient) -> None:
    for body in (b"{", b"", b"null", b"[]", b'"text"', b'{"login": ', b"{'login': 'ana'}"):
        assert error_of(await log_in_with(client, body), 400)["code"] == "VALIDATION_ERROR"


async def test_a_body_that_is_not_even_text_is_a_bad_request(client: httpx.AsyncClient) -> None:
    for body in (b"\xff\xfe\x00", b'{"login": "\xe9", "password": "x"}'):
        error = error_of(await log_in_with(client, body), 400)
        assert error["code"] in {"BAD_REQUEST", "VALIDATION_ERROR"}


async def test_half_a_character_in_json_is_bad_input(client: httpx.AsyncClient) -> None:
    response = await log_in_with(client, b'{"login": "\\ud800", "password": "x"}')
    error = error_of(response, 400)
    assert (error["code"], error["field"]) == ("VALIDATION_ERROR", "login")


BAD_IDS = [
    ("/trips/7", "trip_id"),
    ("/trips/not-a-uuid/gpx", "trip_id"),
    ("/gpx/7/status", "gpx_file_id"),
    ("/gpx/00000000-0000-4000-8000-00000000000g/track", "gpx_file_id"),
]


async def test_a_bad_id_is_bad_input_and_named(client: httpx.AsyncClient) -> None:
    for path, field in BAD_IDS:
        error = error_of(await client.get(path), 400)
        assert (error["code"], error["field"]) == ("VALIDATION_ERROR", field)


ANSWERS = {
    None: "Esta dirección no existe",
    "fr": "Esta dirección no existe",
    "es": "Esta dirección no existe",
    "en": "There is nothing at this address",
    "en-US,en;q=0.9,es;q=0.8": "There is nothing at this address",
    "en;q=0.2,es;q=0.8": "Esta dirección no existe",
}


async def test_errors_speak_the_language_of_the_client(client: httpx.AsyncClient) -> None:
    for header, message in ANSWERS.items():
        headers = {} if header is None else {"Accept-Language": header}
        response = await client.get("/nowhere", headers=headers)
        assert error_of(response, 404)["message"] == message, header


async def test_bad_input_is_explained_in_the_language_of_the_client(ana: Cyclist) -> None:
    messages = {"es": "Este campo es obligatorio", "en": "This field is required"}
    for language, message in messages.items():
        response = await ana.client.post(
            "/auth/login", json={"login": "ana"}, headers={"Accept-Language": language}
        )
        error = error_of(response, 400)
        assert (error["field"], error["message"]) == ("password", message)


async def test_an_error_that_nobody_foresaw_shows_no_internals(
    client: httpx.AsyncClient, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.get(broken, headers={"Origin": ORIGIN})
    error = error_of(response, 500)
    assert (error["code"], error["field"]) == ("INTERNAL_ERROR", None)
    assert set(response.json()) == {"success", "data", "error"}
    for inside in ("hunter2", "RuntimeError", "Traceback", ".py"):
        assert inside not in response.text
    assert response.headers["X-Request-ID"]
    (record,) = [entry for entry in caplog.records if entry.levelno == logging.ERROR]
    assert "request_failed" in record.getMessage()
    assert record.exc_info


async def test_every_answer_to_an_allowed_origin_says_that_it_is_allowed(
    client: httpx.AsyncClient, broken: str
) -> None:
    for origin, path in product((ORIGIN, "https://otra.example"), [*PATHS, broken]):
        response = await client.get(path, headers={"Origin": origin})
        assert response.headers["Access-Control-Allow-Origin"] == origin, path
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in response.headers["Vary"]


OTHER_ORIGINS = [
    "https://evil.example",
    "http://contravento.example",
    "https://contravento.example.evil.example",
    "https://contravento.example:8443",
    "null",
]


async def test_no_answer_to_another_origin_says_that_it_is_allowed(
    client: httpx.AsyncClient, broken: str
) -> None:
    for origin, path in product(OTHER_ORIGINS, [*PATHS, broken]):
        response = await client.get(path, headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in response.headers, (origin, path)


async def test_a_browser_may_ask_before_it_sends_a_token(ana: Cyclist) -> None:
    path = f"/trips/{await ana.new_trip()}"
    for origin, allowed in ((ORIGIN, True), ("https://evil.example", False)):
        question = {
            "Origin": origin,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        answer = await ana.client.options(path, headers=question)
        assert (answer.status_code == 200) is allowed
        assert ("Access-Control-Allow-Origin" in answer.headers) is allowed
        if allowed:
            assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()
            assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    changed = await ana.request("PUT", path, json={"title": "Otra"}, headers={"Origin": ORIGIN})
    assert data_of(changed, 200)["title"] == "Otra"
    assert changed.headers["Access-Control-Allow-Origin"] == ORIGIN


async def test_a_browser_may_read_the_headers_that_the_web_app_needs(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/trips/public", headers={"Origin": ORIGIN})
    exposed = {
        name.strip() for name in response.headers["Access-Control-Expose-Headers"].split(",")
    }
    assert {"ETag", "Content-Disposition", "Retry-After", "X-Request-ID"} <= exposed


async def test_every_answer_has_a_request_id_of_its_own(
    client: httpx.AsyncClient, broken: str
) -> None:
    paths = [*PATHS, broken] * 2
    ids = {UUID((await client.get(path)).headers["X-Request-ID"]) for path in paths}
    assert len(ids) == len(paths)


async def test_a_request_id_is_kept_but_nothing_else_in_its_place(
    client: httpx.AsyncClient,
) -> None:
    mine = "0b8a2f60-8f3e-4a5c-9c53-0f1f3e2d4c5b"
    kept = await client.get("/health", headers={"X-Request-ID": mine})
    assert kept.headers["X-Request-ID"] == mine
    replaced = await client.get("/health", headers={"X-Request-ID": "<b>forged</b>"})
    assert UUID(replaced.headers["X-Request-ID"]).version == 4


def values_of(data: Any, key_end: str) -> Iterator[Any]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key.endswith(key_end):
                yield value
            yield from values_of(value, key_end)
    elif isinstance(data, list):
        for item in data:
            yield from values_of(item, key_end)


async def test_every_time_is_utc_and_every_id_lower_case(ana: Cyclist) -> None:
    upload = await ana.uploaded(build_gpx(points=100))
    await ana.publish(upload["trip_id"])
    answers = [ana.tokens, upload] + [
        data_of(await ana.request("GET", path), 200)
        for path in (
            "/auth/me",
            "/users/ana/trips",
            f"/trips/{upload['trip_id']}",
            f"/trips/{upload['trip_id']}/gpx",
            f"/gpx/{upload['gpx_file_id']}/status",
            f"/gpx/{upload['gpx_file_id']}/track",
        )
    ]
    times = [time for time in values_of(answers, "_at") if time is not None]
    assert len(times) > 10
    shape = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
    assert [time for time in times if not shape.fullmatch(time)] == []
    owned = ("trip_id", "user_id", "gpx_file_id", "stats_id")
    ids = [value for key in owned for value in values_of(answers, key)]
    assert len(ids) > 10
    assert [value for value in ids if str(UUID(value, version=4)) != value] == []


async def test_an_id_in_capitals_finds_the_same_trip(ana: Cyclist) -> None:
    trip_id = await ana.new_trip()
    trip = data_of(await ana.request("GET", f"/trips/{trip_id.upper()}"), 200)
    assert trip["trip_id"] == trip_id


async def test_a_wrong_method_tells_the_right_ones(client: httpx.AsyncClient) -> None:
    response = await client.delete("/health")
    assert "GET" in response.headers["Allow"]


async def test_a_wrong_method_tells_those_of_every_route_at_the_address(
    client: httpx.AsyncClient,
) -> None:
    for path, allowed in (
        ("/trips/7", "DELETE, GET, HEAD, PUT"),
        ("/trips/7/gpx", "DELETE, GET, HEAD, POST"),
        ("/auth/login", "POST"),
    ):
        response = await client.patch(path)
        assert error_of(response, 405)["code"] == "HTTP_405"
        assert response.headers["Allow"] == allowed


async def test_a_head_request_is_answered_as_a_get_without_the_content(ana: Cyclist) -> None:
    upload = await ana.uploaded(build_gpx(points=100))
    track = f"/gpx/{upload['gpx_file_id']}/track"
    for path in ("/health", "/auth/me", track, f"/gpx/{upload['gpx_file_id']}/download"):
        got, asked = await ana.request("GET", path), await ana.request("HEAD", path)
        assert (asked.status_code, asked.content) == (200, b"")
        for name in ("Content-Type", "Content-Length", "ETag"):
            assert asked.headers.get(name) == got.headers.get(name), (path, name)
    assert (await ana.client.head("/auth/me")).status_code == 401
    assert (await ana.client.head("/auth/login")).status_code == 405


async def test_a_choice_is_explained_without_foreign_words(ana: Cyclist) -> None:
    trip = {"title": "x", "description": "x", "start_date": "2026-05-01", "difficulty": "x"}
    error = error_of(await ana.request("POST", "/trips", json=trip), 400)
    assert error["message"].startswith("Debe ser uno de: ")
    assert "very_difficult" in error["message"]
    assert " or " not in error["message"]


def test_the_documentation_promises_no_422(app: FastAPI) -> None:
    promised = {
        f"{method} {path}"
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
        if "422" in operation["responses"]
    }
    assert promised == set()


async def test_a_value_of_the_wrong_kind_is_explained_in_words(ana: Cyclist) -> None:
    trip = {"title": "x", "description": "x", "start_date": "2026-05-01"}
    for changes, field, message in (
        ({"title": " "}, "title", "No puede estar vacío"),
        ({"title": 5}, "title", "Debe ser un texto"),
        ({"start_date": "mañana"}, "start_date", "Debe ser una fecha"),
        ({"distance_km": "lejos"}, "distance_km", "Debe ser un número"),
        ({"is_private": "quizá"}, "is_private", "Debe ser true o false"),
    ):
        error = error_of(await ana.request("POST", "/trips", json={**trip, **changes}), 400)
        assert (error["field"], error["message"]) == (field, message)
    error = error_of(await ana.client.get("/trips/public", params={"page": "dos"}), 400)
    assert (error["field"], error["message"]) == ("page", "Debe ser un número entero")


async def test_a_body_of_many_megabytes_is_not_even_read(client: httpx.AsyncClient) -> None:
    declared = await client.post("/auth/login", content=b"x" * (2 * 1024 * 1024))
    assert error_of(declared, 413)["code"] == "BODY_TOO_LARGE"

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * (64 * 1024)

    undeclared = await client.post("/auth/login", content=pieces())
    assert error_of(undeclared, 413)["code"] == "BODY_TOO_LARGE"
