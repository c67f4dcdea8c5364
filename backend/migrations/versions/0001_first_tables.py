"""first tables"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("full_name", sa.String(length=100), nullable=True),
        sa.Column("photo_url", sa.String(length=500), nullable=True),
        sa.Column("bio", sa.String(length=500), nullable=True),
        sa.Column("location", sa.String(length=100), nullable=True),
        sa.Column("cycling_type", sa.String(length=50), nullable=True),
        sa.Column("profile_visibility", sa.String(length=20), nullable=False),
        sa.Column("trip_visibility", sa.String(length=20), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_username_lower", "users", [sa.text("lower(username)")], unique=True)
    op.create_index("uq_users_email_lower", "users", [sa.text("lower(email)")], unique=True)
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_refresh_tokens_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"])
    op.create_index("ix_refresh_tokens_family_id", "refresh_tokens", ["family_id"])
    op.create_index("ix_refresh_tokens_user_id", "refresh_tokens", ["user_id"])

    op.create_table(
        "trips",
        sa.Column("trip_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "published",
                name="tripstatus",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("distance_km", sa.Double(), nullable=True),
        sa.Column("difficulty", sa.String(length=20), nullable=True),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_trips_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trip_id", name=op.f("pk_trips")),
    )
    op.create_index(
        "ix_trips_status_is_private_published_at",
        "trips",
        ["status", "is_private", "published_at"],
    )
    op.create_index("ix_trips_user_id_created_at", "trips", ["user_id", "created_at"])

    op.create_table(
        "gpx_files",
        sa.Column("gpx_file_id", sa.Uuid(), nullable=False),
        sa.Column("trip_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=255), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "processing_status",
            sa.Enum(
                "processing",
                "completed",
                "failed",
                name="processingstatus",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "queued",
                "parsing",
                "simplifying",
                "saving",
                "retrying",
                "done",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
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
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.Column("upload_version", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=255), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("distance_km", sa.Double(), nullable=True),
        sa.Column("elevation_gain", sa.Double(), nullable=True),
        sa.Column("elevation_loss", sa.Double(), nullable=True),
        sa.Column("max_elevation", sa.Double(), nullable=True),
        sa.Column("min_elevation", sa.Double(), nullable=True),
        sa.Column("has_elevation", sa.Boolean(), nullable=True),
        sa.Column("has_timestamps", sa.Boolean(), nullable=True),
        sa.Column("total_points", sa.Integer(), nullable=True),
        sa.Column("simplified_points", sa.Integer(), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["trip_id"], ["trips.trip_id"], name=op.f("fk_gpx_files_trip_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("gpx_file_id", name=op.f("pk_gpx_files")),
        sa.UniqueConstraint("trip_id", name=op.f("uq_gpx_files_trip_id")),
    )

    op.create_index(
        "ix_gpx_files_processing_status_dispatched_at",
        "gpx_files",
        ["processing_status", "dispatched_at"],
    )
    op.create_table(
        "route_statistics",
        sa.Column("stats_id", sa.Uuid(), nullable=False),
        sa.Column("gpx_file_id", sa.Uuid(), nullable=False),
        sa.Column("avg_speed_kmh", sa.Double(), nullable=True),
        sa.Column("max_speed_kmh", sa.Double(), nullable=True),
        sa.Column("total_time_minutes", sa.Double(), nullable=True),
        sa.Column("moving_time_minutes", sa.Double(), nullable=True),
        sa.Column("avg_gradient", sa.Double(), nullable=True),
        sa.Column("max_gradient", sa.Double(), nullable=True),
        sa.Column("gradient_distribution", sa.JSON(), nullable=True),
        sa.Column("top_climbs", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gpx_file_id"],
            ["gpx_files.gpx_file_id"],
            name=op.f("fk_route_statistics_gpx_file_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("stats_id", name=op.f("pk_route_statistics")),
        sa.UniqueConstraint("gpx_file_id", name=op.f("uq_route_statistics_gpx_file_id")),
    )
    op.create_table(
        "track_points",
        sa.Column("gpx_file_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("elevation", sa.Double(), nullable=True),
        sa.Column("time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("distance_km", sa.Double(), nullable=False),
        sa.Column("gradient", sa.Double(), nullable=True),
        sa.Column("tolerance_m", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["gpx_file_id"],
            ["gpx_files.gpx_file_id"],
            name=op.f("fk_track_points_gpx_file_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("gpx_file_id", "sequence", name=op.f("pk_track_points")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_track_points_gpx_file_id_tolerance_m", "track_points", ["gpx_file_id", "tolerance_m"]
    )


def downgrade() -> None:
    for table in (
        "track_points",
        "route_statistics",
        "gpx_files",
        "trips",
        "refresh_tokens",
        "users",
    ):
        op.drop_table(table)
