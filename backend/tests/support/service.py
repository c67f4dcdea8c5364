"""The service: its settings in tests, the API alone, and the whole as a newcomer runs it."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from pydantic import SecretStr

from src.config import PROJECT_ROOT, AppEnv, Settings
from tests.support.servers import free_port, running, wait_for_port
from tests.support.workers import BACKEND, environment

_FOREIGN = (
    "DATABASE_URL",
    "STORAGE_PATH",
    "STORAGE_URL",
    "SECRET_KEY",
    "APP_ENV",
    "CELERY_ENABLED",
)


@contextmanager
def dev_service(
    data: Path, env: Mapping[str, str] | None = None, *, demo: bool = False
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The address and the process of a running service; it is killed when the block ends."""
    port, log = free_port(), data / "service.log"
    data.mkdir(exist_ok=True)
    clean = {name: "" for name in _FOREIGN if name in os.environ}
    settings = {**clean, "DATA_PATH": str(data), "PORT": str(port), "HOST": "127.0.0.1"}
    command: list[str | Path] = [PROJECT_ROOT / "deploy.sh", "dev", *(["--demo"] if demo else [])]
    with running(command, log=log, env={**settings, **(env or {})}) as process:
        wait_for_port(port, process, log)
        yield f"http://127.0.0.1:{port}", process


def settings_of(database_url: str, storage_settings: Mapping[str, Any]) -> Settings:
    return Settings(
        _env_file=None,
        app_env=AppEnv.TESTING,
        secret_key=SecretStr("a-secret-for-tests-of-at-least-32-characters"),
        database_url=database_url,
        rate_limit_enabled=False,
        log_format="console",
        # Read into memory by every application: hundreds of them are made here.
        web_path=storage_settings["storage_path"] / "no-web-app",
        **storage_settings,
    )


class ApiProcess:
    def __init__(self, address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.address = address
        self.process = process
        self.log_file = log

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.address, timeout=30, trust_env=False)


@contextmanager
def api_process(
    settings: Settings, folder: Path, env: Mapping[str, str] | None = None
) -> Iterator[ApiProcess]:
    """The API alone, on a database that is there already; `env` is for its server."""
    port, log = free_port(), folder / f"api-{uuid4().hex[:8]}.log"
    command: list[str | Path] = [PROJECT_ROOT / ".venv" / "bin" / "uvicorn", "src.main:app"]
    options = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    whole_env = {**environment(settings), **(env or {})}
    with running([*command, *options], log=log, cwd=BACKEND, env=whole_env) as process:
        wait_for_port(port, process, log)
        yield ApiProcess(f"http://127.0.0.1:{port}", process, log)
