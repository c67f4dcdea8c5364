"""No body but an upload's is large, whatever its sender says of it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.types import Message, Receive, Scope, Send

from src.http.body_limit import MAX_BODY_BYTES, BodyLimit
from src.http.multipart import FORM, form_body
from src.http.responses import install_error_handlers

CHUNK = 64 * 1024
TWICE = 2 * MAX_BODY_BYTES // CHUNK


class Sender:
    """A body of unsaid length, and how many chunks of it were taken."""

    def __init__(self, chunks: int) -> None:
        self._chunks = chunks
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.taken < self._chunks:
            self.taken += 1
            yield b"1" * CHUNK


@pytest.fixture
def lengths() -> list[int]:
    """How long the bodies were that reached an endpoint."""
    return []


@pytest.fixture
def client(lengths: list[int]) -> httpx.AsyncClient:
    app = FastAPI()
    install_error_handlers(app)

    @app.post("/number")
    async def number(number: dict[str, Any] | int) -> None:
        lengths.append(len(str(number)))

    @app.post("/raw/{name}")
    @app.post("/files/{name}", openapi_extra=form_body("file"))
    async def raw(request: Request) -> None:
        lengths.append(len(await request.body()))

    app.add_middleware(BodyLimit, routes=app.routes)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 413 and answer.json()["error"]["code"] == "BODY_TOO_LARGE"


async def test_a_body_of_the_limit_is_taken_and_one_byte_more_is_not(
    client: httpx.AsyncClient, lengths: list[int]
) -> None:
    assert (await client.post("/raw/x", content=b" " * MAX_BODY_BYTES)).status_code == 200
    assert lengths == [MAX_BODY_BYTES]
    assert refused(await client.post("/raw/x", content=b" " * (MAX_BODY_BYTES + 1)))
    assert lengths == [MAX_BODY_BYTES]


# The second would end as the framework's own `BAD_REQUEST`, as all that interrupts its reading.
@pytest.mark.parametrize("path", ["/raw/x", "/number"])
@pytest.mark.parametrize("declared", [{}, {"Content-Length": "10"}, {"Content-Length": "many"}])
async def test_of_a_body_that_grows_too_large_no_more_is_read(
    client: httpx.AsyncClient, lengths: list[int], path: str, declared: dict[str, str]
) -> None:
    sender = Sender(TWICE)
    json = {"Content-Type": "application/json"}
    assert refused(await client.post(path, content=sender, headers=json | declared))
    assert sender.taken == MAX_BODY_BYTES // CHUNK + 1
    assert lengths == []


async def test_of_a_body_that_is_declared_too_large_nothing_is_read(
    client: httpx.AsyncClient,
) -> None:
    sender = Sender(TWICE)
    declared = {"Content-Length": str(MAX_BODY_BYTES + 1)}
    assert refused(await client.post("/raw/x", content=sender, headers=declared))
    assert sender.taken == 0


async def test_a_form_with_a_file_may_be_large(
    client: httpx.AsyncClient, lengths: list[int]
) -> None:
    body = b" " * (2 * MAX_BODY_BYTES)
    assert (await client.post("/files/x", content=body)).status_code == 200
    assert (await client.post("/files/x", content=Sender(TWICE))).status_code == 200
    assert lengths == [len(body)] * 2


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/raw/x"), ("PUT", "/files/x"), ("POST", "/files/x/y"), ("POST", "/files")],
)
async def test_a_body_does_not_become_an_upload_by_its_name(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    body, headers = b" " * (MAX_BODY_BYTES + 1), {"Content-Type": FORM}
    assert refused(await client.request(method, path, content=body, headers=headers))


async def test_an_answer_that_has_begun_is_not_followed_by_another() -> None:
    chunks: Iterator[Message] = iter(
        [{"type": "http.request", "body": b"1" * MAX_BODY_BYTES, "more_body": True}] * 2
    )
    sent: list[Message] = []

    async def hasty(_: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()
        with pytest.raises(Exception, match="BODY_TOO_LARGE"):
            await receive()
        await send({"type": "http.response.body", "body": b"so far", "more_body": False})

    async def receive() -> Message:
        return next(chunks)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    await BodyLimit(hasty, [])(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


async def test_what_is_no_request_passes() -> None:
    seen: list[Scope] = []

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def nothing(*_: object) -> Any:
        raise AssertionError("nothing is said or asked")

    await BodyLimit(note, [])({"type": "lifespan"}, nothing, nothing)
    assert seen == [{"type": "lifespan"}]
