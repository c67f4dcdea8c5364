"""A worker's memory against its limit."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from src.services.monitoring import memory

MACHINE = psutil.virtual_memory().total


def limit_with(monkeypatch: pytest.MonkeyPatch, folder: Path, *texts: str) -> int | None:
    """The limit where the files that may tell it say this."""
    files = [folder / f"limit-{number}" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
    monkeypatch.setattr(memory, "_LIMIT_FILES", (folder / "missing", *files))
    return memory.memory_limit_bytes()


def test_the_limit_is_that_of_the_container(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert limit_with(monkeypatch, tmp_path, "104857600\n") == 104857600


@pytest.mark.parametrize("unlimited", ["max\n", "9223372036854771712\n"])
def test_without_a_limit_it_is_the_machines_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unlimited: str
) -> None:
    assert limit_with(monkeypatch, tmp_path, unlimited) == MACHINE


def test_where_nobody_tells_of_a_container_it_is_the_machines_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert limit_with(monkeypatch, tmp_path) == MACHINE


def test_a_family_has_children_and_their_children() -> None:
    # The trailing command keeps the shell from becoming its child.
    with subprocess.Popen(
        ["sh", "-c", "sh -c 'cat; :'; :"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as parent:
        process = psutil.Process(parent.pid)
        while len(children := process.children(recursive=True)) < 2:
            pass
        family = [member.pid for member in memory.family_of(parent.pid)]
        assert family[0] == parent.pid
        assert memory.count_children(parent.pid) == 1
        assert sorted(family) == sorted([parent.pid, *(child.pid for child in children)])
        assert parent.stdin is not None
        parent.stdin.close()


def test_pages_that_are_written_count() -> None:
    script = "import sys; block = bytearray(b'x' * 50_000_000); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        family = memory.family_of(parent.pid)
        assert 50_000_000 < memory.memory_bytes(family) < 90_000_000
        parent.communicate()
    assert memory.memory_bytes(family) == 0, "a process that has ended uses nothing"
    assert memory.family_of(parent.pid) == []


def test_pages_that_are_shared_count_once() -> None:
    script = (
        "import os, sys, time; block = bytearray(b'x' * 50_000_000); "
        "child = os.fork() or time.sleep(60); print(flush=True); sys.stdin.read(); "
        "os.kill(child, 9)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        family = memory.family_of(parent.pid)
        assert len(family) == 2
        assert 50_000_000 < memory.memory_bytes(family) < 90_000_000
        parent.communicate()
