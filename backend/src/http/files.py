"""What every call that takes a file does with it."""

from typing import Annotated
from uuid import UUID

from fastapi import Header

from src.errors import AppError, ErrorCode
from src.gpx import GpxError
from src.gpx.formats.gpx import sniff
from src.http.deps import Services
from src.http.multipart import FileField
from src.models import GpxFile
from src.services.storage import IncomingFile, StoredFile
from src.services.uploads import lookup

EXTENSIONS = (".gpx",)
IdempotencyKeyHeader = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)
]


def file_field(services: Services, name: str, too_large_status: int = 400) -> FileField:
    return FileField(name, EXTENSIONS, services.settings.gpx_max_upload_mb, too_large_status)


async def committed_or_raise(
    services: Services, trip_id: UUID, stored: StoredFile, error: Exception
) -> GpxFile:
    """After a commit that raised: the upload if it is committed all the same, else the error.

    The answer to a commit may be lost, and only the database knows. Where it cannot be asked, the
    file stays.
    """
    if not isinstance(error, AppError):
        committed = await lookup.find_committed(services.db, trip_id, stored.key)
        if committed is not None:
            return committed
    await services.storage.delete(stored.key)
    raise error


def ensure_looks_like_gpx(incoming: IncomingFile) -> None:
    """Refuse at once what its first bytes give away; the rest shows when it is processed."""
    try:
        sniff(incoming.head)
    except GpxError as error:
        raise AppError(ErrorCode.INVALID_GPX_FORMAT, field="file") from error
    if incoming.size == 0:
        raise AppError(ErrorCode.INVALID_GPX_FORMAT, field="file")
