"""An operator at a terminal: runs `deploy.sh` where a stand-in answers for Docker."""

import os
import pty
import subprocess
from dataclasses import dataclass
from pathlib import Path

from src.config import PROJECT_ROOT
from tests.support.docker_stand_in import Docker

SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "FLOWER_COOKIE_SECRET")
CHANGING = {"up", "down", "build", "run", "rm", "stop"}
TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int
    output: str


class Operator:
    """`settings` is the content of the settings file, `environment` what the shell has."""

    def __init__(self, docker: Docker, folder: Path) -> None:
        self.docker = docker
        self.settings = {
            "DOMAIN": "gpx.example.org",
            "TLS_ISSUER": "ana@example.org",
            "FLOWER_AUTH": "ana@example.org",
            "FLOWER_AUTH_PROVIDER": "flower.views.auth.GithubLoginHandler",
            "FLOWER_OAUTH2_KEY": "4f6c2b",
            "FLOWER_OAUTH2_SECRET": "9d81c0a7" * 5,
            **{name: f"{number}e57a1b" * 6 for number, name in enumerate(SECRETS)},
        }
        self.backups = folder / "backups"
        self.state = folder / "state"
        self._settings_file = folder / "settings"
        self.environment = {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "DEPLOY_STATE_PATH": str(self.state),
            "DEPLOY_ENV_FILE": str(self._settings_file),
            "BACKUP_PATH": str(self.backups),
            "HEALTH_TIMEOUT_S": "1",
            "MIN_FREE_GB": "0",
            "POLL_S": "0",
        }

    def has_staging(self, *versions: str, workers: int = 2) -> None:
        """Staging runs the last of these versions, and ran the others before."""
        for service in ("postgres", "redis", "celery_beat", "flower", "backend"):
            self.docker.start(service, versions[-1])
        for _ in range(workers):
            self.docker.start("celery_worker", versions[-1])
        self.docker.images = [f"contravento-gpx:{version}" for version in versions]
        history = self.state / "staging" / "history"
        history.parent.mkdir(parents=True)
        history.write_text("".join(f"2026-05-01T10:00:00Z {version}\n" for version in versions))

    def run(self, *words: str, answer: str | None = None) -> Outcome:
        """Without an `answer` there is no terminal that could be asked."""
        self._settings_file.write_text("".join(f"{k}={v}\n" for k, v in self.settings.items()))
        self._settings_file.chmod(0o600)
        self.docker.calls.clear()
        terminal, keyboard = pty.openpty()
        try:
            os.write(terminal, f"{answer}\n".encode())
            done = subprocess.run(
                [PROJECT_ROOT / "deploy.sh", *words],
                stdin=subprocess.DEVNULL if answer is None else keyboard,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=TIMEOUT_S,
                env=self.environment,
            )
        finally:
            os.close(terminal)
            os.close(keyboard)
        return Outcome(done.returncode, done.stdout)

    def changes(self) -> list[tuple[str, ...]]:
        calls = self.docker.calls
        return [call for call in calls if call[0] in CHANGING or "pg_dump" in call[-1]]

    def position(self, text: str) -> int:
        """Which call of the last run, counted from its start, was the first with this text."""
        return next(n for n, call in enumerate(self.docker.calls) if text in " ".join(call))

    def history(self) -> str:
        return (self.state / "staging" / "history").read_text()

    def kinds_of_backups(self) -> list[str]:
        return sorted(path.name.partition("-")[2] for path in self.backups.glob("*/*"))
