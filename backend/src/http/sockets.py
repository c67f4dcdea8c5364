"""WebSockets: who may open one, how many, and what is said first."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from src.config import Settings
from src.observability.metrics import LIVE_SOCKETS

HELLO_WITHIN_S = 5.0
# The longest that a client may take over one message of ours before it counts as gone.
SEND_WITHIN_S = 10.0
_MOST_CHARACTERS = 8_192
# After the first; a client has nothing more to say.
_MOST_MESSAGES = 20


class Close(IntEnum):
    """Why a socket is closed: 1000 and 1013 are of RFC 6455, the rest are as over HTTP."""

    DONE = 1000
    TRY_AGAIN = 1013
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    SILENT = 4408
    TOO_MANY = 4429


class SocketRefusedError(Exception):
    """The socket is to be closed with this code."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


class Hello(BaseModel):
    """`language` is for pages, which cannot choose the headers of a handshake."""

    type: Literal["hello"]
    language: Literal["es", "en"] | None = None


class Auth(BaseModel):
    type: Literal["auth"]
    token: Annotated[str, Field(max_length=_MOST_CHARACTERS)]
    language: Literal["es", "en"] | None = None


_First: TypeAdapter[Auth | Hello] = TypeAdapter(
    Annotated[Auth | Hello, Field(discriminator="type")]
)


class Places:
    """How many sockets are open in this process, by whom and from where."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._taken: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def for_address(self, address: str) -> Iterator[None]:
        """Raises `SocketRefusedError` where there is no room for one more."""
        with (
            self._place("all", "", self._settings.live_max_sockets, Close.TRY_AGAIN),
            self._place("address", address, self._settings.live_max_sockets_per_address),
            LIVE_SOCKETS.track_inprogress(),
        ):
            yield

    @contextmanager
    def for_user(self, user_id: str) -> Iterator[None]:
        with self._place("user", user_id, self._settings.live_max_sockets_per_user):
            yield

    @contextmanager
    def _place(
        self, kind: str, whose: str, most: int, code: Close = Close.TOO_MANY
    ) -> Iterator[None]:
        if self._taken[kind, whose] >= most:
            raise SocketRefusedError(code)
        self._taken[kind, whose] += 1
        try:
            yield
        finally:
            self._taken[kind, whose] -= 1
            if not self._taken[kind, whose]:
                del self._taken[kind, whose]


def is_from_us(socket: WebSocket, settings: Settings) -> bool:
    """Whether a page that may use the API has opened it; what is no browser names no origin.

    A browser sends a socket's handshake to any host, whatever page asks for it, and CORS does not
    apply (RFC 6455, 10.2).
    """
    origin = socket.headers.get("origin")
    if origin is None or origin in settings.cors_origins:
        return True
    try:
        return urlsplit(origin).netloc == socket.headers.get("host")
    except ValueError:
        return False


async def first_message(socket: WebSocket) -> Auth | Hello:
    """What the client says first; raises `SocketRefusedError` where it says nothing or nonsense."""
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            text = await socket.receive_text()
    except TimeoutError as error:
        raise SocketRefusedError(Close.SILENT) from error
    except KeyError as error:  # It sent bytes.
        raise SocketRefusedError(Close.BAD_MESSAGE) from error
    if len(text) > _MOST_CHARACTERS:
        raise SocketRefusedError(Close.BAD_MESSAGE)
    try:
        return _First.validate_json(text)
    except ValidationError as error:
        raise SocketRefusedError(Close.BAD_MESSAGE) from error


async def until_closed(socket: WebSocket) -> None:
    """Wait until the client has gone; a little of what else it says is passed over."""
    try:
        for _ in range(_MOST_MESSAGES):
            await socket.receive()
    except (WebSocketDisconnect, RuntimeError):
        return
    raise SocketRefusedError(Close.BAD_MESSAGE)
