"""What went wrong with an upload, as one of the error codes: which of them are worth a retry."""

import errno
from collections.abc import Mapping
from typing import Any
from xml.parsers.expat import errors as expat

import asyncpg
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from src.database import DatabaseUnavailableError
from src.errors import AppError, ErrorCode, FileReason, UnreadableFileError, message
from src.gpx import errors as gpx
from src.services.analysis.errors import (
    AnalysisDiedError,
    AnalysisMemoryError,
    AnalysisTimeoutError,
)
from src.services.storage import StorageUnavailableError


class ProcessingFailedError(Exception):
    """The upload has failed for good; its row says why."""


class PassingTroubleError(Exception):
    """The attempt failed, and another one may succeed."""


# The driver's own errors come from COPY, which goes past SQLAlchemy. A connection that breaks where
# nobody says whose it was is the database's: storage tells of its own, and there is no third.
DATABASE_FAILURES = (
    DatabaseUnavailableError,
    DBAPIError,
    PoolTimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    ConnectionError,
    TimeoutError,
)
# What the whole machine has run out of: memory, processes, open files.
_EXHAUSTED = frozenset({errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE})
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
    (DATABASE_FAILURES, ErrorCode.DATABASE_UNAVAILABLE),
    (SoftTimeLimitExceeded, ErrorCode.PROCESSING_TIMEOUT),
    (MemoryError, ErrorCode.OUT_OF_MEMORY),
    # What is left of the system's errors is of this machine's disk.
    (OSError, ErrorCode.STORAGE_UNAVAILABLE),
)


def error_code_of(error: BaseException) -> ErrorCode:
    """The code for any exception of the pipeline; what nobody foresaw is `INTERNAL_ERROR`."""
    if isinstance(error, AppError):
        return error.code
    if isinstance(error, OSError) and error.errno in _EXHAUSTED:
        return ErrorCode.OUT_OF_MEMORY
    return next(
        (code for kinds, code in _CODES if isinstance(error, kinds)), ErrorCode.INTERNAL_ERROR
    )


# Characters of a text that is told.
_SHOWN = 80
_REASONS: tuple[tuple[type[gpx.GpxError], FileReason], ...] = (
    (gpx.TooMuchMarkupError, FileReason.TOO_MUCH_MARKUP),
    (gpx.DtdRefusedError, FileReason.DTD),
    (gpx.NotGpxError, FileReason.OTHER_FORMAT),
    (gpx.UnknownFormatError, FileReason.OTHER_FORMAT),
    (gpx.TooManyMessagesError, FileReason.TOO_MANY_MESSAGES),
    (gpx.EmptyFileError, FileReason.EMPTY),
    (gpx.NoHeaderError, FileReason.NO_HEADER),
    (gpx.MissingColumnsError, FileReason.MISSING_COLUMNS),
    (gpx.UnusableMappingError, FileReason.UNUSABLE_MAPPING),
    (gpx.AmbiguousDatesError, FileReason.AMBIGUOUS_DATES),
    (gpx.NothingReadableError, FileReason.NOTHING_READABLE),
    (gpx.TooManyColumnsError, FileReason.TOO_MANY_COLUMNS),
    (gpx.RowTooLongError, FileReason.ROW_TOO_LONG),
    (gpx.DamagedArchiveError, FileReason.DAMAGED_ARCHIVE),
    (gpx.EncryptedArchiveError, FileReason.ENCRYPTED_ARCHIVE),
    (gpx.UnsupportedArchiveError, FileReason.UNSUPPORTED_ARCHIVE),
    (gpx.NestedArchiveError, FileReason.NESTED_ARCHIVE),
    (gpx.NoTrackLogError, FileReason.NO_TRACK_LOG),
    (gpx.SeveralTrackLogsError, FileReason.SEVERAL_TRACK_LOGS),
    (gpx.TooManyEntriesError, FileReason.TOO_MANY_ENTRIES),
    (gpx.UnpackedTooLargeError, FileReason.UNPACKED_TOO_LARGE),
    (gpx.NoUsablePointsError, FileReason.TOO_FEW_POINTS),
    (gpx.TooManyPointsError, FileReason.TOO_MANY_POINTS),
    (gpx.TooManyWaypointsError, FileReason.TOO_MANY_WAYPOINTS),
)
# By how the parser's sentence begins, or ours; any other is of XML that is not well-formed.
_XML_REASONS = (
    (expat.XML_ERROR_NO_ELEMENTS, FileReason.CUT_OFF),
    (expat.XML_ERROR_UNCLOSED_TOKEN, FileReason.CUT_OFF),
    (expat.XML_ERROR_UNCLOSED_CDATA_SECTION, FileReason.CUT_OFF),
    (expat.XML_ERROR_PARTIAL_CHAR, FileReason.CUT_OFF),
    (expat.XML_ERROR_TAG_MISMATCH, FileReason.MISMATCHED_TAG),
    (expat.XML_ERROR_UNKNOWN_ENCODING, FileReason.UNKNOWN_ENCODING),
    ("the bytes are not", FileReason.WRONG_ENCODING),
)


def refusal_of(
    error: gpx.GpxError, *, field: str, code: ErrorCode | None = None, table: Any = None
) -> UnreadableFileError:
    """The answer to a file that the engine cannot read, with its reason and line.

    `code` stands for that of the error where a call has one code for all of them; `table` is what
    a table looks like.
    """
    return UnreadableFileError(
        code or error_code_of(error),
        _reason_of(error),
        field=field,
        line=error.line if isinstance(error, gpx.NotXmlError | gpx.RowTooLongError) else None,
        details=_details_of(error),
        table=table,
    )


def refusal_kept(error: BaseException) -> dict[str, Any] | None:
    """Why the engine cannot read a file, as its row keeps it; None for every other trouble."""
    if not isinstance(error, gpx.GpxError):
        return None
    refusal = refusal_of(error, field="file")
    return {"reason": refusal.reason, "line": refusal.line, "details": refusal.details}


def failure_message(code: ErrorCode, refusal: Mapping[str, Any] | None, language: str) -> str:
    """The sentence of a failure; `refusal` is what `refusal_kept` gave of the same error."""
    if refusal is None:
        return message(code, language)
    why = {"line": refusal["line"], "details": refusal["details"]}
    error = UnreadableFileError(code, FileReason(refusal["reason"]), field="file", **why)
    return error.message(language)


def _details_of(error: gpx.GpxError) -> dict[str, Any] | None:
    """What a reason is about; texts of the file or the client are cut to what can be shown."""
    match error:
        case gpx.MissingColumnsError():
            return {"missing": list(error.missing)}
        case gpx.UnusableMappingError():
            return {
                "key": error.key[:_SHOWN],
                "header": error.header[:_SHOWN],
                "why": error.reason,
            }
        case gpx.AmbiguousDatesError():
            return {
                "key": error.key,
                "header": error.header[:_SHOWN],
                "example": error.example[:_SHOWN],
            }
        case gpx.NothingReadableError():
            return {"rows": [{"line": line, "why": why} for line, why in error.rows]}
        case gpx.SeveralTrackLogsError():
            return {"count": error.count}
    return None


def _reason_of(error: gpx.GpxError) -> FileReason:
    of_kind = next((reason for kind, reason in _REASONS if isinstance(error, kind)), None)
    if of_kind is not None:
        return of_kind
    if isinstance(error, gpx.NotXmlError):
        return next(
            (reason for text, reason in _XML_REASONS if error.reason.startswith(text)),
            FileReason.NOT_WELL_FORMED,
        )
    return FileReason.UNREADABLE
