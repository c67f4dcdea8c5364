"""What is told of an upload, and how it travels from one process to another."""

from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

import orjson

from src.errors import ErrorCode
from src.models import GpxFile
from src.services.uploads.leases import Lease
from src.states import (
    DONE_PERCENT,
    ProcessingStatus,
    ShownStage,
    percent_of,
    shown_stage,
    stage_at,
)


@dataclass(frozen=True, slots=True)
class UploadState:
    """Where an upload is on its way; `progress` in percent."""

    gpx_file_id: UUID
    version: int
    attempt: int
    status: ProcessingStatus
    stage: ShownStage
    progress: int
    error_code: ErrorCode | None = None

    @classmethod
    def of(cls, upload: GpxFile) -> Self:
        """As the row tells it; it needs the columns of `COLUMNS` only."""
        return cls(
            upload.gpx_file_id,
            upload.upload_version,
            upload.attempt,
            upload.processing_status,
            shown_stage(upload.stage, upload.progress),
            percent_of(upload.stage, upload.progress),
            ErrorCode(upload.error_code) if upload.error_code else None,
        )

    @classmethod
    def at_work(cls, lease: Lease, percent: int) -> Self:
        return cls(
            lease.gpx_file_id,
            lease.upload_version,
            lease.attempt,
            ProcessingStatus.PROCESSING,
            shown_stage(stage_at(percent), percent),
            percent,
        )

    @property
    def has_ended(self) -> bool:
        return self.status is not ProcessingStatus.PROCESSING

    def ended(self, status: ProcessingStatus, error_code: ErrorCode | None = None) -> Self:
        return replace(
            self,
            status=status,
            stage=ShownStage.DONE,
            progress=DONE_PERCENT,
            error_code=error_code,
        )

    def retrying(self, error_code: ErrorCode | None) -> Self:
        return replace(
            self,
            attempt=self.attempt + 1,
            stage=ShownStage.RETRYING,
            progress=0,
            error_code=error_code,
        )

    def is_news_after(self, other: "UploadState | None") -> bool:
        """Whether it is worth telling to whoever knows the other: nothing ever goes back."""
        if other is None:
            return True
        return self != other and self.place >= other.place

    @property
    def place(self) -> tuple[int, int, bool, int]:
        return self.version, self.attempt, self.has_ended, self.progress

    def to_json(self) -> bytes:
        # The driver of PostgreSQL has an identifier of its own.
        return orjson.dumps(self, default=str)

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Raises `ValueError`, `KeyError` or `TypeError` for what another version has sent."""
        told: dict[str, Any] = orjson.loads(text)
        error_code = told["error_code"]
        return cls(
            UUID(told["gpx_file_id"]),
            int(told["version"]),
            int(told["attempt"]),
            ProcessingStatus(told["status"]),
            ShownStage(told["stage"]),
            int(told["progress"]),
            ErrorCode(error_code) if error_code else None,
        )


COLUMNS = (
    GpxFile.gpx_file_id,
    GpxFile.upload_version,
    GpxFile.attempt,
    GpxFile.processing_status,
    GpxFile.stage,
    GpxFile.progress,
    GpxFile.error_code,
)
