"""The base class of tasks that work on the database."""

from collections.abc import Coroutine
from typing import Any

from asgi_correlation_id import correlation_id
from celery import Task

from src.broker.publisher import fast_producer
from src.services.processing.worker_runtime import current_runtime
from src.tasks.requests import PayloadFreeRequest


class DatabaseTask(Task):  # type: ignore[type-arg]  # generic for mypy only
    """Runs an `async def` task on the event loop of its worker process.

    Celery never awaits a coroutine. In a worker, calling the task runs it to its end on the
    process's own loop, beside its own connection pool; called directly, as from a test, it returns
    the coroutine to await.
    """

    abstract = True
    Request = PayloadFreeRequest  # type: ignore[assignment]  # Celery takes the class itself, too

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        work: Coroutine[Any, Any, Any] = self.run(*args, **kwargs)
        if self.request.called_directly:
            return work
        return current_runtime().run(work)

    def apply_async(  # type: ignore[override]  # options pass through
        self,
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        """Publish, or raise within a second; nothing but ids shows up in logs and events.

        The scheduler brings a `producer` of its own, which takes the time that it needs.

        Raises:
            kombu.exceptions.OperationalError, redis.RedisError, RuntimeError: the broker cannot be
                reached, hangs, or refuses the message.
        """
        options.setdefault("argsrepr", repr(tuple(map(_short, args or ()))))
        options.setdefault("kwargsrepr", repr({k: _short(v) for k, v in (kwargs or {}).items()}))
        headers = options.get("headers") or {}
        request_id = headers.get("request_id") or getattr(self.request, "request_id", None)
        options["headers"] = {**headers, "request_id": request_id or correlation_id.get()}
        if options.get("producer") is not None:
            return super().apply_async(args, kwargs, **options)
        options.setdefault("retry", False)
        with fast_producer(self.app) as producer:
            return super().apply_async(args, kwargs, **{**options, "producer": producer})


def _short(value: Any) -> Any:
    """The value, or its length where it is long enough to be a file."""
    is_long = isinstance(value, str) and len(value) > 300
    return f"<{len(value)} characters>" if is_long else value
