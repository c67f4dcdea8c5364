"""Where an upload is processed: the only place that decides."""

from uuid import UUID

from fastapi import BackgroundTasks

from src.services.background import BackgroundRunner


class Dispatcher:
    """Hands uploads to whoever processes them; today that is always this process."""

    def __init__(self, runner: BackgroundRunner) -> None:
        self._runner = runner

    def dispatch(self, gpx_file_id: UUID, background: BackgroundTasks, *, at_once: bool) -> None:
        """Process after the answer, or `at_once` for a client that waits for the result."""
        if at_once:
            self._runner.start(gpx_file_id)
        background.add_task(self._runner.run, gpx_file_id)

    def redispatch(self, gpx_file_id: UUID) -> None:
        """Process an upload that the recovery found."""
        self._runner.start(gpx_file_id)
