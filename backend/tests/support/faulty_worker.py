"""The real worker, with an engine that does what a file's track name tells it to.

Started with `celery -A tests.support.faulty_worker worker`. A file is obeyed each time that it is
analysed:

    sleep N         analyse after N seconds, in the analysis process
    once N          the same, but only the first time
    block N         as sleep, but on the event loop, so that nothing can be cancelled
    hang N          as block, and deaf to the soft time limit as C code is
    kill child      kill -9 of the process that analyses
    kill worker     kill -9 of the worker with all its children
    trouble N       the first N analyses fail with an error of the disk
    memory N        the first N analyses fail for want of memory
    die N           the first N analyses end with the death of their process
    eat             analyse with more memory than any file may have

CELERY_TEST_CONF, a JSON object, overrides Celery's settings.
"""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any
from unittest import mock

from anyio import to_thread

import src.services.gpx_service as pipeline
from src.celery_app import celery_app
from src.config import get_settings
from src.gpx import Analysis
from src.services.analysis.process import AnalysisProcess
from src.services.storage import StorageUnavailableError
from tests.support import faulty_analysis
from tests.support.faulty_analysis import order_in, times_seen

app = celery_app
for name, value in json.loads(os.environ.get("CELERY_TEST_CONF", "{}")).items():
    if isinstance(value, dict):
        app.conf[name].update(value)
    else:
        app.conf[name] = value

_TROUBLES = {"trouble": StorageUnavailableError("the disk is gone"), "memory": MemoryError()}
_parse_gpx_file = pipeline.GPXService.parse_gpx_file


async def _parse(self: pipeline.GPXService, source: bytes | Path, **options: Any) -> Analysis:
    data = source if isinstance(source, bytes) else await to_thread.run_sync(source.read_bytes)
    verb, value = order_in(data)
    if verb == "kill" and value == "child":
        os.kill(os.getpid(), signal.SIGKILL)
    if verb == "kill" and value == "worker":
        os.killpg(os.getpgrp(), signal.SIGKILL)
    if verb in _TROUBLES and times_seen(data, get_settings().storage_path) <= int(value):
        raise _TROUBLES[verb]
    if verb == "hang":
        # For the whole process: a mask would hold for this thread only, and another would hear it.
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    if verb in {"block", "hang"}:
        time.sleep(float(value))  # noqa: ASYNC251 - blocking the loop is the fault
    return await _parse_gpx_file(self, source, **options)


AnalysisProcess.module = faulty_analysis.__name__
mock.patch.object(pipeline.GPXService, "parse_gpx_file", _parse).start()
