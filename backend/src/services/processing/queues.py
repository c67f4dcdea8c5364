"""The queues, and the order in which a worker serves them."""

from src.states import Priority

# The first has the name that it always had, so that messages are found again after an update.
QUEUES: dict[Priority, str] = {Priority.INTERACTIVE: "celery", Priority.BULK: "bulk"}
# The nightly jobs'. No upload is in it, so it has no priority and is not in what uploads wait in.
HOUSEKEEPING = "housekeeping"
# No cyclist waits behind a job of four minutes, and no job behind thousands of uploads.
IN_ORDER = (QUEUES[Priority.INTERACTIVE], HOUSEKEEPING, QUEUES[Priority.BULK])
