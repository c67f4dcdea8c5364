from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from src.config import PROJECT_ROOT, AppEnv, Settings

SAFE: dict[str, Any] = {
    "secret_key": "0123456789abcdef0123456789abcdef",
    "database_url": "postgresql://contravento:p%40ss@db/contravento",
    "cors_origins": "https://contravento.example",
}
DEPLOYED = [AppEnv.STAGING, AppEnv.PRODUCTION]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def refusal(**values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        settings(**values)
    return str(caught.value)


@pytest.mark.parametrize("app_env", DEPLOYED)
def test_a_deployed_service_starts_with_safe_settings(app_env: AppEnv) -> None:
    assert settings(app_env=app_env, **SAFE).app_env is app_env


@pytest.mark.parametrize("app_env", DEPLOYED)
@pytest.mark.parametrize(
    ("unsafe", "complaint"),
    [
        ({"secret_key": Settings.model_fields["secret_key"].default}, "SECRET_KEY"),
        ({"secret_key": "x" * 31}, "SECRET_KEY"),
        ({"secret_key": "x"}, "SECRET_KEY"),
        ({"database_url": "sqlite:////srv/app.db"}, "DATABASE_URL"),
        ({"database_url": "sqlite+aiosqlite:////srv/app.db"}, "DATABASE_URL"),
        ({"cors_origins": "*"}, "CORS_ORIGINS"),
        ({"cors_origins": "https://contravento.example,*"}, "CORS_ORIGINS"),
        ({"cors_origins": "https://*.contravento.example"}, "CORS_ORIGINS"),
        ({"s3_endpoint": "http://storage.internal:9000"}, "S3_ENDPOINT"),
    ],
)
def test_a_deployed_service_refuses_to_start_with(
    app_env: AppEnv, unsafe: dict[str, Any], complaint: str
) -> None:
    assert complaint in refusal(app_env=app_env, **SAFE | unsafe)


def test_every_unsafe_setting_is_told_at_once() -> None:
    text = refusal(app_env="production", cors_origins="*")
    assert all(name in text for name in ("SECRET_KEY", "DATABASE_URL", "CORS_ORIGINS"))


@pytest.mark.parametrize("app_env", [AppEnv.DEVELOPMENT, AppEnv.TESTING])
def test_a_developer_needs_no_settings_at_all(app_env: AppEnv) -> None:
    assert settings(app_env=app_env).is_sqlite


def test_the_secret_is_not_shown_when_settings_are_printed() -> None:
    assert SAFE["secret_key"] not in repr(settings(**SAFE))


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@db/x", "postgresql+asyncpg://u:p@db/x"),
        ("postgresql://u:p@db:5433/x", "postgresql+asyncpg://u:p@db:5433/x"),
        ("postgresql+asyncpg://u:p@db/x", "postgresql+asyncpg://u:p@db/x"),
        ("postgresql://u:p%40ss%2Fw@db/x", "postgresql+asyncpg://u:p%40ss%2Fw@db/x"),
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("sqlite+aiosqlite:////srv/x.db", "sqlite+aiosqlite:////srv/x.db"),
    ],
)
def test_a_database_address_gets_its_async_driver_and_keeps_its_password(
    given: str, used: str
) -> None:
    assert settings(database_url=given).database_url == used


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://a.example", ("https://a.example",)),
        ("https://a.example/", ("https://a.example",)),
        (
            " https://a.example , http://b.example:8080 ",
            ("https://a.example", "http://b.example:8080"),
        ),
        ("https://a.example,,", ("https://a.example",)),
    ],
)
def test_origins_are_a_list_with_commas(
    given: str, used: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", given)
    assert settings().cors_origins == used


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPX_MAX_UPLOAD_MB", "")
    monkeypatch.setenv("CELERY_ENABLED", "")
    assert settings().gpx_max_upload_mb == 50
    assert settings().celery_enabled is None


@pytest.mark.parametrize(
    ("app_env", "celery_enabled", "uses_celery"),
    [
        ("development", None, False),
        ("testing", None, False),
        ("staging", None, True),
        ("production", None, True),
        ("development", True, True),
        ("testing", True, True),
        ("staging", False, False),
        ("production", False, False),
    ],
)
def test_celery_is_for_deployed_services_unless_it_is_said(
    app_env: str, celery_enabled: bool | None, uses_celery: bool
) -> None:
    chosen = settings(app_env=app_env, celery_enabled=celery_enabled, **SAFE)
    assert chosen.uses_celery is uses_celery


def test_broker_and_results_are_redis_unless_they_are_said() -> None:
    chosen = settings(redis_url="redis://r/1")
    assert (chosen.broker_url, chosen.result_backend_url) == ("redis://r/1", "redis://r/1")
    chosen = settings(celery_broker_url="redis://b/2", celery_result_backend="redis://c/3")
    assert (chosen.broker_url, chosen.result_backend_url) == ("redis://b/2", "redis://c/3")


def test_a_lease_must_outlive_two_heartbeats() -> None:
    assert settings(gpx_lease_seconds=30, gpx_heartbeat_seconds=15).gpx_lease_seconds == 30
    text = refusal(gpx_lease_seconds=29.9, gpx_heartbeat_seconds=15)
    assert "GPX_LEASE_SECONDS" in text


@pytest.mark.parametrize(
    "values",
    [
        {"gpx_max_upload_mb": 0},
        {"gpx_max_points": 1},
        {"gpx_lease_seconds": 0},
        {"celery_rollout_percentage": 101},
        {"celery_rollout_percentage": -1},
        {"access_token_minutes": 0},
        {"log_level": "LOUD"},
        {"app_env": "prod"},
    ],
    ids=str,
)
def test_a_value_out_of_its_range_is_refused_by_name(values: dict[str, Any]) -> None:
    assert next(iter(values)) in refusal(**values)


def test_sizes_are_told_in_bytes() -> None:
    chosen = settings(gpx_max_upload_mb=50, gpx_async_threshold_mb=0.5)
    assert chosen.gpx_max_upload_bytes == 52_428_800
    assert chosen.gpx_async_threshold_bytes == 524_288


def test_the_first_attempt_counts_beside_the_retries() -> None:
    assert settings(gpx_max_retries=3).gpx_max_attempts == 4


def test_a_relative_storage_folder_starts_at_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings(storage_path="data/files").storage_path == PROJECT_ROOT / "data" / "files"
    assert settings(storage_path=tmp_path / "files").storage_path == tmp_path / "files"


@pytest.mark.parametrize(
    "storage_url", ["", "s3://rides", "s3://rides.example/files", "s3://rides-1/a/b_c.d"]
)
def test_the_address_of_a_bucket_may_have_a_prefix(storage_url: str) -> None:
    assert settings(storage_url=storage_url).storage_url == storage_url


@pytest.mark.parametrize(
    "storage_url",
    ["rides", "s3:/rides", "s3://", "s3://Rides", "s3://rides/", "s3://a:b@rides", "gs://rides"],
)
def test_what_is_no_address_of_a_bucket_is_refused(storage_url: str) -> None:
    assert "s3://bucket/prefix" in refusal(storage_url=storage_url)


@pytest.mark.parametrize(
    "s3_endpoint",
    ["storage:9000", "https://storage/bucket", "https://key:secret@storage", "ftp://x"],
)
def test_an_s3_server_is_named_by_scheme_and_host_alone(s3_endpoint: str) -> None:
    assert "https://host" in refusal(s3_endpoint=s3_endpoint)


def test_a_developer_may_use_an_s3_server_without_encryption() -> None:
    assert settings(s3_endpoint="http://localhost:9000").s3_endpoint == "http://localhost:9000"


def test_key_and_secret_of_a_bucket_go_together() -> None:
    for half in ({"s3_access_key_id": "key"}, {"s3_secret_access_key": "a secret"}):
        assert "S3_ACCESS_KEY_ID" in refusal(**half)
    both = settings(s3_access_key_id="key", s3_secret_access_key="a secret")
    assert "a secret" not in repr(both)


def test_settings_do_not_change_while_the_service_runs() -> None:
    with pytest.raises(ValidationError):
        settings().gpx_max_upload_mb = 500  # type: ignore[misc]


def test_a_refusal_shows_neither_the_secret_nor_the_password() -> None:
    text = refusal(
        app_env="production",
        secret_key="short-and-secret",
        database_url="postgresql://contravento:hunter2@db/contravento",
    )
    assert "SECRET_KEY" in text
    assert "short-and-secret" not in text
    assert "hunter2" not in text


def test_something_that_is_no_database_address_is_an_invalid_setting() -> None:
    assert "database_url" in refusal(database_url="not an address")


def test_sentinels_need_the_name_of_their_master() -> None:
    url = "sentinel://one:26379;sentinel://two:26379"
    for name in ("redis_url", "celery_broker_url", "celery_result_backend"):
        with pytest.raises(ValidationError, match="REDIS_SENTINEL_MASTER"):
            settings(**{name: url})
        chosen = settings(**{name: url}, redis_sentinel_master="gpx")
        assert getattr(chosen, name) == "sentinel://one:26379/0;sentinel://two:26379/0"
