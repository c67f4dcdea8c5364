"""What happens to an upload between its commit and the answer."""

from fastapi import BackgroundTasks

from src.http.deps import Services
from src.models import GpxFile
from src.observability import metrics
from src.observability.logs import get_logger
from src.services.processing.dispatch import Publish
from src.services.uploads import lookup

log = get_logger(__name__)


async def send_on_its_way(
    services: Services,
    upload: GpxFile,
    background: BackgroundTasks,
    publish: Publish,
    *,
    wait_s: float = 0,
) -> GpxFile:
    """Dispatch a committed upload, and wait for it where that is wanted; never raises.

    The recovery goes on with what could not be dispatched; an answer of 5xx after the commit would
    only have the client send everything again.
    """
    log.info(
        "upload_accepted",
        gpx_file_id=str(upload.gpx_file_id),
        trip_id=str(upload.trip_id),
        file_size=upload.file_size,
        mode=upload.mode,
    )
    metrics.count_received(upload.mode)
    try:
        await services.dispatcher.dispatch(
            upload, publish=publish, later=background.add_task, at_once=wait_s > 0
        )
        return await lookup.wait_for_end(services.db, upload, wait_s, services.runner.running_task)
    except Exception:
        log.exception("dispatch_failed", gpx_file_id=str(upload.gpx_file_id))
    return upload
