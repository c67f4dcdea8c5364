"""An end for everything that a thread says to Redis.

A call in a thread cannot be ended from outside. So the thread ends it by itself: inside
`ends_within`, each step on a punctual connection gets what is left of the time, and when nothing is
left it fails and the connection is closed. Redis drops a command of which only a part arrived.
Elsewhere these connections are like any others.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kombu.transport.redis import SentinelManagedSSLConnection
from redis.connection import AbstractConnection, Connection, SSLConnection
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.sentinel import SentinelManagedConnection
from typing_extensions import override

_ends_at: ContextVar[float | None] = ContextVar("_ends_at", default=None)


@contextmanager
def ends_within(seconds: float) -> Iterator[None]:
    """What is done on punctual connections in the block, and in threads that it starts with its
    context, ends by then or fails.
    """
    token = _ends_at.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


def _time_left_s() -> float | None:
    """The rest of the time; None without a limit. Raises where there is no rest."""
    if (ends_at := _ends_at.get()) is None:
        return None
    if (left_s := ends_at - time.monotonic()) <= 0:
        raise RedisTimeoutError("the time for the broker is over")
    return left_s


class _Punctual(AbstractConnection):
    _is_hurried = False

    @override
    def connect_check_health(self, *arguments: Any, **options: Any) -> Any:
        _time_left_s()
        return super().connect_check_health(*arguments, **options)

    @override
    def send_packed_command(self, *arguments: Any, **options: Any) -> Any:
        self._hurry()
        return super().send_packed_command(*arguments, **options)  # type: ignore[no-untyped-call]

    @override
    def read_response(self, *arguments: Any, **options: Any) -> Any:
        self._hurry()
        return super().read_response(*arguments, **options)

    def _hurry(self) -> None:
        """Give the next step what is left of the time, or close the connection."""
        try:
            left_s = _time_left_s()
        except RedisTimeoutError:
            self.disconnect()  # type: ignore[no-untyped-call]
            raise
        if self._sock is not None and (self._is_hurried or left_s is not None):
            self._sock.settimeout(self.socket_timeout if left_s is None else left_s)
            self._is_hurried = left_s is not None


class PunctualConnection(_Punctual, Connection):
    """To a Redis."""


class PunctualSSLConnection(_Punctual, SSLConnection):
    """To a Redis, encrypted."""


class PunctualManagedConnection(_Punctual, SentinelManagedConnection):
    """To the Redis that Sentinels name."""


class PunctualManagedSSLConnection(_Punctual, SentinelManagedSSLConnection):
    """To the Redis that Sentinels name, encrypted."""
