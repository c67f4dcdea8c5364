"""whose stored original is looked at next"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_IN_TURN = [sa.text("coalesce(verify_tried_at, uploaded_at)"), "gpx_file_id"]
_HAS_FAULT = sa.text("original_fault IS NOT NULL")
_HAS_NONE = sa.text("original_fault IS NULL")


def upgrade() -> None:
    op.add_column(
        "gpx_files", sa.Column("verify_tried_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute("UPDATE gpx_files SET verify_tried_at = verified_at WHERE verified_at IS NOT NULL")
    op.create_index(
        "ix_gpx_files_whole_in_turn",
        "gpx_files",
        _IN_TURN,
        postgresql_where=_HAS_NONE,
        sqlite_where=_HAS_NONE,
    )
    # Of the same rows as the one that it replaces, so that they are still counted with it.
    op.create_index(
        "ix_gpx_files_faulty_in_turn",
        "gpx_files",
        _IN_TURN,
        postgresql_where=_HAS_FAULT,
        sqlite_where=_HAS_FAULT,
    )
    op.drop_index("ix_gpx_files_original_fault", "gpx_files")


def downgrade() -> None:
    op.create_index(
        "ix_gpx_files_original_fault",
        "gpx_files",
        ["original_fault"],
        postgresql_where=_HAS_FAULT,
        sqlite_where=_HAS_FAULT,
    )
    for name in ("ix_gpx_files_faulty_in_turn", "ix_gpx_files_whole_in_turn"):
        op.drop_index(name, "gpx_files")
    with op.batch_alter_table("gpx_files", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_column("verify_tried_at")
