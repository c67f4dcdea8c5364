"""What a thread says to Redis ends by itself, and without a limit nothing is changed."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from src.broker.deadline import (
    PunctualConnection,
    PunctualManagedConnection,
    PunctualManagedSSLConnection,
    PunctualSSLConnection,
    ends_within,
)
from src.broker.transport import PunctualChannel, PunctualSentinelChannel

USUAL_S = 30.0


class Server:
    """A Redis that says what a test says, and nothing by itself."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(5)
        self.port: int = self._listener.getsockname()[1]
        self._peers: list[socket.socket] = []

    def accept(self) -> socket.socket:
        peer, _ = self._listener.accept()
        peer.settimeout(5)
        self._peers.append(peer)
        return peer

    def was_called(self) -> bool:
        self._listener.settimeout(0)
        try:
            self.accept()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        for one in (self._listener, *self._peers):
            one.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def connection(server: Server) -> Iterator[Any]:
    # Without an introduction: each word on the wire is the test's.
    connection: Any = PunctualConnection(  # type: ignore[no-untyped-call]
        host="127.0.0.1", port=server.port, socket_timeout=USUAL_S, protocol=2, driver_info=None
    )
    yield connection
    connection.disconnect()


def patience_of(connection: Any) -> float | None:
    """How long the next step would wait."""
    patience: float | None = connection._sock.gettimeout()
    return patience


def test_an_answer_that_does_not_come_is_given_up_in_time(server: Server, connection: Any) -> None:
    connection.connect()
    peer = server.accept()
    started = time.monotonic()
    with ends_within(0.05):
        connection.send_command("PING")
        with pytest.raises(RedisTimeoutError):
            connection.read_response()
    assert 0.05 <= time.monotonic() - started < 5
    assert not connection.is_connected
    assert peer.recv(100).endswith(b"PING\r\n")
    assert peer.recv(100) == b"", "the server learns that nobody waits"


def test_a_message_that_is_not_taken_is_given_up_in_time(server: Server, connection: Any) -> None:
    connection.connect()
    server.accept()
    started = time.monotonic()
    with ends_within(0.05), pytest.raises(RedisTimeoutError):
        # More than the buffers of both sides take from who does not read.
        connection.send_command("SET", "key", b"x" * 30_000_000)
    assert time.monotonic() - started < 5
    assert not connection.is_connected


def test_when_the_time_is_over_nothing_is_begun(server: Server, connection: Any) -> None:
    with ends_within(0), pytest.raises(RedisTimeoutError):
        connection.connect()
    assert not server.was_called()


@pytest.mark.parametrize("step", [["send_command", "PING"], ["read_response"]])
def test_when_the_time_is_over_a_conversation_is_broken_off(
    server: Server, connection: Any, step: list[str]
) -> None:
    connection.connect()
    peer = server.accept()
    # It is there already, and too late all the same.
    peer.sendall(b"+PONG\r\n")
    with ends_within(0), pytest.raises(RedisTimeoutError):
        getattr(connection, step[0])(*step[1:])
    assert not connection.is_connected
    assert peer.recv(100) == b""


def test_each_step_has_only_what_is_left(server: Server, connection: Any) -> None:
    connection.connect()
    server.accept().sendall(b"+PONG\r\n")
    with ends_within(10):
        connection.send_command("PING")
        before = patience_of(connection)
        connection.read_response()
        after = patience_of(connection)
    assert before is not None
    assert after is not None
    assert after < before <= 10


def test_afterwards_a_connection_is_as_patient_as_ever(server: Server, connection: Any) -> None:
    connection.connect()
    server.accept().sendall(b"+PONG\r\n" * 2)
    with ends_within(10):
        connection.send_command("PING")
        connection.read_response()
    assert patience_of(connection) != USUAL_S
    connection.send_command("PING")
    assert patience_of(connection) == USUAL_S
    connection.read_response()


def test_without_a_limit_nobody_changes_a_connections_patience(
    server: Server, connection: Any
) -> None:
    connection.connect()
    server.accept().sendall(b"+PONG\r\n")
    # As a blocking command of the worker has it.
    connection._sock.settimeout(7)
    connection.send_command("PING")
    connection.read_response()
    assert patience_of(connection) == 7


def test_a_limit_ends_with_its_block_and_the_outer_one_goes_on(
    server: Server, connection: Any
) -> None:
    with ends_within(0):
        with ends_within(10):
            connection.connect()
        connection.disconnect()
        with pytest.raises(RedisTimeoutError):
            connection.connect()
    with pytest.raises(ZeroDivisionError), ends_within(0):
        _ = 1 / 0
    connection.connect()


async def test_a_limit_holds_in_the_threads_of_its_block_and_in_no_others(
    connection: Any,
) -> None:
    with ends_within(0):
        with pytest.raises(RedisTimeoutError):
            await asyncio.to_thread(connection.connect)
        other = threading.Thread(target=connection.connect)
        other.start()
        other.join(5)
    assert connection.is_connected


def test_every_way_to_a_redis_is_punctual() -> None:
    ways = {
        PunctualChannel: (PunctualConnection, PunctualSSLConnection),
        PunctualSentinelChannel: (PunctualManagedConnection, PunctualManagedSSLConnection),
    }
    for channel, kinds in ways.items():
        assert (channel.connection_class, channel.connection_class_ssl) == kinds
        for kind in kinds:
            with ends_within(0), pytest.raises(RedisError, match="time for the broker is over"):
                kind.connect_check_health(object.__new__(kind))
