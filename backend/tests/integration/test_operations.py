"""Every operation of the OpenAPI document, one by one: each answer that it can give, provoked.

The document declares exactly the statuses that `OPERATIONS` provokes, besides `default`; an
operation that is new fails here until it has its entry. That each answer is as described is
checked on the way by the client (`tests/support/contract.py`).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from src.config import Settings
from src.http.deps import Services
from src.services.accounts.rate_limit import RateLimiter
from src.services.monitoring.single_flight import SingleFlight
from tests.support.cyclist import PASSWORD, Cyclist, data_of, error_of
from tests.support.rides import build_gpx
from tests.support.uploads import BAD_LATER

Who = Literal["owner", "stranger", "anonymous", "expired"]
Options = Mapping[str, Any]

RIDE = build_gpx(points=50)
LARGE = b"x" * (2 * 1024 * 1024 + 1)
DESCRIPTION = "Cuesta arriba hasta el collado, y luego todo bajada."
TRIP = {"title": "Otra", "description": DESCRIPTION, "start_date": "2026-05-01"}
NEW_ACCOUNT = {"username": "clara", "email": "clara@example.com", "password": PASSWORD}


@dataclass(slots=True)
class World:
    """A trip with a completed route, and another without one; both drafts of one cyclist."""

    app: FastAPI
    services: Services
    settings: Settings
    owner: Cyclist
    stranger: Cyclist
    ids: dict[str, str]

    def headers_of(self, who: Who) -> dict[str, str]:
        return {
            "owner": self.owner.headers,
            "stranger": self.stranger.headers,
            "anonymous": {},
            "expired": {"Authorization": "Bearer expired"},
        }[who]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, and how it must be answered; `{names}` in it are filled with the world's ids."""

    status: int
    code: str | None = None
    who: Who = "owner"
    options: Options = field(default_factory=dict)
    ids: Options = field(default_factory=dict)
    before: Callable[[World], Awaitable[None]] | None = None

    def but(self, status: int, code: str | None = None, **changes: Any) -> "Ask":
        return replace(self, status=status, code=code, **changes)


def ask(status: int, code: str | None = None, **options: Any) -> Ask:
    return Ask(status, code, options=options)


def signed_in(success: Ask, *others: Ask) -> list[Ask]:
    """A call that needs a token."""
    return [
        success,
        success.but(401, "UNAUTHORIZED", who="expired"),
        success.but(401, "UNAUTHORIZED", who="anonymous"),
        *others,
    ]


def readable(success: Ask, *others: Ask) -> list[Ask]:
    """A call for a trip or upload that everybody may see once it is published."""
    unknown = {"trip_id": str(uuid4()), "gpx_file_id": str(uuid4())}
    return [
        success,
        success.but(400, "VALIDATION_ERROR", ids={"trip_id": "7", "gpx_file_id": "7"}),
        success.but(401, "UNAUTHORIZED", who="expired"),
        success.but(403, "FORBIDDEN", who="stranger"),
        success.but(403, "FORBIDDEN", who="anonymous"),
        success.but(404, "NOT_FOUND", ids=unknown),
        *others,
    ]


def writable(success: Ask, *others: Ask) -> list[Ask]:
    """A call that only the owner may make."""
    asks = readable(success, *others)
    anonymous = next(known for known in asks if known.who == "anonymous")
    asks[asks.index(anonymous)] = anonymous.but(401, "UNAUTHORIZED")
    return asks


async def exhaust_limits(world: World) -> None:
    spent = world.settings.model_copy(
        update={
            "rate_limit_enabled": True,
            "rate_limit_auth": "1/day",
            "rate_limit_upload": "1/day",
        }
    )
    limiter = RateLimiter(spent)
    await limiter.hit_auth("127.0.0.1")
    await limiter.hit_upload(world.owner.tokens["user"]["user_id"])
    world.app.state.services = replace(world.services, limiter=limiter)


async def break_storage(world: World) -> None:
    world.services.storage.incoming_folder.rmdir()
    world.app.state.services = replace(world.services, readiness=SingleFlight())


async def close_metrics(world: World) -> None:
    closed = world.settings.model_copy(update={"metrics_token": SecretStr("scraper")})
    world.app.state.services = replace(world.services, settings=closed)


async def break_stored_files(world: World) -> None:
    files = world.services.storage.incoming_folder.parent.joinpath("gpx_files").rglob("*.*")
    for file in [*files]:
        if file.is_file():
            file.unlink()
            file.mkdir()


def limited(success: Ask) -> Ask:
    return success.but(429, "RATE_LIMITED", before=exhaust_limits)


def stored_nowhere(success: Ask) -> Ask:
    return success.but(503, "STORAGE_UNAVAILABLE", before=break_storage)


def form(name: str, content: bytes = RIDE, file_name: str = "ride.gpx") -> Options:
    return {"files": {name: (file_name, content)}}


REGISTER = ask(201, json=NEW_ACCOUNT)
OTHER_PASSWORD = ask(204, json={"current_password": PASSWORD, "new_password": f"{PASSWORD}-2"})
DELETE_ACCOUNT = ask(204, json={"password": PASSWORD})
LOGIN = ask(200, json={"login": "ana", "password": PASSWORD})
SEND = Ask(202, options=form("file"), ids={"trip_id": "{empty_trip_id}"})
ANALYZE = ask(200, **form("file"))
WIZARD = ask(201, data=TRIP, **form("gpx_file"))
TRACK = ask(200)
KEY = {"Idempotency-Key": "used"}
KNOWN = {"If-None-Match": "*"}

OPERATIONS: dict[str, list[Ask]] = {
    "POST /auth/register": [
        REGISTER,
        ask(400, "USERNAME_TAKEN", json={**NEW_ACCOUNT, "username": "ana", "email": "x@x.es"}),
        ask(400, "EMAIL_TAKEN", json={**NEW_ACCOUNT, "username": "x_x"}),
        ask(400, "VALIDATION_ERROR", json={}),
        ask(413, "BODY_TOO_LARGE", content=LARGE),
        limited(REGISTER),
    ],
    "POST /auth/login": [
        LOGIN,
        ask(400, "VALIDATION_ERROR", json={"login": "ana"}),
        ask(401, "INVALID_CREDENTIALS", json={"login": "ana", "password": "x"}),
        ask(413, "BODY_TOO_LARGE", content=LARGE),
        limited(LOGIN),
    ],
    "POST /auth/refresh": [
        ask(200, params={"refresh_token": "{refresh_token}"}),
        ask(400, "VALIDATION_ERROR"),
        ask(401, "INVALID_REFRESH_TOKEN", json={"refresh_token": "x"}),
        ask(413, "BODY_TOO_LARGE", content=LARGE),
    ],
    "POST /auth/logout": [
        ask(200, params={"refresh_token": "{refresh_token}"}),
        ask(400, "VALIDATION_ERROR", params={"refresh_token": "x" * 8193}),
        ask(401, "UNAUTHORIZED").but(401, "UNAUTHORIZED", who="anonymous"),
        ask(413, "BODY_TOO_LARGE", content=LARGE),
    ],
    "GET /auth/me": signed_in(ask(200)),
    "PUT /users/me/password": signed_in(
        OTHER_PASSWORD,
        ask(400, "VALIDATION_ERROR", json={"current_password": PASSWORD, "new_password": "x"}),
        ask(400, "WRONG_PASSWORD", json={"current_password": "x", "new_password": PASSWORD}),
        ask(413, "BODY_TOO_LARGE", content=LARGE),
        limited(OTHER_PASSWORD),
    ),
    "POST /trips": signed_in(
        ask(201, json=TRIP),
        ask(400, "VALIDATION_ERROR", json={**TRIP, "title": ""}),
        ask(413, "BODY_TOO_LARGE", content=LARGE),
    ),
    "GET /trips/public": [ask(200), ask(400, "VALIDATION_ERROR", params={"page": 0})],
    "GET /trips/{trip_id}": readable(ask(200)),
    "PUT /trips/{trip_id}": writable(
        ask(200, json={"title": "Otra"}),
        ask(400, "VALIDATION_ERROR", json={"title": None}),
        ask(413, "BODY_TOO_LARGE", content=LARGE),
    ),
    "POST /trips/{trip_id}/publish": writable(ask(200)),
    "GET /users/{username}/trips": [
        ask(200),
        ask(400, "VALIDATION_ERROR", params={"limit": 0}),
        Ask(401, "UNAUTHORIZED", who="expired"),
        Ask(404, "NOT_FOUND", ids={"username": "nadie"}),
    ],
    "POST /trips/{trip_id}/gpx": writable(
        SEND,
        SEND.but(400, "VALIDATION_ERROR", options={}),
        SEND.but(400, "INVALID_FILE_TYPE", options=form("file", file_name="ride.pdf")),
        SEND.but(400, "FILE_TOO_LARGE", options=form("file", LARGE)),
        SEND.but(
            400,
            "INVALID_GPX_FORMAT",
            options=form("file", b"<kml/>"),
            ids={"trip_id": "{other_empty_trip_id}"},
        ),
        ask(400, "TRIP_ALREADY_HAS_GPX", **form("file")),
        SEND.but(409, "IDEMPOTENCY_KEY_REUSED", options={**form("file"), "headers": KEY}),
        limited(SEND),
        SEND.but(
            201,
            options={**form("file"), "headers": {"Prefer": "wait=10"}},
            ids={"trip_id": "{other_empty_trip_id}"},
        ),
        stored_nowhere(SEND),
    ),
    "GET /trips/{trip_id}/gpx": readable(ask(200)),
    "GET /gpx/{gpx_file_id}/status": readable(ask(200)),
    "GET /gpx/{gpx_file_id}/track": readable(
        TRACK,
        ask(200, headers={"Accept": "application/geo+json"}),
        ask(304, headers=KNOWN),
        ask(400, "VALIDATION_ERROR", params={"max_points": 1}),
        Ask(404, "NOT_PROCESSED", ids={"gpx_file_id": "{failed_id}"}),
        ask(503, "STORAGE_UNAVAILABLE", params={"tolerance_m": 1}).but(
            503, "STORAGE_UNAVAILABLE", before=break_stored_files
        ),
    ),
    "GET /gpx/{gpx_file_id}/series": readable(
        ask(200, params={"fields": "distance_km,power_w", "samples": 20}),
        ask(304, headers=KNOWN),
        ask(400, "VALIDATION_ERROR", params={"fields": "mood"}),
        Ask(404, "NOT_PROCESSED", ids={"gpx_file_id": "{failed_id}"}),
        Ask(503, "STORAGE_UNAVAILABLE", before=break_stored_files),
    ),
    "GET /gpx/{gpx_file_id}/stretch": readable(
        ask(200, params={"from_km": 0.1, "to_km": 0.2}),
        ask(304, headers=KNOWN),
        ask(400, "VALIDATION_ERROR", params={"from_km": 2, "to_km": 1}),
        Ask(404, "NOT_PROCESSED", ids={"gpx_file_id": "{failed_id}"}),
        Ask(503, "STORAGE_UNAVAILABLE", before=break_stored_files),
    ),
    "GET /gpx/{gpx_file_id}/download": readable(
        ask(200),
        ask(200, params={"simplified": "true"}),
        ask(200, params={"format": "gpx"}),
        ask(200, params={"format": "csv"}),
        ask(200, params={"format": "geojson"}),
        ask(304, headers=KNOWN),
        ask(400, "VALIDATION_ERROR", params={"format": "kml"}),
        ask(404, "NOT_PROCESSED", params={"format": "csv"}).but(
            404, "NOT_PROCESSED", ids={"gpx_file_id": "{failed_id}"}
        ),
        ask(400, "VALIDATION_ERROR", params={"simplified": "perhaps"}),
        Ask(503, "STORAGE_UNAVAILABLE", before=break_stored_files),
    ),
    "GET /gpx/{gpx_file_id}/runs": writable(
        ask(200),
        ask(200, params={"limit": 1}),
        ask(400, "VALIDATION_ERROR", params={"limit": 201}),
    ),
    "POST /gpx/analyze": signed_in(
        ANALYZE,
        ask(400, "VALIDATION_ERROR"),
        ask(400, "INVALID_GPX_FILE", **form("file", b"<gpx/>")),
        ask(413, "FILE_TOO_LARGE", **form("file", LARGE)),
        limited(ANALYZE),
        stored_nowhere(ANALYZE),
    ),
    "POST /trips/gpx-wizard": signed_in(
        WIZARD,
        ask(400, "VALIDATION_ERROR", data={**TRIP, "title": ""}, **form("gpx_file")),
        ask(400, "INVALID_GPX_FILE", data=TRIP, **form("gpx_file", b"<gpx/>")),
        ask(409, "IDEMPOTENCY_KEY_REUSED", data=TRIP, headers=KEY, **form("gpx_file")),
        ask(413, "FILE_TOO_LARGE", data=TRIP, **form("gpx_file", LARGE)),
        limited(WIZARD),
        stored_nowhere(WIZARD),
    ),
    "GET /health": [ask(200)],
    "GET /health/ready": [ask(200), Ask(503, before=break_storage)],
    "GET /metrics": [ask(200), Ask(401, "UNAUTHORIZED", before=close_metrics)],
    # These destroy; what they are refused comes before, so each begins with it.
    "POST /gpx/{gpx_file_id}/reprocess": writable(ask(202)),
    "DELETE /trips/{trip_id}/gpx": writable(ask(204))[::-1],
    "DELETE /trips/{trip_id}": writable(ask(200))[::-1],
    "DELETE /users/me": signed_in(
        DELETE_ACCOUNT,
        ask(400, "VALIDATION_ERROR", json={}),
        ask(400, "WRONG_PASSWORD", json={"password": "x"}),
        ask(413, "BODY_TOO_LARGE", content=LARGE),
        limited(DELETE_ACCOUNT),
    )[::-1],
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one kind of database only: what depends on the kind is tested elsewhere."""
    return sqlite_url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"gpx_max_upload_mb": 2})


@pytest.fixture
async def world(
    app: FastAPI, services: Services, settings: Settings, ana: Cyclist, berta: Cyclist
) -> World:
    upload = await ana.uploaded(RIDE)
    failed = await ana.upload(await ana.new_trip(), BAD_LATER, Prefer="wait=10", **KEY)
    path = f"/trips/{upload['trip_id']}"
    data_of(await ana.request("PUT", path, json={"description": DESCRIPTION}), 200)
    ids = {
        "username": "ana",
        "trip_id": upload["trip_id"],
        "empty_trip_id": await ana.new_trip(),
        "other_empty_trip_id": await ana.new_trip(),
        "gpx_file_id": upload["gpx_file_id"],
        "failed_id": data_of(failed, 202)["gpx_file_id"],
        "refresh_token": ana.tokens["refresh_token"],
    }
    return World(app, services, settings, ana, berta, ids)


@pytest.fixture
def documented(openapi: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation["responses"]
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    }


async def answer_to(world: World, name: str, wanted: Ask) -> httpx.Response:
    method, _, path = name.partition(" ")
    ids = world.ids | {key: text.format(**world.ids) for key, text in wanted.ids.items()}
    options = dict(wanted.options)
    if "params" in options:
        filled = {key: str(value).format(**ids) for key, value in options["params"].items()}
        options["params"] = filled
    headers = {**world.headers_of(wanted.who), **options.pop("headers", {})}
    if wanted.before:
        await wanted.before(world)
    client = world.owner.client
    answer = await client.request(method, path.format(**ids), headers=headers, **options)
    world.app.state.services = world.services
    return answer


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation_gives_each_answer_that_it_declares(
    name: str, world: World, documented: dict[str, dict[str, Any]]
) -> None:
    declared = documented[name]
    asks = OPERATIONS[name]
    assert {str(wanted.status) for wanted in asks} == declared.keys() - {"default"}
    for wanted in asks:
        answer = await answer_to(world, name, wanted)
        assert answer.status_code == wanted.status, (wanted, answer.text)
        if answer.content:
            kind = answer.headers["Content-Type"].partition(";")[0]
            assert kind in declared[str(wanted.status)]["content"], wanted
        else:
            assert "Content-Type" not in answer.headers, wanted
        if wanted.code is not None:
            error = error_of(answer, wanted.status)
            assert error["code"] == wanted.code, wanted
            assert ("WWW-Authenticate" in answer.headers) == (wanted.status == 401)
            assert ("Retry-After" in answer.headers) == (wanted.status == 429)


def test_every_operation_has_its_entry(documented: dict[str, dict[str, Any]]) -> None:
    assert documented.keys() == OPERATIONS.keys()


def test_every_error_that_an_operation_declares_has_a_code_in_the_catalogue() -> None:
    enveloped = [w for name in OPERATIONS.keys() - {"GET /health/ready"} for w in OPERATIONS[name]]
    assert [w for w in enveloped if (w.code is None) == (w.status >= 400)] == []


async def test_no_body_but_a_form_with_a_file_may_be_large(
    world: World, openapi: dict[str, Any]
) -> None:
    brings_a_file = {
        f"{method.upper()} {path}"
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
        if "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
    }
    assert len(brings_a_file) == 3
    form_type = {"Content-Type": "multipart/form-data; boundary=x"}
    for name in OPERATIONS:
        if name.startswith(("POST", "PUT")) and name not in brings_a_file:
            answer = await answer_to(world, name, ask(413, content=LARGE, headers=form_type))
            assert error_of(answer, 413)["code"] == "BODY_TOO_LARGE", name
