"""Publishing that succeeds at once or fails at once."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from celery import Celery
from kombu import Connection, Producer
from kombu.pidbox import Mailbox
from kombu.pools import producers
from typing_extensions import override

_FAIL_FAST = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.3,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "connect_retries_timeout": 0.5,
}
_ANSWERS = {**_FAIL_FAST, "socket_timeout": 2}


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


def count_waiting_messages(app: Celery, queues: Iterable[str]) -> dict[str, int]:
    """How many messages wait in each queue; raises what publishing would raise."""
    with fast_producer(app) as producer:
        channel = producer.connection.default_channel
        return {
            queue: channel.queue_declare(queue=queue, durable=True).message_count
            for queue in queues
        }


def count_workers(app: Celery) -> int:
    """How many workers answer within a second; raises what publishing would raise."""
    # Not the publisher's connection: replies would come too late for its short socket time-out.
    with app.connection_for_read(transport_options=_ANSWERS) as connection:
        ask = _ImpatientMailbox("celery", type="fanout", accept=["json"], serializer="json")
        # The stubs take what asking returns for a node.
        replies = ask(connection).multi_call("ping", timeout=1.0)  # type: ignore[attr-defined]
        return len(replies or ())


class _ImpatientMailbox(Mailbox):
    """Asks the workers on the connection that it is given; the stock one retries for ever."""

    @override
    @contextmanager
    def producer_or_acquire(self, producer: Any = None, channel: Any = None) -> Iterator[Any]:
        yield _ImpatientProducer(channel, auto_declare=False)


class _ImpatientProducer(Producer):
    @override
    def publish(self, body: Any, *arguments: Any, **options: Any) -> Any:
        return super().publish(body, *arguments, **{**options, "retry": False})
