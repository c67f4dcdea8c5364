"""Large answers are compressed for whoever can unpack them, and are the same afterwards."""

import gzip
import random
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from src.http.compression import MIN_BYTES, Compression

# As compressible as coordinates are; above the size from which threads compress.
TEXT = ",".join(str(random.Random(5).random()) for _ in range(10_000)).encode()
PIECES = [TEXT[:2000], TEXT[2000:2001], TEXT[2001:]]


async def whole(request: Request) -> Response:
    return Response(TEXT[: int(request.query_params["size"])], media_type="text/plain")


async def streamed(_: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in PIECES:
            yield piece

    return StreamingResponse(pieces(), media_type="text/plain")


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = Compression(Starlette(routes=[Route("/", whole), Route("/streamed", streamed)]))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")


async def sent(client: httpx.AsyncClient, path: str, accept: str) -> tuple[httpx.Response, bytes]:
    """The answer, and its body as it was sent."""
    async with client.stream("GET", path, headers={"Accept-Encoding": accept}) as answer:
        return answer, b"".join([piece async for piece in answer.aiter_raw()])


@pytest.mark.parametrize("size", [MIN_BYTES, 5000, len(TEXT)])
async def test_a_large_answer_is_compressed_and_is_the_same(
    client: httpx.AsyncClient, size: int
) -> None:
    answer, body = await sent(client, f"/?size={size}", "gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(body) < 0.6 * size
    assert gzip.decompress(body) == TEXT[:size]


async def test_a_small_answer_stays_as_it_is(client: httpx.AsyncClient) -> None:
    answer, body = await sent(client, f"/?size={MIN_BYTES - 1}", "gzip")
    assert "content-encoding" not in answer.headers
    assert body == TEXT[: MIN_BYTES - 1]


async def test_a_long_answer_is_compressed_piece_by_piece(client: httpx.AsyncClient) -> None:
    answer, body = await sent(client, "/streamed", "gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert len(body) < 0.6 * len(TEXT)
    # To its very end: a stream without its checksum would be unpacked here, but not by `gzip`.
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert unpacker.decompress(body) == TEXT
    assert unpacker.eof
    assert unpacker.unused_data == b""


@pytest.mark.parametrize("accept", ["identity", "gzip;q=0", "br, deflate", "*;q=0", "x-gzipped"])
async def test_whoever_cannot_unpack_gets_plain_text(
    client: httpx.AsyncClient, accept: str
) -> None:
    answer, body = await sent(client, "/?size=5000", accept)
    assert "content-encoding" not in answer.headers
    assert body == TEXT[:5000]
    # A cache between us must not give it to others, nor theirs to this one.
    assert "accept-encoding" in answer.headers["vary"].lower()


async def test_what_is_no_request_passes() -> None:
    seen: list[Scope] = []

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def nothing(*_: Message) -> Any:
        raise AssertionError("nothing is said or asked")

    await Compression(note)({"type": "lifespan"}, nothing, nothing)
    assert seen == [{"type": "lifespan"}]
