"""between which two numbers the elevation gain lies"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Rides that were analysed before have none until they are analysed again.
    op.add_column("gpx_files", sa.Column("elevation_gain_low", sa.Double(), nullable=True))
    op.add_column("gpx_files", sa.Column("elevation_gain_high", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("gpx_files", "elevation_gain_high")
    op.drop_column("gpx_files", "elevation_gain_low")
