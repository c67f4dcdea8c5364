from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from src.database import utc_now
from src.models.base import Base, text_enum
from src.models.gpx_file import GpxFile
from src.models.user import User
from src.states import TripStatus


class Trip(Base):
    __tablename__ = "trips"

    trip_id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    status: Mapped[TripStatus] = mapped_column(text_enum(TripStatus), default=TripStatus.DRAFT)
    start_date: Mapped[date]
    end_date: Mapped[date | None]
    distance_km: Mapped[float | None]
    difficulty: Mapped[str | None] = mapped_column(String(20))
    is_private: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    published_at: Mapped[datetime | None]

    author: Mapped[User] = relationship(lazy="raise")
    gpx_file: Mapped[GpxFile | None] = relationship(
        lazy="raise", back_populates="trip", passive_deletes=True
    )

    __table_args__ = (
        Index("ix_trips_user_id_created_at", "user_id", "created_at"),
        Index("ix_trips_user_id_start_date_created_at", "user_id", "start_date", "created_at"),
        Index("ix_trips_status_is_private_published_at", "status", "is_private", "published_at"),
    )
