"""Counts and times every request, by the route that it took."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.observability import metrics

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NEVER_ANSWERED = 500


class RequestMetrics:
    """The outermost part, so that what the others answer is counted too.

    Paths carry ids and anything that somebody types, so only routes of ours become labels.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = _NEVER_ANSWERED
        started = time.perf_counter()
        ended: float | None = None

        async def watch(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)
            # Uploads are processed after their answer, within the same call.
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                ended = time.perf_counter()

        try:
            await self._app(scope, receive, watch)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            # The router leaves the route that it chose in the scope.
            route = getattr(scope.get("route"), "path", "other")
            passed_s = (ended or time.perf_counter()) - started
            metrics.count_request(method, route, status, passed_s)
