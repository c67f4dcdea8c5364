"""The states of an upload and of a trip, and the moves between them: the one place for both."""

from enum import StrEnum


class ProcessingStatus(StrEnum):
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class Stage(StrEnum):
    """What happens to an upload right now, for people who watch it."""

    QUEUED = "queued"
    PARSING = "parsing"
    SIMPLIFYING = "simplifying"
    SAVING = "saving"
    RETRYING = "retrying"
    DONE = "done"


class Mode(StrEnum):
    BACKGROUND = "background"
    CELERY = "celery"


class Outcome(StrEnum):
    """How one attempt at processing an upload ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    RETRY = "retry"
    # It killed whoever worked on it too often, and is not tried again.
    ABANDONED = "abandoned"
    # It was somebody else's, finished, or gone.
    NOTHING_TO_DO = "nothing_to_do"


class RescueCause(StrEnum):
    """Why an upload had to be sent on its way again, or taken from whoever had it."""

    # Its process is gone, and this host knows it.
    HOLDER_DIED = "holder_died"
    # Its process gave no sign of life for too long.
    LEASE_EXPIRED = "lease_expired"
    # The broker no longer has its message, or is away with it.
    MESSAGE_LOST = "message_lost"
    # It waited in the memory of a process that does not know of it any more.
    LEFT_WAITING = "left_waiting"
    # The time of its next attempt has passed, and nobody began it.
    RETRY_MISSED = "retry_missed"


class TripStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


PROGRESS_PERCENT = {
    Stage.QUEUED: 0,
    Stage.PARSING: 10,
    Stage.SIMPLIFYING: 50,
    Stage.SAVING: 70,
    Stage.RETRYING: 0,
    Stage.DONE: 100,
}

_MOVES: dict[ProcessingStatus, frozenset[ProcessingStatus]] = {
    ProcessingStatus.PROCESSING: frozenset({ProcessingStatus.COMPLETED, ProcessingStatus.FAILED}),
    ProcessingStatus.FAILED: frozenset({ProcessingStatus.PROCESSING}),
    ProcessingStatus.COMPLETED: frozenset({ProcessingStatus.PROCESSING}),
}


def sources_of(target: ProcessingStatus) -> frozenset[ProcessingStatus]:
    """The statuses from which an upload may move to `target`."""
    return frozenset(source for source, targets in _MOVES.items() if target in targets)
