"""The states of an upload and of a trip, and the moves between them: the one place for both."""

from enum import StrEnum


class ProcessingStatus(StrEnum):
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class Stage(StrEnum):
    """What happens to an upload right now, as its row tells it."""

    QUEUED = "queued"
    PARSING = "parsing"
    SIMPLIFYING = "simplifying"
    SAVING = "saving"
    RETRYING = "retrying"
    DONE = "done"


class ShownStage(StrEnum):
    """What happens to an upload right now, for people who watch it."""

    QUEUED = "queued"
    VALIDATING = "validating"
    PARSING = "parsing"
    ANALYSING = "analysing"
    SIMPLIFYING = "simplifying"
    SAVING = "saving"
    FINISHING = "finishing"
    RETRYING = "retrying"
    DONE = "done"


class Mode(StrEnum):
    BACKGROUND = "background"
    CELERY = "celery"


class Priority(StrEnum):
    """Whose turn comes first: the members stand in the order in which they are served."""

    # Somebody waits for it.
    INTERACTIVE = "interactive"
    # Nobody does: an operator has many made anew.
    BULK = "bulk"


class OriginalFault(StrEnum):
    """What is wrong with a stored original."""

    # Its bytes are not those that were uploaded, or the disk cannot read them.
    DAMAGED = "damaged"
    # Nothing is under its key, though another original is in the storage.
    MISSING = "missing"


class Outcome(StrEnum):
    """How one attempt at processing an upload ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    RETRY = "retry"
    # It killed whoever worked on it too often, and is not tried again.
    ABANDONED = "abandoned"
    # Its process died or gave no sign of life, and somebody else took the upload.
    LOST = "lost"
    # Its process was told to stop, and somebody else goes on.
    HANDED_BACK = "handed_back"
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


# The percentage with which each stage of an attempt begins.
STARTS_AT: dict[ShownStage, int] = {
    ShownStage.VALIDATING: 0,
    ShownStage.PARSING: 10,
    ShownStage.ANALYSING: 30,
    ShownStage.SIMPLIFYING: 50,
    ShownStage.SAVING: 60,
    ShownStage.FINISHING: 90,
}
DONE_PERCENT = 100
_AT_LEAST = {
    Stage.SIMPLIFYING: STARTS_AT[ShownStage.SIMPLIFYING],
    Stage.SAVING: STARTS_AT[ShownStage.SAVING],
    Stage.DONE: DONE_PERCENT,
}
_NOT_AT_WORK = {
    Stage.QUEUED: ShownStage.QUEUED,
    Stage.RETRYING: ShownStage.RETRYING,
    Stage.DONE: ShownStage.DONE,
}


def stage_at(percent: int) -> Stage:
    """The stage of an upload's row that is worked on and has come so far."""
    if percent >= STARTS_AT[ShownStage.SAVING]:
        return Stage.SAVING
    return Stage.SIMPLIFYING if percent >= STARTS_AT[ShownStage.SIMPLIFYING] else Stage.PARSING


def percent_of(stage: Stage, percent: int) -> int:
    """How far an upload has come; the version before did not write it into the row."""
    return max(percent, _AT_LEAST.get(stage, 0))


def shown_stage(stage: Stage, percent: int) -> ShownStage:
    """What people read of an upload whose row has this stage and percentage."""
    if stage in _NOT_AT_WORK:
        return _NOT_AT_WORK[stage]
    reached = percent_of(stage, percent)
    return max((begins, shown) for shown, begins in STARTS_AT.items() if begins <= reached)[1]


_MOVES: dict[ProcessingStatus, frozenset[ProcessingStatus]] = {
    ProcessingStatus.PROCESSING: frozenset({ProcessingStatus.COMPLETED, ProcessingStatus.FAILED}),
    ProcessingStatus.FAILED: frozenset({ProcessingStatus.PROCESSING}),
    ProcessingStatus.COMPLETED: frozenset({ProcessingStatus.PROCESSING}),
}


def sources_of(target: ProcessingStatus) -> frozenset[ProcessingStatus]:
    """The statuses from which an upload may move to `target`."""
    return frozenset(source for source, targets in _MOVES.items() if target in targets)
