"""The columns of uploads that were completed before there were any, made before somebody waits."""

from collections import Counter
from collections.abc import AsyncGenerator

from sqlalchemy import ColumnElement, and_, func, select, true

from src.database import Database
from src.errors import AppError
from src.models import GpxFile
from src.observability.logs import get_logger
from src.services.housekeeping.sweeps import Sweeper
from src.services.storage import FileMissingError
from src.states import ProcessingStatus

log = get_logger(__name__)
# Each is an analysis, so that whoever stops the job waits for these at most.
BATCH_UPLOADS = 4
_HAS_NONE = and_(
    GpxFile.processing_status == ProcessingStatus.COMPLETED, GpxFile.columns_key.is_(None)
)


async def make_missing_columns(sweeper: Sweeper) -> AsyncGenerator[Counter[str]]:
    """One after another, so that uploads that come in meanwhile have their turn.

    What cannot be made now is counted, and left to the next run; a storage that does not answer
    ends this one.

    Raises:
        StorageUnavailableError: files cannot be read or stored now.
    """
    if sweeper.dry_run:
        async with sweeper.db.read() as session:
            total = await session.scalar(select(func.count()).select_from(GpxFile).where(_HAS_NONE))
        yield Counter(columns=total or 0, not_made=0)
        return
    is_next: ColumnElement[bool] = true()
    is_last = False
    while not is_last:
        uploads = await _without_columns(sweeper.db, is_next)
        made = Counter(columns=0, not_made=0)
        for upload in uploads:
            made[await _made(sweeper, upload)] += 1
            is_next = GpxFile.gpx_file_id > upload.gpx_file_id
        is_last = len(uploads) < BATCH_UPLOADS
        yield made


async def _without_columns(db: Database, is_next: ColumnElement[bool]) -> list[GpxFile]:
    batch = (
        select(GpxFile).where(_HAS_NONE, is_next).order_by(GpxFile.gpx_file_id).limit(BATCH_UPLOADS)
    )
    async with db.read() as session:
        return list(await session.scalars(batch))


async def _made(sweeper: Sweeper, upload: GpxFile) -> str:
    try:
        await sweeper.columns.make(upload)
    except (AppError, FileMissingError) as error:
        log.warning("columns_left_out", gpx_file_id=str(upload.gpx_file_id), reason=str(error))
        return "not_made"
    return "columns"
