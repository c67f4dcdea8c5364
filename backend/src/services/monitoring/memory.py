"""How much memory a process and its children use, and how much they may."""

from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_LIMIT_FILES = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def family_of(pid: int) -> list[int]:
    """A process and all that descend from it; empty where the system does not tell."""
    return list(_descend(pid)) if (_PROC / str(pid)).is_dir() else []


def memory_bytes(pids: list[int]) -> int:
    """The memory of these processes together; pages that they share are counted once.

    Children of a fork share most of their parent's pages, so a sum of resident sizes would tell of
    much more than the container is charged for.
    """
    return sum(map(_proportional_bytes, pids))


def memory_limit_bytes() -> int | None:
    """What the container may use, or else the machine's whole memory; None if unknown."""
    machine = _machine_bytes()
    for path in _LIMIT_FILES:
        # "max", or a number beyond any machine, where nobody has set a limit.
        text = _read(path).strip()
        if text.isdigit() and (machine is None or int(text) < machine):
            return int(text)
    return machine


def _descend(pid: int) -> Iterator[int]:
    yield pid
    for thread in _threads_of(pid):
        for child in _read(thread / "children").split():
            yield from _descend(int(child))


def _threads_of(pid: int) -> list[Path]:
    try:
        return list((_PROC / str(pid) / "task").iterdir())
    except OSError:
        return []


def _proportional_bytes(pid: int) -> int:
    return _kilobytes(_read(_PROC / str(pid) / "smaps_rollup"), "Pss:") * 1024


def _machine_bytes() -> int | None:
    kilobytes = _kilobytes(_read(_PROC / "meminfo"), "MemTotal:")
    return kilobytes * 1024 or None


def _kilobytes(text: str, field: str) -> int:
    found = (line.split() for line in text.splitlines() if line.startswith(field))
    return next((int(words[1]) for words in found), 0)


def _read(path: Path) -> str:
    """The file's text; empty where it is not there, as when a process ended just now."""
    try:
        return path.read_text()
    except OSError:
        return ""
