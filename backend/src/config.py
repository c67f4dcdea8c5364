"""Settings: typed, read from the environment or `.env`, validated once at start."""

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from limits import parse as parse_rate
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from src.broker.redis_address import complete, is_sentinel

VERSION = "0.1.0"
PROJECT_ROOT = Path(__file__).resolve().parents[2]
DATA_FOLDER = PROJECT_ROOT / "data"
DEVELOPMENT_SECRET = "only-for-development-never-in-production"  # noqa: S105 - refused in production
MIN_SECRET_LENGTH = 32
MEBIBYTE = 1024 * 1024
MAX_RETRY_DELAY_S = 600
_HOST = r"[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*(:\d{1,5})?"
_ORIGIN = rf"https?://(\*\.)?{_HOST}"
_BUCKET_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*")


class AppEnv(StrEnum):
    DEVELOPMENT = "development"
    TESTING = "testing"
    STAGING = "staging"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Every setting of the service; each is explained in `.env.example`.

    Raises `pydantic.ValidationError` at construction when a value, or a combination that is
    unsafe in production, is not acceptable.
    """

    model_config = SettingsConfigDict(
        env_file=PROJECT_ROOT / ".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    app_env: AppEnv = AppEnv.DEVELOPMENT
    secret_key: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    access_token_minutes: int = Field(default=15, ge=1, le=24 * 60)
    refresh_token_days: int = Field(default=30, ge=1, le=365)
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ("http://localhost:5173",)

    database_url: str = f"sqlite+aiosqlite:///{DATA_FOLDER / 'contravento.db'}"
    db_pool_size: int = Field(default=10, ge=1, le=100)
    storage_path: Path = DATA_FOLDER / "storage"
    storage_url: str = ""
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_access_key_id: str = ""
    s3_secret_access_key: SecretStr = SecretStr("")

    gpx_max_upload_mb: int = Field(default=50, ge=1, le=500)
    gpx_max_points: int = Field(default=2_000_000, ge=2)
    gpx_max_waypoints: int = Field(default=100_000, ge=0)
    gpx_analysis_memory_mb: int = Field(default=1024, ge=64)
    gpx_analysis_timeout_seconds: float = Field(default=60, gt=0, le=260)
    gpx_async_threshold_mb: float = Field(default=5, ge=0)
    gpx_background_concurrency: int = Field(default=2, ge=1, le=64)
    gpx_lease_seconds: float = Field(default=20, gt=0)
    gpx_heartbeat_seconds: float = Field(default=5, gt=0)
    gpx_recovery_interval_seconds: float = Field(default=5, gt=0)
    # Longer than publishing takes, or what is just being sent is sent twice.
    gpx_redispatch_seconds: float = Field(default=15, gt=0)
    gpx_processing_timeout_seconds: float = Field(default=260, gt=0, le=260)
    gpx_max_deliveries: int = Field(default=6, ge=1)
    gpx_max_retries: int = Field(default=3, ge=0, le=10)
    gpx_retry_base_seconds: float = Field(default=60, gt=0)
    gpx_retry_invalid_files: bool = False
    gpx_failed_retention_days: int = Field(default=30, ge=1, le=3650)
    gpx_run_retention_days: int = Field(default=90, ge=1, le=3650)
    gpx_verify_nightly_mb: int = Field(default=4096, ge=1)

    live_max_sockets: int = Field(default=5_000, ge=1)
    live_max_sockets_per_user: int = Field(default=50, ge=1)
    live_max_sockets_per_address: int = Field(default=200, ge=1)

    celery_enabled: bool | None = None
    celery_rollout_percentage: int = Field(default=100, ge=0, le=100)
    redis_url: str = "redis://localhost:6379/0"
    celery_broker_url: str = ""
    celery_result_backend: str = ""
    worker_alive_file: Path | None = None
    redis_sentinel_master: str = ""
    redis_sentinel_password: SecretStr = SecretStr("")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    metrics_token: SecretStr = SecretStr("")
    worker_metrics_port: int = Field(default=0, ge=0, le=65535)
    sentry_dsn: SecretStr = SecretStr("")
    app_release: str = VERSION
    rate_limit_enabled: bool = True
    rate_limit_auth: str = "30/minute"
    rate_limit_upload: str = "120/hour"
    rate_limit_preview: str = "120/minute"

    web_path: Path = PROJECT_ROOT / "frontend" / "dist"
    map_style_url: str = ""
    map_origins: Annotated[tuple[str, ...], NoDecode] = ()
    map_tiles_path: Path | None = None
    map_assets_path: Path | None = None

    @field_validator("cors_origins", "map_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(
                origin.strip().rstrip("/") for origin in value.split(",") if origin.strip()
            )
        return value

    @field_validator("database_url")
    @classmethod
    def _name_the_async_driver(cls, value: str) -> str:
        try:
            url = make_url(value)
        except ArgumentError as error:
            raise ValueError("not the address of a database") from error
        drivers = {
            "postgres": "postgresql+asyncpg",
            "postgresql": "postgresql+asyncpg",
            "sqlite": "sqlite+aiosqlite",
        }
        return with_password(url.set(drivername=drivers.get(url.drivername, url.drivername)))

    @field_validator("redis_url", "celery_broker_url", "celery_result_backend")
    @classmethod
    def _complete_redis_address(cls, value: str) -> str:
        return complete(value)

    @field_validator("storage_path", "web_path", "map_tiles_path", "map_assets_path")
    @classmethod
    def _from_the_project_root(cls, value: Path | None) -> Path | None:
        return None if value is None else (PROJECT_ROOT / value).resolve()

    @field_validator("storage_url")
    @classmethod
    def _is_a_bucket(cls, value: str) -> str:
        if value and not _BUCKET_URL.fullmatch(value):
            raise ValueError("not the address of a bucket: s3://bucket or s3://bucket/prefix")
        return value

    @field_validator("s3_endpoint")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/?#@\s]+", value):
            raise ValueError("not the address of a server: https://host or https://host:port")
        return value

    @field_validator("map_style_url")
    @classmethod
    def _is_an_address_of_a_style(cls, value: str) -> str:
        # What stands in a policy must not end it.
        if value and not re.fullmatch(rf"(https?://{_HOST}(?=/)|(?=/[^/]))[^\s;,'\"<>\\]+", value):
            raise ValueError("not the address of a style: https://host/path, or /path of ours")
        return value

    @field_validator("map_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if faults := [each for each in value if not re.fullmatch(_ORIGIN, each)]:
            raise ValueError(f"not an origin, https://host or https://*.host: {faults[0]}")
        return value

    @model_validator(mode="after")
    def _credentials_are_a_pair(self) -> Self:
        if bool(self.s3_access_key_id) != bool(self.s3_secret_access_key.get_secret_value()):
            raise ValueError("S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together")
        return self

    @model_validator(mode="after")
    def _lease_outlives_its_heartbeat(self) -> Self:
        if self.gpx_lease_seconds < 2 * self.gpx_heartbeat_seconds:
            raise ValueError("GPX_LEASE_SECONDS must be at least twice GPX_HEARTBEAT_SECONDS")
        return self

    @model_validator(mode="after")
    def _retries_stay_below_the_visibility_timeout(self) -> Self:
        longest_s = self.gpx_retry_base_seconds * 2 ** max(self.gpx_max_retries - 1, 0)
        if longest_s > MAX_RETRY_DELAY_S:
            raise ValueError(
                "GPX_RETRY_BASE_SECONDS x 2^(GPX_MAX_RETRIES - 1) must not exceed "
                f"{MAX_RETRY_DELAY_S} s: longer delays multiply in the broker"
            )
        return self

    @model_validator(mode="after")
    def _sentinels_know_the_master_by_name(self) -> Self:
        uses_sentinels = any(map(is_sentinel, (self.broker_url, self.result_backend_url)))
        if uses_sentinels and not self.redis_sentinel_master:
            raise ValueError("an address sentinel:// needs REDIS_SENTINEL_MASTER")
        return self

    @field_validator("rate_limit_auth", "rate_limit_upload", "rate_limit_preview")
    @classmethod
    def _is_a_rate(cls, value: str) -> str:
        parse_rate(value)
        return value

    @model_validator(mode="after")
    def _production_is_safe(self) -> Self:
        if self.app_env not in {AppEnv.STAGING, AppEnv.PRODUCTION}:
            return self
        faults = []
        secret = self.secret_key.get_secret_value()
        if secret == DEVELOPMENT_SECRET:
            faults.append("SECRET_KEY is the development default")
        elif len(secret) < MIN_SECRET_LENGTH:
            faults.append(f"SECRET_KEY is shorter than {MIN_SECRET_LENGTH} characters")
        if self.is_sqlite:
            faults.append("DATABASE_URL is SQLite: PostgreSQL is required")
        if self.s3_endpoint.startswith("http:"):
            faults.append("S3_ENDPOINT is not encrypted: https is required")
        if any("*" in origin for origin in self.cors_origins):
            faults.append("CORS_ORIGINS has a wildcard")
        if faults:
            raise ValueError(f"refusing to start as {self.app_env}: {'; '.join(faults)}")
        return self

    @property
    def is_sqlite(self) -> bool:
        return make_url(self.database_url).get_backend_name() == "sqlite"

    @property
    def gpx_max_upload_bytes(self) -> int:
        return self.gpx_max_upload_mb * MEBIBYTE

    @property
    def gpx_async_threshold_bytes(self) -> int:
        return int(self.gpx_async_threshold_mb * MEBIBYTE)

    @property
    def gpx_verify_nightly_bytes(self) -> int:
        return self.gpx_verify_nightly_mb * MEBIBYTE

    @property
    def gpx_max_attempts(self) -> int:
        return 1 + self.gpx_max_retries

    @property
    def uses_celery(self) -> bool:
        """Whether large uploads go to Celery; where not said, only deployed services do."""
        if self.celery_enabled is None:
            return self.app_env in {AppEnv.STAGING, AppEnv.PRODUCTION}
        return self.celery_enabled

    @property
    def broker_url(self) -> str:
        return self.celery_broker_url or self.redis_url

    @property
    def result_backend_url(self) -> str:
        return self.celery_result_backend or self.redis_url


def with_password(url: URL) -> str:
    """The address as text with its password in it, which `str(url)` would mask."""
    return url.render_as_string(hide_password=False)


@lru_cache
def get_settings() -> Settings:
    return Settings()
