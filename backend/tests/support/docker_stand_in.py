"""Stands where Docker would: two small programs on PATH hand their words to a server in the test.

It knows what `deploy.sh` asks for and nothing else: an unknown command ends with status 125 and is
found by the tests. `Docker` is its world: containers and images, and what goes wrong.
"""

import io
import socketserver
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

SERVICES = ("postgres", "redis", "migrate", "backend", "celery_worker", "celery_beat", "flower")
OURS = {"migrate", "backend", "celery_worker", "celery_beat", "flower"}
UNKNOWN = 125
# Only a question for psql is read; whatever else stands in standard input is somebody else's.
PROGRAM = """#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/{port}
question=
[[ $* != *psql* ]] || question=$(cat)
printf '%s\\0' "$(($# + 3))" "$IMAGE_TAG" "$question" "${{0##*/}}" "$@" >&3
read -r status <&3
if [[ $* = *-czf* ]]; then cat <&3; else IFS= read -r -d '' answer <&3; printf '%s' "$answer"; fi
exit "$status"
"""


class Answer(NamedTuple):
    status: int = 0
    output: str | bytes = ""


class Container(NamedTuple):
    id: str
    service: str
    image: str
    healthy: bool = True


@dataclass
class Docker:
    """`generation` is compose's: 1 is `docker-compose`, 2 is `docker compose`, 0 is neither."""

    generation: int = 2
    proxy: bool = False
    publishes_port: bool = False
    database_is_empty: bool = False
    migration_is_pending: bool = False
    sick_tags: set[str] = field(default_factory=set)
    failing: str = ""
    stored_keys: list[str] = field(default_factory=list)
    archived_keys: list[str] = field(default_factory=list)
    autoscale: str = "2"
    containers: list[Container] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    number: int = 0

    @property
    def services(self) -> list[str]:
        return [*SERVICES, "proxy"] if self.proxy else list(SERVICES)

    def of(self, service: str) -> list[Container]:
        return [each for each in self.containers if each.service == service]

    def tags(self, service: str) -> list[str]:
        return [each.image.partition(":")[2] for each in self.of(service)]

    def start(self, service: str, tag: str) -> None:
        self.number += 1
        image = f"contravento-gpx:{tag}" if service in OURS else f"{service}:1"
        healthy = not (service == "backend" and tag in self.sick_tags)
        self.containers.append(Container(f"{self.number:064x}", service, image, healthy))

    def answer(self, tag: str, question: str, program: str, words: list[str]) -> Answer:
        is_compose = program == "docker-compose" or words[0] == "compose"
        words = essence(program, words)
        self.calls.append(tuple(words))
        if self.failing and self.failing in " ".join(words):
            return Answer(1, "made to fail\n")
        if not is_compose:
            return self._engine(words)
        if self.generation != (1 if program == "docker-compose" else 2):
            return Answer(1)
        return self._compose(tag, question, words)

    def _engine(self, words: list[str]) -> Answer:
        match words:
            case ["version", *_]:
                return Answer(0, "27.0.1\n")
            case ["info", *_]:
                return Answer(0, "/\n")
            case ["stop", *_]:
                return Answer()
            case ["rm", *identities]:
                self.containers = [each for each in self.containers if each.id not in identities]
                return Answer()
            case ["logs", *_]:
                return Answer(0, "the container's last words\n")
            case ["image", "inspect", image]:
                return Answer(0 if image in self.images else 1)
            case ["image", "rm", image]:
                self.images.remove(image)
                return Answer()
        return self._containers(words)

    def _containers(self, words: list[str]) -> Answer:
        match words:
            case ["ps", *filters]:
                prefix = "label=com.docker.compose.service="
                (service,) = (word[len(prefix) :] for word in filters if word.startswith(prefix))
                return Answer(0, "".join(f"{each.id}\n" for each in reversed(self.of(service))))
            case ["inspect", "--format", wanted, identity]:
                (container,) = (each for each in self.containers if each.id == identity)
                if ".State.Status" in wanted:
                    return Answer(0, f"running {'' if container.healthy else 'un'}healthy\n")
                if "PortBindings" in wanted:
                    return Answer(0, f"{int(self.publishes_port)}\n")
                if wanted == "{{.Config.Image}}":
                    return Answer(0, f"{container.image}\n")
                return Answer(0, f"{container.image} 2026-05-01T10:00:00\n")
            case ["exec", _, "python", "-m", "src.autoscale", *_]:
                return Answer(0, f"{self.autoscale}\n")
            case ["exec", _, "python", "-m", *_]:
                return Answer()
        return Answer(UNKNOWN)

    def _compose(self, tag: str, question: str, words: list[str]) -> Answer:
        match words:
            case ["version", "--short"]:
                return Answer(0, "1.29.2\n" if self.generation == 1 else "2.26.1\n")
            case ["config", "--quiet"] | ["ps" | "logs", *_] | ["exec", "-T", "proxy", *_]:
                return Answer()
            case ["config", "--services"]:
                return Answer(0, "".join(f"{each}\n" for each in self.services))
            case ["run", "--rm", "--no-deps", "-T", _, *command]:
                return self._run_once(command)
            case ["exec", "-T", "postgres", "sh", "-euc", line]:
                return Answer(0, self._in_postgres(line, question))
        return self._change_stack(tag, words)

    def _change_stack(self, tag: str, words: list[str]) -> Answer:
        match words:
            case ["build", "backend"]:
                image = f"contravento-gpx:{tag}"
                self.images = [*(each for each in self.images if each != image), image]
            case ["up", *rest]:
                self._up(tag, rest)
            case ["rm", "--stop", "--force", *names]:
                self.containers = [each for each in self.containers if each.service not in names]
            case ["down"]:
                self.containers = []
            case _:
                return Answer(UNKNOWN)
        return Answer()

    def _up(self, tag: str, words: list[str]) -> None:
        wanted = {"celery_worker": 2}
        for option, value in pairwise(words):
            if option == "--scale":
                service, number = value.split("=")
                wanted[service] = int(number)
        for service in (word for word in words if word in self.services):
            for _ in range(wanted.get(service, 1) - len(self.of(service))):
                self.start(service, tag)

    def _run_once(self, command: list[str]) -> Answer:
        match command:
            case ["alembic", "current", "--check-heads"]:
                return Answer(1 if self.migration_is_pending else 0)
            case ["sh", _, line] if "-czf" in line:
                return Answer(0, _archive(self.archived_keys))
            case ["sh", _, line] if "find" in line:
                return Answer(0, "".join(f"{key}\n" for key in self.archived_keys))
        return Answer()

    def _in_postgres(self, line: str, question: str) -> str:
        if "pg_dump" in line:
            return "a dump\n"
        if "pg_restore --list" in line:
            return "3001; 0 16390 TABLE DATA public gpx_files contravento\n"
        if "to_regclass" in question and not self.database_is_empty:
            return "alembic_version\n"
        if "version_num" in question:
            return "0003\n"
        if "storage_key" in question:
            return "".join(f"{key}\n" for key in self.stored_keys)
        return ""


def essence(program: str, words: list[str]) -> list[str]:
    """The words without those that only say which stack is meant."""
    if program == "docker" and words[0] == "compose":
        words = words[1:]
    while words[0] in {"--project-name", "--file", "--env-file"}:
        words = words[2:]
    return words


@contextmanager
def stand_in(docker: Docker, folder: Path) -> Iterator[None]:
    """Puts `docker` and `docker-compose` into a folder, and answers them."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            tag, question, program, *words = (_field(self.rfile) for _ in range(_count(self.rfile)))
            status, output = docker.answer(tag, question, program, words)
            data = output if isinstance(output, bytes) else output.encode()
            self.wfile.write(f"{status}\n".encode() + data)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        for name in ("docker", "docker-compose"):
            program = folder / name
            program.write_text(PROGRAM.format(port=server.server_address[1]))
            program.chmod(0o755)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _count(stream: io.BufferedIOBase) -> int:
    return int(_field(stream))


def _field(stream: io.BufferedIOBase) -> str:
    text = bytearray()
    while (byte := stream.read(1)) != b"\0":
        text += byte
    return text.decode()


def _archive(keys: list[str]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for key in keys:
            tar.addfile(tarfile.TarInfo(f"./{key}"))
    return archive.getvalue()
