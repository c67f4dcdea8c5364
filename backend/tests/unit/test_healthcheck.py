"""What the containers' health checks ask, against a real server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from src import healthcheck
from src.healthcheck import answers
from tests.support.servers import free_port


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing: the test says what went wrong."""


@contextmanager
def server() -> Iterator[int]:
    """The port of a server that is well under /health, and ill elsewhere."""
    with HTTPServer(("127.0.0.1", 0), Answer) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield http.server_port
        http.shutdown()
        thread.join()


def test_a_server_that_answers_with_200_is_healthy() -> None:
    with server() as port:
        assert answers(port, "/health")


def test_a_server_that_answers_with_an_error_is_not_healthy() -> None:
    with server() as port:
        assert not answers(port, "/elsewhere")


def test_a_server_that_is_not_there_is_not_healthy() -> None:
    assert not answers(free_port(), "/health")


def test_a_server_that_never_answers_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(healthcheck, "TIMEOUT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        assert not answers(deaf.getsockname()[1], "/health")
