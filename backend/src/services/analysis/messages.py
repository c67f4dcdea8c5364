"""What the service and its analysis processes say to each other: pickles, one behind another.

A request is answered by any number of `Progress` and then a `Reply`.
"""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from src.gpx import Analysis, GpxError
from src.gpx.formats.csv_log import Detected
from src.gpx.formats.packed import DEFAULT_MAX_BYTES


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has started; said once, before anything was asked."""


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """A file by its path, or as bytes where it lies nowhere on this machine.

    `sha256` is what the file must have, None where nobody knows better. `kill_after_s` is when the
    system is to end the process, whatever becomes of its parent; `memory_bytes` is what the
    analysis may take beyond what the process has at rest, and `memory_times_file` times the bytes
    of the file once it is unpacked. `columns_to` is where the ride's columns are to be written,
    None where nobody wants them. With `describes` the answer tells what a table looks like.
    `max_unpacked_bytes` is how large a packed file may be once it is unpacked.
    """

    source: Path | bytes
    sha256: str | None
    options: dict[str, Any]
    kill_after_s: float
    memory_bytes: int
    memory_times_file: int = 0
    columns_to: Path | None = None
    describes: bool = False
    max_unpacked_bytes: int = DEFAULT_MAX_BYTES


@dataclass(frozen=True, slots=True)
class Progress:
    """The analysis has come to this step of `src.gpx.Step`."""

    step: str


@dataclass(frozen=True, slots=True)
class Analysed:
    """What the engine says, without the recording's own points; and what a table looks like."""

    analysis: Analysis
    table: Detected | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The file's own fault; and what a table looks like."""

    error: GpxError
    table: Detected | None = None


@dataclass(frozen=True, slots=True)
class Different:
    """The file is not the one with that digest."""


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    """The analysis wanted more than it may have."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The file could not be read from its path."""

    error: OSError


@dataclass(frozen=True, slots=True)
class Broken:
    """A defect of ours, with its traceback."""

    traceback: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer; `retires` where the process has grown too large, and ends with it."""

    answer: "Answer"
    retires: bool


Answer: TypeAlias = Analysed | Refused | Different | OutOfMemory | Unreadable | Broken


def send(stream: BinaryIO, message: object) -> None:
    pickle.dump(message, stream, protocol=pickle.HIGHEST_PROTOCOL)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """The next message; raises `EOFError` where the other side is gone."""
    try:
        return pickle.load(stream)  # noqa: S301 - from a process of our own, over a pipe of its own
    except pickle.UnpicklingError as error:
        raise EOFError("the message was cut short") from error
