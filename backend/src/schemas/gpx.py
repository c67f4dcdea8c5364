from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from src.errors import ErrorCode, message
from src.models import GpxFile
from src.services.tracks.suggestions import Difficulty
from src.states import PROGRESS_PERCENT, Mode, ProcessingStatus, Stage


class WarningOut(BaseModel):
    kind: str
    count: int
    first_index: int


class UploadNumbers(BaseModel):
    """The headline numbers: kilometres and metres, null until the upload is completed."""

    distance_km: float | None
    elevation_gain: float | None
    elevation_loss: float | None
    max_elevation: float | None
    min_elevation: float | None
    has_elevation: bool | None
    has_timestamps: bool | None
    total_points: int | None
    simplified_points: int | None


class UploadOut(UploadNumbers):
    """The answer to an upload."""

    gpx_file_id: UUID
    trip_id: UUID
    processing_status: ProcessingStatus
    uploaded_at: datetime
    processed_at: datetime | None
    error_message: str | None

    @classmethod
    def of(cls, upload: GpxFile, language: str) -> Self:
        return cls.model_validate(_fields(upload, language))


class GpxMetadataOut(UploadOut):
    """The upload of a trip."""

    file_name: str
    file_size: int
    error_code: ErrorCode | None
    warnings: list[WarningOut] | None


class StatusOut(BaseModel):
    """Where an upload is on its way; `progress` in percent."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "gpx_file_id": "7f1ee69f-1ed3-495f-a179-d8fa33f8e1e1",
                "processing_status": "completed",
                "distance_km": 45.654,
                "elevation_gain": 507.0,
                "total_points": 7000,
                "simplified_points": 264,
                "uploaded_at": "2026-05-01T16:20:44Z",
                "processed_at": "2026-05-01T16:20:45Z",
                "error_message": None,
                "error_code": None,
                "stage": "done",
                "progress": 100,
                "attempt": 1,
                "max_attempts": 4,
                "next_attempt_at": None,
                "mode": "background",
            }
        }
    )

    gpx_file_id: UUID
    processing_status: ProcessingStatus
    distance_km: float | None
    elevation_gain: float | None
    total_points: int | None
    simplified_points: int | None
    uploaded_at: datetime
    processed_at: datetime | None
    error_message: str | None
    error_code: ErrorCode | None
    stage: Stage
    progress: int
    attempt: int
    max_attempts: int
    next_attempt_at: datetime | None
    mode: Mode

    @classmethod
    def of(cls, upload: GpxFile, language: str, max_attempts: int) -> Self:
        return cls.model_validate(
            _fields(upload, language)
            | {"progress": PROGRESS_PERCENT[upload.stage], "max_attempts": max_attempts}
        )


class Coordinate(BaseModel):
    latitude: float
    longitude: float


class TrackpointOut(BaseModel):
    """Degrees, metres, kilometres since the start, gradient in percent."""

    point_id: UUID
    latitude: float
    longitude: float
    elevation: float | None
    distance_km: float
    sequence: int
    gradient: float | None
    segment: int


class GradientClassOut(BaseModel):
    distance_km: float
    percentage: float
    uphill_km: float
    downhill_km: float


class GradientDistributionOut(BaseModel):
    """Up to 3, 6 and 10 percent, and steeper, up or down."""

    llano: GradientClassOut
    moderado: GradientClassOut
    empinado: GradientClassOut
    muy_empinado: GradientClassOut


class ClimbOut(BaseModel):
    start_km: float
    end_km: float
    distance_km: float
    elevation_gain_m: float
    avg_gradient: float
    max_gradient: float
    category: str | None
    description: str


class RouteStatisticsOut(BaseModel):
    stats_id: UUID
    gpx_file_id: UUID
    avg_speed_kmh: float | None
    max_speed_kmh: float | None
    total_time_minutes: float | None
    moving_time_minutes: float | None
    avg_gradient: float | None
    max_gradient: float | None
    gradient_distribution: GradientDistributionOut | None
    top_climbs: list[ClimbOut]
    created_at: datetime


class TrackOut(BaseModel):
    """The simplified track with the statistics of the whole route."""

    gpx_file_id: UUID
    trip_id: UUID
    distance_km: float
    elevation_gain: float | None
    simplified_points_count: int
    has_elevation: bool
    start_point: Coordinate
    end_point: Coordinate
    trackpoints: list[TrackpointOut]
    route_statistics: RouteStatisticsOut | None


class PreviewPoint(BaseModel):
    latitude: float
    longitude: float
    elevation: float | None
    distance_km: float


class PreviewOut(BaseModel):
    """What a file says, before anything is stored."""

    distance_km: float
    elevation_gain: float | None
    elevation_loss: float | None
    max_elevation: float | None
    min_elevation: float | None
    has_elevation: bool
    has_timestamps: bool
    start_date: date | None
    end_date: date | None
    total_time_minutes: float | None
    moving_time_minutes: float | None
    difficulty: Difficulty
    suggested_title: str
    trackpoints: list[PreviewPoint]


def _fields(upload: GpxFile, language: str) -> dict[str, Any]:
    columns = {column.key: getattr(upload, column.key) for column in GpxFile.__table__.columns}
    text = message(ErrorCode(upload.error_code), language) if upload.error_code else None
    return columns | {"error_message": text}
