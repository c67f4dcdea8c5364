from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from src.models.base import Base, text_enum
from src.states import Mode, Outcome

MOST_ID_CHARACTERS = 64


class ProcessingRun(Base):
    """One attempt at an upload: who made it, how it ended, and what it replaced.

    `version` is the upload's version, `fence` that of the attempt's lease, `worker` the lease's
    holder. `finished_at` and `outcome` are None while it runs. `points_before` and `points_after`
    are stored points of the track, and the period is that of the recording: all None unless the
    attempt completed. `seconds` has the durations by stage.
    """

    __tablename__ = "processing_runs"

    run_id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    gpx_file_id: Mapped[UUID] = mapped_column(
        ForeignKey("gpx_files.gpx_file_id", ondelete="CASCADE")
    )
    version: Mapped[int]
    attempt: Mapped[int]
    fence: Mapped[int] = mapped_column(BigInteger)
    mode: Mapped[Mode] = mapped_column(text_enum(Mode))
    worker: Mapped[str] = mapped_column(String(255))
    task_id: Mapped[str | None] = mapped_column(String(MOST_ID_CHARACTERS))
    request_id: Mapped[str | None] = mapped_column(String(MOST_ID_CHARACTERS))

    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(text_enum(Outcome))
    error_code: Mapped[str | None] = mapped_column(String(40))

    points_before: Mapped[int | None]
    points_after: Mapped[int | None]
    period_start: Mapped[datetime | None]
    period_end: Mapped[datetime | None]
    seconds: Mapped[dict[str, Any]] = mapped_column(default=dict)

    # One row for each lease, and the newest of an upload's without sorting.
    __table_args__ = (UniqueConstraint("gpx_file_id", "fence"),)
