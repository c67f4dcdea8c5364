"""How far one attempt at an upload has come: told as it happens, and noted in its row."""

from collections.abc import Callable

from src.errors import ErrorCode
from src.gpx import Step
from src.observability.logs import get_logger
from src.services.live.state import UploadState
from src.services.uploads.leases import Lease, LeaseLostError, Leases
from src.states import (
    STARTS_AT,
    Outcome,
    ProcessingStatus,
    ShownStage,
    shown_stage,
    stage_at,
)

log = get_logger(__name__)
_AT_STEP: dict[str, int] = {
    Step.READING: STARTS_AT[ShownStage.PARSING],
    Step.MEASURING: STARTS_AT[ShownStage.ANALYSING],
    Step.SIMPLIFYING: STARTS_AT[ShownStage.SIMPLIFYING],
}


class Progress:
    """Never goes back, not even where another process had come further with the same attempt."""

    def __init__(self, lease: Lease, leases: Leases, tell: Callable[[UploadState], None]) -> None:
        self._lease = lease
        self._leases = leases
        self._tell = tell
        self._percent = lease.progress
        self.tell(STARTS_AT[ShownStage.VALIDATING])

    def tell(self, percent: int) -> None:
        """Tell it, and leave the row alone: for what happens within a transaction, or quickly."""
        # As it is, also where another process had come further before it died.
        self._lease.stages.enter(shown_stage(stage_at(percent), percent))
        self._percent = max(percent, self._percent)
        self._tell(UploadState.at_work(self._lease, self._percent))

    async def reach(self, stage: ShownStage) -> None:
        """Tell that a stage begins, and note it; raises `LeaseLostError` if the work is lost."""
        await self._reach(STARTS_AT[stage])

    def end(self, outcome: Outcome, code: ErrorCode | None) -> None:
        """Tell how the attempt has ended, if that is for us to tell."""
        now = UploadState.at_work(self._lease, self._percent)
        if outcome is Outcome.COMPLETED:
            self._tell(now.ended(ProcessingStatus.COMPLETED))
        elif outcome is Outcome.FAILED:
            self._tell(now.ended(ProcessingStatus.FAILED, code))
        elif outcome is Outcome.RETRY:
            self._tell(now.retrying(code))

    async def take_step(self, step: str) -> None:
        """The same for a step of the analysis."""
        await self._reach(_AT_STEP[step])

    async def _reach(self, percent: int) -> None:
        self.tell(percent)
        try:
            await self._leases.advance(self._lease, self._percent)
        except LeaseLostError:
            raise
        except Exception:
            # A note that could not be made is no reason to give an analysis up.
            log.exception("progress_not_noted", gpx_file_id=str(self._lease.gpx_file_id))
