from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, String, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from src.database import utc_now
from src.models.base import Base, text_enum
from src.models.headline import Headline
from src.states import Mode, OriginalFault, Priority, ProcessingStatus, Stage

if TYPE_CHECKING:
    from src.models.trip import Trip


class GpxFile(Headline, Base):
    """An upload, its place in the processing, and the headline numbers once it is completed.

    `upload_version` counts the files that were uploaded under this id. `fence` rises each time
    somebody takes the lease; only the holder of the newest fence may write results. `holder`
    names the process that has the upload in its hands, queued in memory or leased. `queued_at` is
    when this version was to be processed, `dispatched_at` when somebody was last told so.
    `progress` is a percentage, see `states.percent_of`; within an attempt it never falls.
    `columns_key` is where the columns of the mended recording lie: those of the version before,
    while this one is being processed. `verified_at` is when the stored original was last compared
    with `sha256`, None before the first time, and `original_fault` what was wrong with it then.
    `verify_tried_at` is when that was last tried, also where the original could not be read.
    `refusal` says why a file that had been taken cannot be read (`failures.refusal_kept`).
    `mapping` gives the headers of a CSV's columns by our keys, None to recognise them.
    """

    __tablename__ = "gpx_files"

    gpx_file_id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    trip_id: Mapped[UUID] = mapped_column(
        ForeignKey("trips.trip_id", ondelete="CASCADE"), unique=True
    )
    file_name: Mapped[str] = mapped_column(String(255))
    file_size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any] | None]
    storage_key: Mapped[str] = mapped_column(String(255))
    columns_key: Mapped[str | None] = mapped_column(String(255))
    uploaded_at: Mapped[datetime] = mapped_column(default=utc_now)
    verified_at: Mapped[datetime | None]
    verify_tried_at: Mapped[datetime | None]
    original_fault: Mapped[OriginalFault | None] = mapped_column(text_enum(OriginalFault))
    processed_at: Mapped[datetime | None]

    processing_status: Mapped[ProcessingStatus] = mapped_column(
        text_enum(ProcessingStatus), default=ProcessingStatus.PROCESSING
    )
    stage: Mapped[Stage] = mapped_column(text_enum(Stage), default=Stage.QUEUED)
    progress: Mapped[int] = mapped_column(default=0, server_default="0")
    mode: Mapped[Mode] = mapped_column(text_enum(Mode), default=Mode.BACKGROUND)
    priority: Mapped[Priority] = mapped_column(
        text_enum(Priority), default=Priority.INTERACTIVE, server_default=Priority.INTERACTIVE
    )
    attempt: Mapped[int] = mapped_column(default=1)
    next_attempt_at: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(40))
    refusal: Mapped[dict[str, Any] | None]

    upload_version: Mapped[int] = mapped_column(default=1)
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    deliveries: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None] = mapped_column(String(255))
    lease_expires_at: Mapped[datetime | None]
    queued_at: Mapped[datetime] = mapped_column(default=utc_now)
    dispatched_at: Mapped[datetime] = mapped_column(default=utc_now)

    trip: Mapped["Trip"] = relationship(lazy="raise", back_populates="gpx_file")

    @property
    def stored_keys(self) -> list[str]:
        """Everything that lies in the storage for this upload."""
        return [key for key in (self.storage_key, self.columns_key) if key is not None]

    @hybrid_property
    def looked_at(self) -> datetime:
        """When somebody last looked at the stored original; when it came in counts, too."""
        return self.verify_tried_at or self.uploaded_at

    @looked_at.inplace.expression
    @classmethod
    def _looked_at(cls) -> ColumnElement[datetime]:
        return func.coalesce(cls.verify_tried_at, cls.uploaded_at)

    __table_args__ = (
        Index("ix_gpx_files_processing_status_dispatched_at", "processing_status", "dispatched_at"),
    )


# Whose turn it is, of those without a fault and of those with one. Hardly any upload is in the
# second, and with every scrape they are counted.
Index(
    "ix_gpx_files_whole_in_turn",
    GpxFile.looked_at,
    GpxFile.gpx_file_id,
    postgresql_where=GpxFile.original_fault.is_(None),
    sqlite_where=GpxFile.original_fault.is_(None),
)
Index(
    "ix_gpx_files_faulty_in_turn",
    GpxFile.looked_at,
    GpxFile.gpx_file_id,
    postgresql_where=GpxFile.original_fault.is_not(None),
    sqlite_where=GpxFile.original_fault.is_not(None),
)
