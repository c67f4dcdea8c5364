"""when each nightly job was last done"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_JOBS = (
    "failed-uploads",
    "expired-tokens",
    "idempotency-keys",
    "runs",
    "orphaned-files",
    "columns",
    "verify-originals",
    "health-report",
)


def upgrade() -> None:
    table = op.create_table(
        "nightly_runs",
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job", name="pk_nightly_runs"),
    )
    # They are waited for from now on, so that one that is never done is missed, too.
    now = datetime.now(UTC)
    op.bulk_insert(table, [{"job": job, "completed_at": now} for job in _JOBS])


def downgrade() -> None:
    op.drop_table("nightly_runs")
