"""Which process has an upload in its hands, so that the next start knows which died."""

import os
import re
import socket
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

_PID_NAMESPACE = Path("/proc/self/ns/pid")


def this_process() -> str:
    """A name of this process that no other one, before or after it, shares."""
    return _name_of(os.getpid())


def is_known_dead(holder: str) -> bool:
    """Whether that process ran on this host and is gone; False when this host cannot know."""
    if holder == this_process():
        return False
    host, pid, _nonce = holder.rsplit(":", 2)
    if host != _host():
        return False
    return int(pid) == os.getpid() or not _exists(int(pid))


@lru_cache(maxsize=1)
def _name_of(pid: int) -> str:
    return f"{_host()}:{pid}:{uuid4().hex[:12]}"


def _host() -> str:
    """Where process ids mean the same: two containers may share a host name, but not these."""
    try:
        namespace = _PID_NAMESPACE.readlink().name
    except OSError:
        namespace = ""
    return f"{socket.gethostname()[:200]}/{re.sub(r'[^0-9]', '', namespace)}"


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
