from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from src.models.base import Base


class SweepMark(Base):
    """What a finished sweep of stored files left here, and in the storage in place of the last."""

    __tablename__ = "sweep_marks"

    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
    made_at: Mapped[datetime]
