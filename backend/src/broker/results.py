"""Where results are kept."""

from typing import Any

from celery.backends.redis import RedisBackend, SentinelBackend
from typing_extensions import override


class RedisResults(RedisBackend):
    """Results in Redis, without a subscription to each of them when a task is published.

    Nobody waits for a result, and the subscription would block the publisher when Redis hangs.
    """

    @override
    def on_task_call(self, producer: Any, task_id: str) -> None:
        return None


class SentinelResults(RedisResults, SentinelBackend):
    """The same, in the Redis that Sentinels name as the master."""
