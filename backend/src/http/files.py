"""What every call that takes a file does with it."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Header

from src.errors import AppError, ErrorCode, FileReason, UnreadableFileError
from src.gpx import GpxError
from src.gpx.formats.registry import sniff
from src.http.deps import Services
from src.http.multipart import FileField
from src.models import GpxFile
from src.observability.logs import get_logger
from src.services.analysis.executor import EXPRESS_BYTES
from src.services.storage import IncomingFile, StoredFile
from src.services.uploads import lookup
from src.services.uploads.failures import refusal_of
from src.services.uploads.file_names import EXTENSIONS

log = get_logger(__name__)
# Read in a fraction of a second; larger files are read after the answer.
READ_AT_ONCE_BYTES = EXPRESS_BYTES
_READ_WITHIN_S = 5.0
# The answer to an upload does not wait long for other files.
_PATIENCE_S = 0.7
IdempotencyKeyHeader = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)
]


def file_field(services: Services, name: str, too_large_status: int = 400) -> FileField:
    return FileField(name, EXTENSIONS, services.settings.gpx_max_upload_mb, too_large_status)


async def delete_files(services: Services, keys: Iterable[str | None]) -> None:
    """Delete what is stored under the keys, after the commit; what is left is swept away later."""
    for key in keys:
        if key is not None:
            await services.storage.delete(key)


async def committed_or_raise(
    services: Services,
    trip_id: UUID,
    stored: StoredFile,
    error: Exception,
    beside: str | None = None,
) -> GpxFile:
    """After a commit that raised: the upload if it is committed all the same, else the error.

    The answer to a commit may be lost, and only the database knows. Where it cannot be asked, the
    file stays, and what lies `beside` it.
    """
    if not isinstance(error, AppError):
        committed = await lookup.find_committed(services.db, trip_id, stored.key)
        if committed is not None:
            return committed
    await delete_files(services, (stored.key, beside))
    raise error


async def ensure_readable(
    services: Services,
    incoming: IncomingFile,
    *,
    field: str,
    mapping: Mapping[str, str] | None = None,
) -> None:
    """Refuse a file that cannot be read: a small one by all of it, a larger one by its beginning.

    A small file that cannot be read in a moment is taken as it is: what is wrong with it shows when
    it is processed, as for a larger one.
    """
    if incoming.size == 0:
        raise UnreadableFileError(ErrorCode.INVALID_GPX_FORMAT, FileReason.EMPTY, field=field)
    try:
        sniff(incoming.head, mapping=mapping)
    except GpxError as error:
        raise refusal_of(error, field=field, code=ErrorCode.INVALID_GPX_FORMAT) from error
    if incoming.size <= READ_AT_ONCE_BYTES:
        await _read_at_once(services, incoming, field, mapping)


async def _read_at_once(
    services: Services, incoming: IncomingFile, field: str, mapping: Mapping[str, str] | None
) -> None:
    path = await incoming.path()
    async with services.storage.scratch() as columns:
        try:
            async with asyncio.timeout(_READ_WITHIN_S):
                analysis = await services.gpx.parse_gpx_file(
                    path, patience_s=_PATIENCE_S, columns_to=columns, mapping=mapping
                )
            digest = await incoming.sha256()
            await services.gpx.read_ahead.keep(digest, analysis, columns, mapping)
        except GpxError as error:
            raise refusal_of(error, field=field) from error
        except Exception as error:  # noqa: BLE001 - the pipeline meets it again, and knows better
            log.warning("read_later", reason=type(error).__name__, file_size=incoming.size)
