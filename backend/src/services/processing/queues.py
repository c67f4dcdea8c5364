"""The queue of each priority; a worker serves them in the order of the priorities."""

from src.states import Priority

# The first has the name that it always had, so that messages are found again after an update.
QUEUES: dict[Priority, str] = {Priority.INTERACTIVE: "celery", Priority.BULK: "bulk"}
