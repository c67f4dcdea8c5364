from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from src.models.base import Base


class TrackPoint(Base):
    """A point of the simplified track.

    `tolerance_m` is the coarsest simplification, in metres, at which the point is still drawn;
    it is infinite for the ends of a segment.
    """

    __tablename__ = "track_points"

    gpx_file_id: Mapped[UUID] = mapped_column(
        ForeignKey("gpx_files.gpx_file_id", ondelete="CASCADE"), primary_key=True
    )
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    segment: Mapped[int]
    latitude: Mapped[float]
    longitude: Mapped[float]
    elevation: Mapped[float | None]
    time: Mapped[datetime | None]
    distance_km: Mapped[float]
    gradient: Mapped[float | None]
    tolerance_m: Mapped[float]

    __table_args__ = (
        Index("ix_track_points_gpx_file_id_tolerance_m", "gpx_file_id", "tolerance_m"),
        {"sqlite_with_rowid": False},
    )
