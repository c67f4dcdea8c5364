"""Celery's transport for Sentinels, which gets over the death of the master."""

from kombu.transport.redis import SentinelChannel
from kombu.transport.redis import SentinelTransport as KombuSentinelTransport
from typing_extensions import override


class ClosedOnceChannel(SentinelChannel):
    """A channel that is closed after the first attempt, also where that failed.

    The worker closes a lost connection twice. Where the first attempt fails for want of the master,
    the second would begin anew on a transport that is gone, and end the worker with it.
    """

    @override
    def close(self) -> None:
        try:
            super().close()
        finally:
            self.closed = True


class SentinelTransport(KombuSentinelTransport):
    Channel = ClosedOnceChannel
