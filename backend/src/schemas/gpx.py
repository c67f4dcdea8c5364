from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from src.errors import ErrorCode, FileReason
from src.gpx import Analysis
from src.gpx.formats.csv_log import Detected
from src.gpx.statistics.device import Reason
from src.models import Base, GpxFile
from src.schemas.numbers import (
    DEVICE_DECIMALS,
    Degrees,
    DeviceValue,
    Kilometres,
    KilometresPerHour,
    Metres,
    Minutes,
    Percent,
    Seconds,
    SensorValue,
    round_to,
)
from src.schemas.presence import ALWAYS_THERE
from src.services.tracks.previews import days_of
from src.services.tracks.suggestions import Difficulty, difficulty_of, suggested_title
from src.services.uploads.failures import failure_message
from src.states import Mode, Outcome, ProcessingStatus, ShownStage, percent_of, shown_stage


class WarningOut(BaseModel):
    kind: str
    count: int
    first_index: int


class Elevations(BaseModel):
    """Metres; null where the file has none."""

    model_config = ConfigDict(from_attributes=True)

    elevation_gain: Metres | None
    elevation_loss: Metres | None
    max_elevation: Metres | None
    min_elevation: Metres | None


class HeadlineNumbers(Elevations):
    """The headline numbers that every answer about an upload has, null until it is completed."""

    distance_km: Kilometres | None
    has_elevation: bool | None
    has_timestamps: bool | None
    total_points: int | None
    simplified_points: int | None


class UploadOut(HeadlineNumbers):
    """The answer to an upload."""

    gpx_file_id: UUID
    trip_id: UUID
    processing_status: ProcessingStatus
    uploaded_at: datetime
    processed_at: datetime | None
    error_message: str | None

    @classmethod
    def of(cls, upload: GpxFile, language: str) -> Self:
        return cls.model_validate(upload_fields(columns_of(upload), language))


class LinePreviewOut(BaseModel):
    """A line for a thumbnail.

    `polyline` is an encoded polyline with five decimals, `bounds` west, south, east and north; a
    ride across the antimeridian has a west that is greater than its east.
    """

    polyline: str
    bounds: tuple[Degrees, Degrees, Degrees, Degrees]


class SensorOut(BaseModel):
    """What a sensor told on a ride, or on a stretch of it."""

    minimum: SensorValue
    average: SensorValue
    maximum: SensorValue


class SensorsOut(BaseModel):
    """Null where the recording does not carry a sensor."""

    model_config = ALWAYS_THERE

    heart_rate_bpm: SensorOut | None = None
    cadence_rpm: SensorOut | None = None
    power_w: SensorOut | None = None
    temperature_c: SensorOut | None = None


class DeviceDifferenceOut(BaseModel):
    """A number that the recorder and we do not agree on, with the likeliest reason."""

    number: Literal[
        "distance_km",
        "elevation_gain",
        "elevation_loss",
        "total_time_minutes",
        "moving_time_minutes",
        "avg_speed_kmh",
        "max_speed_kmh",
    ]
    ours: DeviceValue
    theirs: DeviceValue
    reason: Reason

    @model_validator(mode="after")
    def _as_shown(self) -> Self:
        decimals = DEVICE_DECIMALS[self.number]
        self.ours, self.theirs = round_to(decimals, self.ours), round_to(decimals, self.theirs)
        return self


class DeviceTotalsOut(BaseModel):
    """What the recorder itself says of the ride; null where it does not say.

    `moving_time_minutes` is how long its timer ran. `differences` are the numbers that differ from
    ours by more than a hundredth, with the likeliest reason; none of them means that one is wrong.
    """

    model_config = ALWAYS_THERE

    distance_km: Kilometres | None = None
    elevation_gain: Metres | None = None
    elevation_loss: Metres | None = None
    total_time_minutes: Minutes | None = None
    moving_time_minutes: Minutes | None = None
    avg_speed_kmh: KilometresPerHour | None = None
    max_speed_kmh: KilometresPerHour | None = None
    device: str | None = None
    differences: list[DeviceDifferenceOut] = []


class ListedGpxOut(UploadOut):
    """The upload of a trip in a list.

    `start_time` is in UTC, `start_local` the wall clock where the ride began, with its offset.
    `device_totals` is what the recorder itself says of the ride, which only FIT and TCX files tell.
    """

    model_config = ALWAYS_THERE

    file_name: str
    file_size: int
    error_code: ErrorCode | None
    warnings: list[WarningOut] | None
    sensors: SensorsOut | None
    start_time: datetime | None
    start_local: str | None
    preview: LinePreviewOut | None
    device_totals: DeviceTotalsOut | None = None


class GpxMetadataOut(ListedGpxOut):
    """The upload of a trip.

    As in a list, and between which two numbers the elevation gain lies in 90 of 100 rides: both
    null where that is not known.
    """

    elevation_gain_low: Metres | None
    elevation_gain_high: Metres | None


class UploadStateOut(BaseModel):
    """Where the upload of a trip is on its way, as its owner sees it; `progress` in percent."""

    gpx_file_id: UUID
    file_name: str
    file_size: int
    processing_status: ProcessingStatus
    stage: ShownStage
    progress: int
    error_code: ErrorCode | None
    error_reason: FileReason | None
    error_message: str | None
    uploaded_at: datetime


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
                "error_reason": None,
                "stage": "done",
                "progress": 100,
                "attempt": 1,
                "max_attempts": 4,
                "next_attempt_at": None,
                "mode": "background",
                "elevation_gain_low": 489.3,
                "elevation_gain_high": 523.8,
            }
        }
    )

    gpx_file_id: UUID
    processing_status: ProcessingStatus
    distance_km: Kilometres | None
    elevation_gain: Metres | None
    total_points: int | None
    simplified_points: int | None
    uploaded_at: datetime
    processed_at: datetime | None
    error_message: str | None
    error_code: ErrorCode | None
    error_reason: FileReason | None
    stage: ShownStage
    progress: int
    attempt: int
    max_attempts: int
    next_attempt_at: datetime | None
    mode: Mode
    elevation_gain_low: Metres | None
    elevation_gain_high: Metres | None

    @classmethod
    def of(cls, upload: GpxFile, language: str, max_attempts: int) -> Self:
        return cls.model_validate(
            upload_fields(columns_of(upload), language) | {"max_attempts": max_attempts}
        )


class RunOut(BaseModel):
    """One attempt at processing an upload, of the file with this `version`.

    `finished_at` and `outcome` are null while it runs; points (of the stored track, before and
    after) and recorded period unless it completed. `seconds` are the durations by stage.
    """

    model_config = ConfigDict(from_attributes=True)

    run_id: UUID
    version: int
    attempt: int
    mode: Mode
    worker: str
    task_id: str | None
    request_id: str | None
    fence: int
    started_at: datetime
    finished_at: datetime | None
    outcome: Outcome | None
    error_code: ErrorCode | None
    points_before: int | None
    points_after: int | None
    period_start: datetime | None
    period_end: datetime | None
    seconds: dict[str, Seconds]


class Coordinate(BaseModel):
    latitude: Degrees
    longitude: Degrees


class PreviewPoint(Coordinate):
    """Degrees, metres, kilometres since the start."""

    elevation: Metres | None
    distance_km: Kilometres


class TrackpointOut(PreviewPoint):
    """A stored point, with the gradient in percent."""

    point_id: UUID
    sequence: int
    gradient: Percent | None
    segment: int


class GradientClassOut(BaseModel):
    distance_km: Kilometres
    percentage: Percent
    uphill_km: Kilometres
    downhill_km: Kilometres


class GradientDistributionOut(BaseModel):
    """Up to 3, 6 and 10 percent, and steeper, up or down."""

    llano: GradientClassOut
    moderado: GradientClassOut
    empinado: GradientClassOut
    muy_empinado: GradientClassOut


class ClimbOut(BaseModel):
    start_km: Kilometres
    end_km: Kilometres
    distance_km: Kilometres
    elevation_gain_m: Metres
    avg_gradient: Percent
    max_gradient: Percent
    category: str | None
    description: str


class WaypointOut(Coordinate):
    """A named place of the file."""

    name: str | None
    elevation: Metres | None


class RouteStatisticsOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    stats_id: UUID
    gpx_file_id: UUID
    avg_speed_kmh: KilometresPerHour | None
    max_speed_kmh: KilometresPerHour | None
    total_time_minutes: Minutes | None
    moving_time_minutes: Minutes | None
    avg_gradient: Percent | None
    max_gradient: Percent | None
    gradient_distribution: GradientDistributionOut | None
    top_climbs: list[ClimbOut]
    created_at: datetime


class TrackOut(BaseModel):
    """The simplified track with the statistics of the whole route.

    `name` is what the file calls it.
    """

    gpx_file_id: UUID
    trip_id: UUID
    name: str | None
    distance_km: Kilometres
    elevation_gain: Metres | None
    elevation_gain_low: Metres | None
    elevation_gain_high: Metres | None
    simplified_points_count: int
    has_elevation: bool
    start_point: Coordinate
    end_point: Coordinate
    waypoints: list[WaypointOut]
    trackpoints: list[TrackpointOut]
    route_statistics: RouteStatisticsOut | None


class TableOut(BaseModel):
    """What a CSV looks like.

    `mapping` gives the header of each column that was recognised, by our keys. `rows` are the
    first ones: a stranger's texts, to be shown as they are.
    """

    mapping: dict[str, str]
    headers: list[str]
    separator: str
    decimal: str
    encoding: str
    time_format: str | None
    rows: list[list[str]]

    @classmethod
    def of(cls, table: Detected) -> Self:
        return cls(
            mapping=dict(table.mapping),
            headers=list(table.headers),
            separator=table.separator,
            decimal=table.decimal_sign,
            encoding=table.encoding,
            time_format=table.time_format,
            rows=[list(row) for row in table.rows],
        )


class PreviewOut(Elevations):
    """What a file says, before anything is stored; `csv` where it is a table."""

    elevation_gain_low: Metres | None
    elevation_gain_high: Metres | None
    distance_km: Kilometres
    has_elevation: bool
    has_timestamps: bool
    start_date: date | None
    end_date: date | None
    total_time_minutes: Minutes | None
    moving_time_minutes: Minutes | None
    difficulty: Difficulty
    suggested_title: str
    trackpoints: list[PreviewPoint]
    csv: TableOut | None

    @classmethod
    def of(cls, analysis: Analysis, file_name: str, table: Detected | None) -> Self:
        """Without the line, which is too long to be made of models."""
        start_date, end_date = days_of(analysis)
        return cls(
            **_elevations(analysis),
            elevation_gain_low=analysis.elevation_gain_low,
            elevation_gain_high=analysis.elevation_gain_high,
            distance_km=analysis.distance_km,
            has_elevation=analysis.has_elevation,
            has_timestamps=analysis.has_timestamps,
            start_date=start_date,
            end_date=end_date,
            total_time_minutes=analysis.statistics.total_time_minutes,
            moving_time_minutes=analysis.statistics.moving_time_minutes,
            difficulty=difficulty_of(analysis.distance_km, analysis.elevation_gain),
            suggested_title=suggested_title(analysis.name, file_name),
            trackpoints=[],
            csv=None if table is None else TableOut.of(table),
        )


class WizardGpxOut(Elevations):
    gpx_file_id: UUID
    total_distance_km: Kilometres
    has_elevation: bool
    difficulty: Difficulty | None

    @classmethod
    def of(cls, upload: GpxFile, analysis: Analysis, difficulty: str | None) -> Self:
        return cls(
            **_elevations(analysis),
            gpx_file_id=upload.gpx_file_id,
            total_distance_km=analysis.distance_km,
            has_elevation=analysis.has_elevation,
            difficulty=Difficulty(difficulty) if difficulty else None,
        )


def _elevations(analysis: Analysis) -> dict[str, Any]:
    return {name: getattr(analysis, name) for name in Elevations.model_fields}


def columns_of(row: Base) -> dict[str, Any]:
    """A row as its columns by their names."""
    return {name: getattr(row, name) for name in row.__table__.columns.keys()}  # noqa: SIM118


def upload_fields(columns: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The columns of an upload, with how far it has come and what was wrong as people see it."""
    code, refusal = columns["error_code"], columns["refusal"]
    text = failure_message(ErrorCode(code), refusal, language) if code else None
    return {
        **columns,
        "stage": shown_stage(columns["stage"], columns["progress"]),
        "progress": percent_of(columns["stage"], columns["progress"]),
        "error_message": text,
        "error_reason": refusal and refusal["reason"],
    }
