"""Who may do what: every route with an owner, tried by everybody, on every kind of trip."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from src.config import Settings
from src.main import create_app
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx

Who = Literal["owner", "stranger", "anonymous"]
State = Literal["draft", "published", "private"]
Kind = Literal["reads", "writes", "lists"]

GPX = build_gpx(points=50)
DESCRIPTION = "Cuesta arriba hasta el collado, y luego todo bajada."


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A route; who may call it is told by its kind, and `success` is what they are answered."""

    kind: Kind
    method: str
    path: str
    success: int
    body: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


# In this order they are tried: what destroys comes last.
CALLS = [
    Call("lists", "GET", "/users/{username}/trips", 200),
    Call("reads", "GET", "/trips/{trip_id}", 200),
    Call("reads", "GET", "/trips/{trip_id}/gpx", 200),
    Call("reads", "GET", "/gpx/{gpx_file_id}/status", 200),
    Call("reads", "GET", "/gpx/{gpx_file_id}/track", 200),
    Call("reads", "GET", "/gpx/{gpx_file_id}/series", 200),
    Call("reads", "GET", "/gpx/{gpx_file_id}/stretch", 200),
    Call("reads", "GET", "/gpx/{gpx_file_id}/download", 200),
    # As what it tells of was written by its owner, nobody else reads it.
    Call("writes", "GET", "/gpx/{gpx_file_id}/runs", 200),
    Call("writes", "PUT", "/trips/{trip_id}", 200, {"json": {"title": "Otra"}}),
    Call("writes", "POST", "/trips/{trip_id}/publish", 200),
    Call("writes", "POST", "/gpx/{gpx_file_id}/reprocess", 202),
    Call("writes", "DELETE", "/trips/{trip_id}/gpx", 204),
    Call("writes", "POST", "/trips/{trip_id}/gpx", 202, {"files": {"file": ("a.gpx", GPX)}}),
    Call("writes", "DELETE", "/trips/{trip_id}", 200),
]


def expected(call: Call, who: Who, state: State) -> int:
    if call.kind == "lists" or who == "owner":
        return call.success
    if call.kind == "reads":
        return call.success if state == "published" else HTTPStatus.FORBIDDEN
    return HTTPStatus.FORBIDDEN if who == "stranger" else HTTPStatus.UNAUTHORIZED


async def try_all(
    client: httpx.AsyncClient, ids: dict[str, str], headers: dict[str, str]
) -> dict[Call, httpx.Response]:
    return {
        call: await client.request(
            call.method, call.path.format(**ids), headers=headers, **(call.body or {})
        )
        for call in CALLS
    }


@pytest.mark.parametrize("who", ["owner", "stranger", "anonymous"])
@pytest.mark.parametrize("state", ["draft", "published", "private"])
async def test_everybody_may_do_what_the_contract_says(
    who: Who, state: State, ana: Cyclist, berta: Cyclist
) -> None:
    trip_id = await ana.new_trip(description=DESCRIPTION, is_private=state == "private")
    upload = data_of(await ana.upload(trip_id, GPX, Prefer="wait=10"), 201)
    if state != "draft":
        data_of(await ana.request("POST", f"/trips/{trip_id}/publish"), 200)
    ids = {"username": "ana", "trip_id": trip_id, "gpx_file_id": upload["gpx_file_id"]}
    headers = {"owner": ana.headers, "stranger": berta.headers, "anonymous": {}}[who]

    answers = await try_all(ana.client, ids, headers)
    found = {call.name: answer.status_code for call, answer in answers.items()}
    assert found == {call.name: expected(call, who, state) for call in CALLS}
    codes = {401: "UNAUTHORIZED", 403: "FORBIDDEN"}
    for answer in answers.values():
        if answer.status_code in codes:
            assert error_of(answer, answer.status_code)["code"] == codes[answer.status_code]
            assert ("WWW-Authenticate" in answer.headers) == (answer.status_code == 401)

    if who != "owner":
        trip = data_of(await ana.request("GET", f"/trips/{trip_id}"), 200)
        assert (trip["title"], trip["gpx_file"]["gpx_file_id"]) == ("Vuelta", ids["gpx_file_id"])
        assert trip["status"] == ("draft" if state == "draft" else "published")


@pytest.mark.parametrize("who", ["stranger", "anonymous"])
async def test_what_does_not_exist_is_not_found_by_anybody(
    who: Who, ana: Cyclist, berta: Cyclist
) -> None:
    ids = {"username": "nadie", "trip_id": str(uuid4()), "gpx_file_id": str(uuid4())}
    headers = berta.headers if who == "stranger" else {}
    answers = await try_all(ana.client, ids, headers)
    found = {call.name: answer.status_code for call, answer in answers.items()}
    assert found == {
        call.name: 401 if who == "anonymous" and call.kind == "writes" else 404 for call in CALLS
    }


async def test_a_token_that_is_not_valid_opens_not_even_what_is_public(ana: Cyclist) -> None:
    trip_id = await ana.new_trip(description=DESCRIPTION)
    upload = data_of(await ana.upload(trip_id, GPX, Prefer="wait=10"), 201)
    data_of(await ana.request("POST", f"/trips/{trip_id}/publish"), 200)
    ids = {"username": "ana", "trip_id": trip_id, "gpx_file_id": upload["gpx_file_id"]}
    answers = await try_all(ana.client, ids, {"Authorization": "Bearer expired"})
    assert {answer.status_code for answer in answers.values()} == {401}


def test_every_route_with_an_owner_has_its_row(tmp_path: Path) -> None:
    app = create_app(Settings(_env_file=None, storage_path=tmp_path))
    owned = [
        context
        for context in iter_route_contexts(app.routes)
        if context.path is not None
        and "{" in context.path
        # The web app is everybody's; what it tells of rides is in `test_public_rides`.
        and not context.path.startswith(("/app/", "/assets/", "/r/"))
    ]
    called = {f"{method} {context.path}" for context in owned for method in context.methods or ()}
    assert called == {call.name for call in CALLS}
    # Who may watch is told by `test_live`.
    assert {it.path for it in owned if not it.methods} == {"/ws/gpx/{gpx_file_id}"}
