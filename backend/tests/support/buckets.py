"""A real S3 server for the tests, which may be killed, frozen and started again."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from pydantic import SecretStr

from src.config import PROJECT_ROOT
from tests.support.certificates import own_certificate
from tests.support.servers import START_TIMEOUT_S, Freezable, free_ports, running

WEED = PROJECT_ROOT / ".venv" / "bin" / "weed"
BUCKET = "rides"
OWNER = ("owner", "the secret of the owner")
# Somebody who may look, but not write.
READER = ("reader", "the secret of the reader")
_PARTS = ("master", "volume", "filer", "s3")
_POLL_S = 0.05


class OwnS3(Freezable):
    """SeaweedFS with one bucket: master, volumes, file names and S3 in one process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self.tls = own_certificate(folder)
        self.tls_port, *ports = free_ports(1 + 2 * len(_PARTS))
        self._ports = dict(zip(_PARTS, ports, strict=False))
        self._grpc_ports = dict(zip(_PARTS, ports[len(_PARTS) :], strict=True))
        self.port = self._ports["s3"]
        self._command = self._command_line()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self, account: tuple[str, str] = OWNER, bucket: str = BUCKET) -> dict[str, Any]:
        """What the service is told to keep its files here, below a prefix of their own."""
        key, secret = account
        return {
            "storage_url": f"s3://{bucket}/{uuid4().hex}",
            "s3_endpoint": self.endpoint,
            "s3_access_key_id": key,
            "s3_secret_access_key": SecretStr(secret),
        }

    def unfinished(self) -> list[str]:
        """The uploads in parts that were neither finished nor given up."""
        folder = f"http://127.0.0.1:{self._ports['filer']}/buckets/{BUCKET}/.uploads/"
        with httpx.Client(trust_env=False) as client:
            answer = client.get(folder, headers={"Accept": "application/json"})
        if answer.status_code == 404:
            return []
        return [entry["FullPath"] for entry in answer.json()["Entries"] or ()]

    def start(self) -> None:
        log = self._folder / "weed.log"
        self._process = self._running.enter_context(running(self._command, log=log))
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._has_bucket():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"the S3 server does not start:\n{log.read_text()[-4000:]}")
            time.sleep(_POLL_S)

    def kill(self) -> None:
        """kill -9"""
        self._running.close()
        for port in self._grpc_ports.values():
            for left_behind in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):
                left_behind.unlink()

    def _has_bucket(self) -> bool:
        """Whether files can be put into the bucket, which is made if need be."""
        file = f"http://127.0.0.1:{self._ports['filer']}/buckets/{BUCKET}/started"
        try:
            with httpx.Client(trust_env=False, timeout=2) as client:
                is_kept = client.put(file, content=b"started").is_success
                # Signed by nobody, and so refused: the S3 part answers and knows its accounts.
                return is_kept and client.get(f"{self.endpoint}/{BUCKET}").status_code == 403
        except httpx.TransportError:
            return False

    def _command_line(self) -> list[str | Path]:
        identities = [
            _identity(OWNER, ["Admin"]),
            _identity(READER, [f"Read:{BUCKET}", f"List:{BUCKET}"]),
        ]
        accounts = self._folder / "accounts.json"
        accounts.write_text(json.dumps({"identities": identities}))
        options = {
            "dir": self._folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "filer": "true",
            "filer.localSocket": self._folder / "filer.sock",
            "s3": "true",
            "s3.config": accounts,
            "s3.localSocket": self._folder / "s3.sock",
            "s3.iam": "false",
            "s3.autoCreateBucket": "false",
            "s3.port.https": self.tls_port,
            "s3.cert.file": self.tls.certificate,
            "s3.key.file": self.tls.key,
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "volume.max": 8,
            "master.volumeSizeLimitMB": 64,
            "master.telemetry": "false",
            # A master that was killed is elected again at once, not after ten seconds.
            "master.electionTimeout": "500ms",
            "master.heartbeatInterval": "100ms",
        }
        for part in _PARTS:
            options[f"{part}.port"] = self._ports[part]
            options[f"{part}.port.grpc"] = self._grpc_ports[part]
        return [
            WEED,
            "-logtostderr=true",
            "server",
            *(f"-{name}={value}" for name, value in options.items()),
        ]


@contextmanager
def own_s3(folder: Path) -> Iterator[OwnS3]:
    folder.mkdir(exist_ok=True)
    server = OwnS3(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _identity(account: tuple[str, str], actions: list[str]) -> dict[str, Any]:
    key, secret = account
    credentials = [{"accessKey": key, "secretKey": secret}]
    return {"name": key, "credentials": credentials, "actions": actions}
