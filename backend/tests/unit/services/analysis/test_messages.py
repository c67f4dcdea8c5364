"""What is said between the service and its processes arrives whole, at once, or not at all."""

import hashlib
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from src.gpx import analyse
from src.gpx.errors import NotXmlError
from src.services.analysis.messages import (
    Analysed,
    AnalysisRequest,
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
from tests.support.rides import build_gpx

ANALYSIS = analyse(build_gpx(points=300)).compact()
REQUEST = AnalysisRequest(
    Path("/data/ride.gpx"),
    hashlib.sha256(b"").hexdigest(),
    {"max_points": 5},
    kill_after_s=12.5,
    memory_bytes=1 << 40,
    columns_to=Path("/data/columns"),
)


@pytest.fixture
def pipe() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Where to read and where to write, as processes have them: buffered."""
    reading, writing = os.pipe()
    # So that what was not written is missed, and not waited for.
    os.set_blocking(reading, False)
    with os.fdopen(reading, "rb") as answers, os.fdopen(writing, "wb") as requests:
        yield answers, requests


def sent(message: object) -> bytes:
    stream = BytesIO()
    send(stream, message)
    return stream.getvalue()


def test_a_message_is_under_way_at_once(pipe: tuple[BinaryIO, BinaryIO]) -> None:
    answers, requests = pipe
    send(requests, REQUEST)
    assert receive(answers) == REQUEST


def test_messages_are_received_one_by_one_in_their_order(
    pipe: tuple[BinaryIO, BinaryIO],
) -> None:
    answers, requests = pipe
    messages = [
        Ready(),
        Progress("reading"),
        Reply(Different(), retires=False),
        Reply(OutOfMemory(), retires=True),
        Reply(Broken("Traceback"), retires=False),
    ]
    for message in messages:
        send(requests, message)
    assert [receive(answers) for _ in messages] == messages


def test_an_error_arrives_as_it_was() -> None:
    refused = receive(BytesIO(sent(Reply(Refused(NotXmlError("no end", 12)), retires=False))))
    assert (type(refused.answer.error), refused.answer.error.line) == (NotXmlError, 12)
    missing = FileNotFoundError(2, "nothing there", "/data/ride.gpx")
    unreadable = receive(BytesIO(sent(Reply(Unreadable(missing), retires=False))))
    assert type(unreadable.answer.error) is FileNotFoundError
    assert unreadable.answer.error.filename == "/data/ride.gpx"


@pytest.mark.parametrize("message", [REQUEST, Reply(Analysed(ANALYSIS), retires=False)])
def test_a_message_that_is_cut_anywhere_is_the_end(message: object) -> None:
    """Its sender was killed while it wrote."""
    whole = sent(message)
    # Every place of its beginning and of its end, and some of the columns in between.
    places = {*range(min(1500, len(whole))), *range(len(whole) - 500, len(whole))}
    for place in places | set(range(0, len(whole), 97)):
        with pytest.raises(EOFError):
            receive(BytesIO(whole[:place]))
