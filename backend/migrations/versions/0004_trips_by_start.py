"""trips by the day on which they began"""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INDEX = "ix_trips_user_id_start_date_created_at"


def upgrade() -> None:
    op.create_index(_INDEX, "trips", ["user_id", "start_date", "created_at"])


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="trips")
