"""The real worker, with an engine that does what a file's track name tells it to.

Started with `celery -A tests.support.faulty_worker worker`. A file is obeyed each time that it is
analysed:

    sleep N         analyse after N seconds, off the event loop
    once N          the same, but only the first time
    block N         as sleep, but on the event loop, so that nothing can be cancelled
    hang N          as block, and deaf to the soft time limit as C code is
    kill child      kill -9 of the process that analyses
    kill worker     kill -9 of the worker with all its children
    trouble N       the first N analyses fail with an error of the disk
    memory N        the first N analyses fail for want of memory

CELERY_TEST_CONF, a JSON object, overrides Celery's settings.
"""

import hashlib
import json
import os
import re
import signal
import time
from unittest import mock

import src.services.gpx_service as pipeline
from src.celery_app import celery_app
from src.config import get_settings
from src.gpx import Analysis, analyse
from src.services.storage import StorageUnavailableError

app = celery_app
for name, value in json.loads(os.environ.get("CELERY_TEST_CONF", "{}")).items():
    if isinstance(value, dict):
        app.conf[name].update(value)
    else:
        app.conf[name] = value

_ORDER = re.compile(rb"<name>(sleep|once|block|hang|kill|trouble|memory) (\w+(?:\.\d+)?)</name>")
_TROUBLES = {"trouble": StorageUnavailableError("the disk is gone"), "memory": MemoryError()}
_parse_gpx_file = pipeline.GPXService.parse_gpx_file


def _order_in(data: bytes) -> tuple[str, str]:
    found = _ORDER.search(data[:4096])
    return (found[1].decode(), found[2].decode()) if found else ("", "")


def _times_seen(data: bytes) -> int:
    """How often this file was analysed, by all processes together."""
    tally = get_settings().storage_path / f"seen-{hashlib.sha256(data).hexdigest()}"
    with tally.open("ab") as file:
        file.write(b".")
    return tally.stat().st_size


def _analyse(data: bytes, *, max_points: int) -> Analysis:
    verb, value = _order_in(data)
    if verb == "sleep" or (verb == "once" and _times_seen(data) == 1):
        time.sleep(float(value))
    if verb == "kill" and value == "child":
        os.kill(os.getpid(), signal.SIGKILL)
    if verb == "kill" and value == "worker":
        os.killpg(os.getpgrp(), signal.SIGKILL)
    if verb in _TROUBLES and _times_seen(data) <= int(value):
        raise _TROUBLES[verb]
    return analyse(data, max_points=max_points)


async def _parse(self: pipeline.GPXService, data: bytes) -> Analysis:
    verb, value = _order_in(data)
    if verb == "hang":
        # For the whole process: a mask would hold for this thread only, and another would hear it.
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    if verb in {"block", "hang"}:
        time.sleep(float(value))  # noqa: ASYNC251 - blocking the loop is the fault
    return await _parse_gpx_file(self, data)


mock.patch.object(pipeline, "analyse", _analyse).start()
mock.patch.object(pipeline.GPXService, "parse_gpx_file", _parse).start()
