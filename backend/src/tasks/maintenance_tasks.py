"""The regular jobs on the workers, one of which the scheduler wakes for each at night."""

import time
from functools import partial
from typing import Any

from celery import Celery, shared_task

from src.config import Settings
from src.database import Database
from src.services.housekeeping.maintenance import Job, Maintenance
from src.services.processing.worker_runtime import current_runtime
from src.services.storage import Storage
from src.services.tracks.columns import KeptColumns
from src.tasks.database_task import DatabaseTask
from src.tasks.probes import probe_parts

# Below the limits of every task; what is left by then, the next night does.
RUN_TIMEOUT_S = 240


def maintenance_of(
    db: Database, storage: Storage, columns: KeptColumns, settings: Settings, app: Celery
) -> Maintenance:
    """The jobs; how broker and workers are is asked through `app`."""
    probe = partial(probe_parts, db, storage, app if settings.uses_celery else None)
    return Maintenance(db, storage, columns, settings, probe)


@shared_task(bind=True, base=DatabaseTask)
async def run_maintenance(self: DatabaseTask, job: str) -> dict[str, Any]:
    """Do one of `Job`; returns what its report says.

    Raises `ValueError` for a job that there is not, and what database and storage raise.
    """
    runtime = current_runtime()
    ends_at = time.monotonic() + RUN_TIMEOUT_S
    maintenance = maintenance_of(
        runtime.db, runtime.storage, runtime.pipeline.columns, runtime.settings, self.app
    )
    report = await maintenance.run(Job(job), may_go_on=lambda: time.monotonic() < ends_at)
    return report.as_dict()
