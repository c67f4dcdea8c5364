"""An analysis process that does what a file's track name tells it to; see `faulty_worker`."""

import hashlib
import os
import re
import signal
import time
from pathlib import Path
from typing import Any
from unittest import mock

from src.gpx import Analysis, analyse
from src.services.analysis import child

_ORDER = re.compile(
    rb"<name>(sleep|once|wait|spin|block|hang|kill|trouble|memory|die|eat) (\w+(?:\.\d+)?)</name>"
)

BEGUN, GO_ON = "begun", "go-on"
_TALLY = "seen-"
# Its name begins like those that are passed on to an analysis process.
FOLDER = "PYTHON_FAULTY_ANALYSES"


def order_in(data: bytes) -> tuple[str, str]:
    """What the file orders, and how often or how long; empty where it orders nothing."""
    found = _ORDER.search(data[:4096])
    return (found[1].decode(), found[2].decode()) if found else ("", "")


def files_seen(folder: Path) -> int:
    """How many of the files whose analyses are counted have been begun."""
    return sum(1 for _ in folder.glob(f"{_TALLY}*"))


def times_seen(data: bytes, folder: Path) -> int:
    """How often this file was analysed, by all processes together."""
    tally = folder / f"{_TALLY}{hashlib.sha256(data).hexdigest()}"
    with tally.open("ab") as file:
        file.write(b".")
    return tally.stat().st_size


def obedient(data: bytes, **options: Any) -> Analysis:
    verb, value = order_in(data)
    # Where all processes meet, also where the file came in a message.
    folder = Path(os.environ.get(FOLDER, "."))
    if verb == "sleep" or (verb == "once" and times_seen(data, folder) == 1):
        time.sleep(float(value))
    if verb == "wait":
        _wait_in(folder, float(value))
    if verb == "spin":
        _spin(float(value))
    if verb == "die" and times_seen(data, folder) <= int(value):
        os.kill(os.getpid(), signal.SIGKILL)
    if verb == "eat":
        _eat(int(value))
    return analyse(data, **options)


def _wait_in(folder: Path, at_most_s: float) -> None:
    """Tell by a file that the analysis has begun, and wait for another that lets it go on."""
    (folder / BEGUN).touch()
    ends_at = time.monotonic() + at_most_s
    while not (folder / GO_ON).exists():
        assert time.monotonic() < ends_at, "nobody let the analysis go on"
        time.sleep(0.01)


def _spin(seconds: float) -> None:
    """Busy in one piece, deaf to everything but the system."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        sum(range(100_000))


def _eat(mebibytes: int) -> None:
    eaten = [bytearray(os.urandom(1) * (1 << 20)) for _ in range(mebibytes)]
    assert len(eaten) == mebibytes


def main() -> None:
    mock.patch.object(child, "analyse", obedient).start()
    child.main()


if __name__ == "__main__":
    main()
