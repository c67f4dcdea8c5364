"""columns of a CSV, and what a recorder says of the ride"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("gpx_files", sa.Column("mapping", sa.JSON(), nullable=True))
    op.add_column("gpx_files", sa.Column("device_totals", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("gpx_files", "device_totals")
    op.drop_column("gpx_files", "mapping")
