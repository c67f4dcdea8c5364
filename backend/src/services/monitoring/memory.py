"""How much memory a process and its children use, and how much they may."""

from contextlib import suppress
from pathlib import Path

import psutil

# What psutil does not tell: the limit that a container has been given.
_LIMIT_FILES = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def family_of(pid: int) -> list[psutil.Process]:
    """A process and all that descend from it; empty where it has ended."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []


def count_children(pid: int) -> int:
    """Those that it has itself, without theirs."""
    try:
        return len(psutil.Process(pid).children())
    except psutil.Error:
        return 0


def memory_bytes(processes: list[psutil.Process]) -> int:
    """The memory of these processes together; pages that they share are counted once.

    Children of a fork share most of their parent's pages, so a sum of resident sizes would tell of
    much more than the container is charged for.
    """
    return sum(map(_proportional_bytes, processes))


def memory_limit_bytes() -> int:
    """What the container may use, or else the machine's whole memory."""
    machine: int = psutil.virtual_memory().total
    for path in _LIMIT_FILES:
        # "max", or a number beyond any machine, where nobody has set a limit.
        with suppress(OSError, ValueError):
            return min(int(path.read_text()), machine)
    return machine


def _proportional_bytes(process: psutil.Process) -> int:
    """0 for a process that has ended meanwhile; where there are no proportions, all it holds."""
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0
    size: int = getattr(info, "pss", info.rss)
    return size
