"""since when an upload waits"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("gpx_files", sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE gpx_files SET queued_at = uploaded_at")
    with op.batch_alter_table("gpx_files", reflect_kwargs={"resolve_fks": False}) as table:
        table.alter_column("queued_at", nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("gpx_files", reflect_kwargs={"resolve_fks": False}) as table:
        table.drop_column("queued_at")
