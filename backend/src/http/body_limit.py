"""No request but an upload may have a large body."""

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.errors import AppError, ErrorCode
from src.http.multipart import FORM
from src.http.responses import error_response

MAX_BODY_BYTES = 1024 * 1024


class BodyLimit:
    """Refuses bodies over 1 MiB; forms with files are bounded where they are read.

    The framework reads a whole JSON body before anything else looks at the request. `routes` are
    all that the application has; those with a `form_body` take a file.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._forms = [
            (route.methods or set(), compile_path(route.path or "")[0])
            for route in iter_route_contexts(routes)
            if FORM in _declared_content(getattr(route, "openapi_extra", None))
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._brings_a_file(scope):
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

    def _brings_a_file(self, scope: Scope) -> bool:
        """By the address: what a body is called must not decide how much of it is read."""
        return any(
            scope["method"] in methods and path.match(scope["path"])
            for methods, path in self._forms
        )


def _declared_content(openapi_extra: dict[str, Any] | None) -> dict[str, Any]:
    content: dict[str, Any] = (openapi_extra or {}).get("requestBody", {}).get("content", {})
    return content
