"""a row for each attempt at an upload, and what it replaced"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "processing_runs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("gpx_file_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "background",
                "celery",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("worker", sa.String(length=255), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "completed",
                "failed",
                "retry",
                "abandoned",
                "lost",
                "handed_back",
                "nothing_to_do",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.Column("points_before", sa.Integer(), nullable=True),
        sa.Column("points_after", sa.Integer(), nullable=True),
        sa.Column("period_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gpx_file_id"],
            ["gpx_files.gpx_file_id"],
            name="fk_processing_runs_gpx_file_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", name="pk_processing_runs"),
        sa.UniqueConstraint("gpx_file_id", "fence", name="uq_processing_runs_gpx_file_id_fence"),
    )
    op.create_index("ix_processing_runs_started_at", "processing_runs", ["started_at"])


def downgrade() -> None:
    op.drop_table("processing_runs")
