"""How far one attempt at an upload has come: told as it happens, and noted in its row."""

from collections.abc import Callable

from src.errors import ErrorCode
from src.gpx import Step
from src.services.live.state import UploadState
from src.services.uploads.leases import Lease, Leases
from src.states import STARTS_AT, Outcome, ProcessingStatus, ShownStage

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
        self.tell(lease.progress)

    def tell(self, percent: int) -> None:
        """Tell it, and leave the row alone: for what happens within a transaction, or quickly."""
        self._percent = max(percent, self._percent)
        self._tell(UploadState.at_work(self._lease, self._percent))

    async def reach(self, stage: ShownStage) -> None:
        """Tell that a stage begins, and note it; raises `LeaseLostError` if the work is lost."""
        self.tell(STARTS_AT[stage])
        await self._leases.advance(self._lease, self._percent)

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
        self.tell(_AT_STEP[step])
        await self._leases.advance(self._lease, self._percent)
