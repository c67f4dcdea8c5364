from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from src.models.base import Base


class NightlyRun(Base):
    """When a nightly job was last done to its end; at first, since when it is waited for."""

    __tablename__ = "nightly_runs"

    job: Mapped[str] = mapped_column(String(32), primary_key=True)
    completed_at: Mapped[datetime]
