"""Publishing that succeeds at once or fails at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from celery import Celery
from kombu import Connection
from kombu.pools import producers

_FAIL_FAST = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.3,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "connect_retries_timeout": 0.5,
}


@contextmanager
def fast_producer(app: Celery) -> Iterator[Any]:
    """A producer of this process whose every step has a short time-out."""
    with producers[_connection(app, app.conf.broker_url)].acquire(block=True, timeout=0.5) as it:
        yield it


@lru_cache(maxsize=4)
def _connection(app: Celery, broker_url: str) -> Connection:
    return app.connection_for_write(broker_url, transport_options=_FAIL_FAST)


def ping_broker(app: Celery) -> None:
    """Raise what publishing would raise while the broker cannot take a message."""
    with fast_producer(app) as producer:
        producer.connection.default_channel.client.ping()


def count_waiting_messages(app: Celery) -> int:
    """How many messages wait in the queue; raises what publishing would raise."""
    with fast_producer(app) as producer:
        channel = producer.connection.default_channel
        declared = channel.queue_declare(queue=app.conf.task_default_queue, durable=True)
        count: int = declared.message_count
        return count


def count_workers(app: Celery) -> int:
    """How many workers answer within a second."""
    # Not the publisher's connection: replies would come too late for its short socket time-out.
    with app.connection_for_read() as connection:
        return len(app.control.ping(timeout=1.0, connection=connection) or ())
