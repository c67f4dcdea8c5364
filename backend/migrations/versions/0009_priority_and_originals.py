"""whose turn comes first, and whether the stored original is what was uploaded"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PRIORITY = sa.Enum(
    "interactive", "bulk", name="priority", native_enum=False, create_constraint=True, length=20
)
_FAULT = sa.Enum(
    "damaged", "missing", name="originalfault", native_enum=False, create_constraint=True, length=20
)
_HAS_FAULT = sa.text("original_fault IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("gpx_files", reflect_kwargs={"resolve_fks": False}) as batch:
        # The version before knows no priority, and somebody waits for all that it does.
        batch.add_column(
            sa.Column("priority", _PRIORITY, server_default="interactive", nullable=False)
        )
        batch.add_column(sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("original_fault", _FAULT, nullable=True))
    op.create_index(
        "ix_gpx_files_original_fault",
        "gpx_files",
        ["original_fault"],
        postgresql_where=_HAS_FAULT,
        sqlite_where=_HAS_FAULT,
    )


def downgrade() -> None:
    op.drop_index("ix_gpx_files_original_fault", "gpx_files")
    with op.batch_alter_table("gpx_files", reflect_kwargs={"resolve_fks": False}) as batch:
        for constraint in ("ck_gpx_files_originalfault", "ck_gpx_files_priority"):
            batch.drop_constraint(op.f(constraint), type_="check")
        for name in ("original_fault", "verified_at", "priority"):
            batch.drop_column(name)
