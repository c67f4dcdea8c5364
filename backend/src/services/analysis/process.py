"""One analysis process, and those that are at rest until the next file comes."""

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from src.services.analysis import child
from src.services.analysis.messages import (
    AnalysisRequest,
    Answer,
    Progress,
    Reply,
    receive,
    send,
)

_BACKEND = Path(__file__).resolve().parents[3]
# A file is one core's work: threads of linear algebra would only reserve memory for each core.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# All else stays behind: whoever took over such a process would find no secret in it.
_PASSED_ON = ("PATH", "LANG", "LC_", "TZ", "LD_", "PYTHON", "VIRTUAL_ENV", "OPENBLAS", "OMP")


class AnalysisProcess:
    """A process that analyses one file at a time; it may be killed from any thread."""

    # What runs in it; the tests' workers name one that misbehaves at a file's command.
    module = child.__name__

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", self.module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_BACKEND,
            env=_environment(),
        )
        self._is_ready = False
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Wait until it has started; raises `EOFError` where it never will."""
        if not self._is_ready:
            receive(self._answers)
            self._is_ready = True

    def ask(self, request: AnalysisRequest, note: Callable[[str], None]) -> tuple[Answer, bool]:
        """Ask one that is ready, and wait; `note` hears of each step, in this thread.

        Returns the answer, and whether the process ends with it.

        Raises:
            EOFError, OSError: the process is gone; it gave no answer.
        """
        send(self._requests, request)
        while isinstance(message := receive(self._answers), Progress):
            note(message.step)
        reply = cast(Reply, message)
        return reply.answer, reply.retires

    def kill(self) -> None:
        """End it at once, whatever it does; whoever waits for its answer gets an `EOFError`."""
        self._process.kill()
        # Reaped beside: a process in the midst of a system call may take a moment to go.
        threading.Thread(target=self._reap, name="reap-analysis", daemon=True).start()

    def _reap(self) -> None:
        self._process.wait()
        with suppress(OSError):
            self._answers.close()
            self._requests.close()


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in os.environ if name.startswith(_PASSED_ON)}
    return passed_on | _ONE_THREAD


class IdleProcesses:
    """Processes at rest, shared by all that analyse in this process of the service.

    They belong to no event loop and need no farewell: each ends when this process does.
    """

    def __init__(self) -> None:
        self._idle: deque[AnalysisProcess] = deque()

    def __len__(self) -> int:
        return len(self._idle)

    def take(self) -> AnalysisProcess:
        """One at rest, the last used first, or else a new one."""
        while self._idle:
            try:
                process = self._idle.pop()
            except IndexError:
                break
            if process.is_alive:
                return process
        return AnalysisProcess()

    def give_back(self, process: AnalysisProcess) -> None:
        self._idle.append(process)

    def forget(self) -> None:
        """In a child of a fork: these are the parent's."""
        self._idle = deque()


idle_processes = IdleProcesses()
os.register_at_fork(after_in_child=idle_processes.forget)
