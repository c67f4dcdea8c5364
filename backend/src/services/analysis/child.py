"""The process that analyses, one file after another: `python -m src.services.analysis.child`.

It imports the engine and the writer of columns, and nothing else of ours, so that it is small and
starts in a tenth of a second. It ends when its parent closes the pipe, as the system does for a
parent that died.
"""

import hashlib
import os
import resource
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from src.gpx import GpxError, analyse
from src.gpx.allocation import keep_freed_memory
from src.gpx.formats.packed import unpacked
from src.gpx.formats.registry import table_of
from src.services.analysis.messages import (
    Analysed,
    AnalysisRequest,
    Answer,
    Broken,
    Different,
    OutOfMemory,
    Progress,
    Ready,
    Refused,
    Reply,
    Unreadable,
    receive,
    send,
)
from src.services.tracks.column_file import write_columns

# What a process may keep after an analysis: all that it frees, up to what `allocation` says.
_MOST_AT_REST_BYTES = 400 << 20
_STATUS = Path("/proc/self/status")
_OOM_SCORE = Path("/proc/self/oom_score_adj")
_KILL_THIS_FIRST = "1000"
_NICENESS = 5


def main() -> None:
    requests, answers = _private_pipes()
    # Ctrl-C reaches every process of a terminal; the parent decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Answers to people come before analyses, where both want the processor.
    os.nice(_NICENESS)
    _be_killed_first()
    keep_freed_memory()
    _, most_bytes = resource.getrlimit(resource.RLIMIT_DATA)
    at_rest_bytes = _memory_bytes("VmData")
    send(answers, Ready())
    while True:
        try:
            request: AnalysisRequest = receive(requests)
        except EOFError:
            return
        limit_bytes = at_rest_bytes + request.memory_bytes
        answer = _answer(request, answers, limit_bytes, most_bytes)
        retires = _memory_bytes("VmRSS") > _MOST_AT_REST_BYTES
        send(answers, Reply(answer, retires))
        if retires:
            return
        # Not held while the next one is waited for: a file may be large.
        del request, answer


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes from and to the parent; whoever reads or prints does not disturb them."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _answer(
    request: AnalysisRequest, answers: BinaryIO, limit_bytes: int, most_bytes: int
) -> Answer:
    """Analyse under an alarm and a limit of memory, both of which the system itself keeps.

    The alarm's default action ends the process, also in the midst of C code, and also when nobody
    waits for the answer any more.
    """

    def allow(file_bytes: int) -> None:
        """Take as much memory as a file of this size may."""
        wanted = limit_bytes + request.memory_times_file * file_bytes
        if most_bytes != resource.RLIM_INFINITY:
            wanted = min(wanted, most_bytes)
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, most_bytes))

    signal.setitimer(signal.ITIMER_REAL, request.kill_after_s)
    allow(0)
    try:
        return _analysed(request, answers, allow)
    except MemoryError:
        return OutOfMemory()
    except OSError as error:
        return Unreadable(error)
    except Exception:  # noqa: BLE001 - told to the parent, which logs it
        return Broken(traceback.format_exc())
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _analysed(request: AnalysisRequest, answers: BinaryIO, allow: Callable[[int], None]) -> Answer:
    source = request.source
    if not isinstance(source, bytes):
        allow(source.stat().st_size)
    data = source if isinstance(source, bytes) else source.read_bytes()
    if request.sha256 is not None and hashlib.sha256(data).hexdigest() != request.sha256:
        return Different()
    table = None
    try:
        # Not the engine's: how much memory the file may take depends on what is in it.
        data = unpacked(data, request.max_unpacked_bytes)
        allow(len(data))
        if request.describes:
            table = table_of(data)
        analysis = analyse(
            data, report=lambda step: send(answers, Progress(step)), **request.options
        )
    except GpxError as error:
        # A traceback would hold on to the frames, and so to the file.
        error.__cause__ = error.__context__ = None
        return Refused(error.with_traceback(None), table)
    if request.columns_to is not None:
        write_columns(analysis.columns, request.columns_to)
    return Analysed(analysis.compact(), table)


def _be_killed_first() -> None:
    """Where memory runs out in spite of all limits, the system is to end this process, not others.

    Only Linux knows of it, and needs no right to be asked for more.
    """
    try:
        _OOM_SCORE.write_text(_KILL_THIS_FIRST)
    except OSError:
        return


def _memory_bytes(field: str) -> int:
    """A size of this process as the system tells it; 0 where it does not."""
    try:
        status = _STATUS.read_text()
    except OSError:
        return 0
    found = (line.split() for line in status.splitlines() if line.startswith(f"{field}:"))
    return next((int(words[1]) * 1024 for words in found), 0)


if __name__ == "__main__":
    main()
