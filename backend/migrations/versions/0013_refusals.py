"""why a file was refused after it had been taken"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("gpx_files", sa.Column("refusal", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("gpx_files", "refusal")
