"""What went wrong with an upload, as one of the error codes: which of them are worth a retry."""

import asyncpg
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from src.errors import AppError, ErrorCode
from src.gpx import errors as gpx
from src.services.analysis import AnalysisDiedError, AnalysisMemoryError, AnalysisTimeoutError
from src.services.storage import StorageUnavailableError


class ProcessingFailedError(Exception):
    """The upload has failed for good; its row says why."""


class PassingTroubleError(Exception):
    """The attempt failed, and another one may succeed."""


_CODES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], ErrorCode], ...] = (
    (gpx.DtdRefusedError, ErrorCode.DTD_REFUSED),
    (gpx.NoUsablePointsError, ErrorCode.NO_USABLE_POINTS),
    (gpx.TooManyPointsError, ErrorCode.TOO_MANY_POINTS),
    (gpx.GpxError, ErrorCode.INVALID_GPX_FORMAT),
    (AnalysisMemoryError, ErrorCode.ANALYSIS_TOO_LARGE),
    (AnalysisTimeoutError, ErrorCode.PROCESSING_TIMEOUT),
    (AnalysisDiedError, ErrorCode.OUT_OF_MEMORY),
    (StorageUnavailableError, ErrorCode.STORAGE_UNAVAILABLE),
    # What the database says of our statements and values will not change by itself.
    ((DataError, IntegrityError, ProgrammingError), ErrorCode.INTERNAL_ERROR),
    (
        # The driver's own errors come from COPY, which goes past SQLAlchemy.
        (DBAPIError, PoolTimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError),
        ErrorCode.DATABASE_UNAVAILABLE,
    ),
    (SoftTimeLimitExceeded, ErrorCode.PROCESSING_TIMEOUT),
    # Storage has told its own: what is left comes from the connection to the database.
    (OSError, ErrorCode.DATABASE_UNAVAILABLE),
    (MemoryError, ErrorCode.OUT_OF_MEMORY),
)


def error_code_of(error: BaseException) -> ErrorCode:
    """The code for any exception of the pipeline; what nobody foresaw is `INTERNAL_ERROR`."""
    if isinstance(error, AppError):
        return error.code
    return next(
        (code for kinds, code in _CODES if isinstance(error, kinds)), ErrorCode.INTERNAL_ERROR
    )
