"""No request but an upload may have a large body."""

import re

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.errors import AppError, ErrorCode
from src.http.responses import error_response

MAX_BODY_BYTES = 1024 * 1024
_FORMS_WITH_FILES = re.compile(r"/gpx/analyze|/trips/gpx-wizard|/trips/[^/]+/gpx")


class BodyLimit:
    """Refuses bodies over 1 MiB; forms with files are bounded where they are read.

    The framework reads a whole JSON body before anything else looks at the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _brings_a_file(scope):
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > MAX_BODY_BYTES:
            await self._refuse(scope, receive, send)
            return
        received = 0
        started = False

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                raise AppError(ErrorCode.BODY_TOO_LARGE)
            return message

        async def send_unless_refused(message: Message) -> None:
            nonlocal started
            # The framework makes its own of whatever ends the reading of a body.
            if started or received <= MAX_BODY_BYTES:
                started = True
                await send(message)

        await self._app(scope, receive_bounded, send_unless_refused)
        if received > MAX_BODY_BYTES and not started:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = error_response(Request(scope), AppError(ErrorCode.BODY_TOO_LARGE))
        await answer(scope, receive, send)


def _brings_a_file(scope: Scope) -> bool:
    """By the address: what a body is called must not decide how much of it is read."""
    return scope["method"] == "POST" and bool(_FORMS_WITH_FILES.fullmatch(scope["path"]))
