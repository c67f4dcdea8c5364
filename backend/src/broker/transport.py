"""Celery's transports: they publish within a time, and get over the death of their Redis."""

from kombu.transport.redis import Channel, SentinelChannel, Transport
from kombu.transport.redis import SentinelTransport as KombuSentinelTransport
from typing_extensions import override

from src.broker.deadline import (
    PunctualConnection,
    PunctualManagedConnection,
    PunctualManagedSSLConnection,
    PunctualSSLConnection,
)


class ClosedOnce(Channel):
    """A channel that is closed after the first attempt, also where that failed.

    The worker closes a lost connection twice. Where the first attempt fails because nobody answers,
    the second would begin anew on a transport that is gone, and end the worker with it.
    """

    @override
    def close(self) -> None:
        try:
            super().close()
        finally:
            self.closed = True


class PunctualChannel(ClosedOnce):
    connection_class = PunctualConnection
    connection_class_ssl = PunctualSSLConnection


class RedisTransport(Transport):
    Channel = PunctualChannel


class PunctualSentinelChannel(ClosedOnce, SentinelChannel):
    connection_class = PunctualManagedConnection
    connection_class_ssl = PunctualManagedSSLConnection


class SentinelTransport(KombuSentinelTransport):
    Channel = PunctualSentinelChannel
