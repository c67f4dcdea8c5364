"""A server that takes error reports as Sentry does, and shows them."""

import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_S = 10


class ErrorSink(ThreadingHTTPServer):
    """Keeps the envelopes that it is sent, as text."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.envelopes: list[str] = []
        self.authorizations: list[str] = []

    @property
    def dsn(self) -> str:
        return f"http://public-key@127.0.0.1:{self.server_port}/7"

    def events(self, count: int) -> list[dict[str, Any]]:
        """The events that have arrived, as soon as there are this many."""
        deadline = time.monotonic() + PATIENCE_S
        while len(self.envelopes) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return [json.loads(envelope.splitlines()[2]) for envelope in self.envelopes]


class _Handler(BaseHTTPRequestHandler):
    server: ErrorSink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        assert self.path == "/api/7/envelope/"
        self.server.authorizations.append(self.headers["X-Sentry-Auth"])
        self.server.envelopes.append(body.decode())
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """The tests' output is not this server's."""


@contextmanager
def error_sink() -> Iterator[ErrorSink]:
    with ErrorSink() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
