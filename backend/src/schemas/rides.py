from collections.abc import Mapping
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from src.gpx.model import FloatArray
from src.gpx.statistics.stretches import Stretch
from src.models import GpxFile
from src.schemas.gpx import SensorOut
from src.schemas.numbers import (
    COLUMN_DECIMALS,
    Kilometres,
    KilometresPerHour,
    Metres,
    Minutes,
    Percent,
)
from src.services.tracks.series import Series


class SeriesOut(BaseModel):
    """A ride, or a part of it, as columns of `samples` values; null where nothing is known."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "gpx_file_id": "7f1ee69f-1ed3-495f-a179-d8fa33f8e1e1",
                "total_points": 7000,
                "samples": 3,
                "from_km": 0.0,
                "to_km": 45.654,
                "columns": {
                    "distance_km": [0.0, 20.0151, 45.65412],
                    "elevation": [112.4, 687.0, 112.9],
                    "gradient": [0.4, 7.25, None],
                },
            }
        }
    )

    gpx_file_id: UUID
    total_points: int
    samples: int
    from_km: Kilometres
    to_km: Kilometres
    columns: dict[str, list[float | None]]

    @classmethod
    def of(cls, upload: GpxFile, series: Series) -> Self:
        """Without the columns, which are too long to be validated; see `shown`."""
        return cls(
            gpx_file_id=upload.gpx_file_id,
            total_points=series.total_points,
            samples=series.samples,
            from_km=series.from_km,
            to_km=series.to_km,
            columns={},
        )

    @staticmethod
    def shown(columns: Mapping[str, FloatArray]) -> dict[str, list[float]]:
        """The columns as numbers no longer than their precision; NaN is null in JSON."""
        return {
            name: (column.round(COLUMN_DECIMALS[name]) + 0.0).tolist()
            for name, column in columns.items()
        }


class StretchOut(BaseModel):
    """What lies between two places of a ride; null where the file has not what it takes."""

    model_config = ConfigDict(from_attributes=True)

    from_km: Kilometres
    to_km: Kilometres
    distance_km: Kilometres
    elevation_gain: Metres | None
    elevation_loss: Metres | None
    avg_gradient: Percent | None
    max_gradient: Percent | None
    total_time_minutes: Minutes | None
    moving_time_minutes: Minutes | None
    avg_speed_kmh: KilometresPerHour | None
    max_speed_kmh: KilometresPerHour | None
    sensors: dict[str, SensorOut]

    @classmethod
    def of(cls, stretch: Stretch) -> Self:
        return cls.model_validate(stretch)
