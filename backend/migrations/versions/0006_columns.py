"""where a ride's columns lie, and what lists show of a ride"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NEW = {
    "gpx_files": (
        ("sensors", sa.JSON()),
        ("start_time", sa.DateTime(timezone=True)),
        ("start_local", sa.String(40)),
        ("preview", sa.JSON()),
        ("columns_key", sa.String(255)),
    ),
    "route_statistics": (("track_name", sa.String(255)), ("waypoints", sa.JSON())),
}


def upgrade() -> None:
    for table, columns in _NEW.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for table, columns in _NEW.items():
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            for name, _ in columns:
                batch.drop_column(name)
