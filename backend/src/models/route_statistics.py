from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from src.database import utc_now
from src.models.base import Base


class RouteStatistics(Base):
    __tablename__ = "route_statistics"

    stats_id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    gpx_file_id: Mapped[UUID] = mapped_column(
        ForeignKey("gpx_files.gpx_file_id", ondelete="CASCADE"), unique=True
    )
    avg_speed_kmh: Mapped[float | None]
    max_speed_kmh: Mapped[float | None]
    total_time_minutes: Mapped[float | None]
    moving_time_minutes: Mapped[float | None]
    avg_gradient: Mapped[float | None]
    max_gradient: Mapped[float | None]
    gradient_distribution: Mapped[dict[str, Any] | None]
    top_climbs: Mapped[list[dict[str, Any]]]
    track_name: Mapped[str | None] = mapped_column(String(255))
    waypoints: Mapped[list[dict[str, Any]] | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
