"""Whatever the bytes are, the reader reads them or says why not."""

import random
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from src.gpx import analyse_recording
from src.gpx.errors import GpxError
from src.gpx.formats.fit import read
from tests.support.fit_files import LATITUDE, LONGITUDE, RECORD, FieldType, FitFile
from tests.unit.gpx.formats.fit.generated import fit_files


def read_or_refused(data: bytes) -> None:
    try:
        analyse_recording(read(data)).summary()
    except GpxError:
        return


@given(data=fit_files(short_times=True, most=15), seed=st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_a_valid_file_with_some_bytes_changed(data: bytes, seed: int) -> None:
    draw, changed = random.Random(seed), bytearray(data)
    for _ in range(draw.choice((1, 2, 5, 50))):
        at = min(int(draw.expovariate(1 / 100)), len(changed) - 1)
        action = draw.random()
        if action < 0.6:
            changed[at] = draw.randrange(256)
        elif action < 0.8:
            del changed[at : at + draw.randint(1, 9)]
        else:
            changed[at:at] = draw.randbytes(draw.randint(1, 9))
        changed = changed or bytearray(1)
    read_or_refused(bytes(changed))


@given(messages=st.binary(max_size=300), header_size=st.sampled_from((12, 14, 40)))
@example(messages=b"\x40\0\0\x14\0\0" + b"\0" * 50, header_size=12)
@settings(max_examples=300, deadline=None)
def test_any_messages_behind_a_header(messages: bytes, header_size: int) -> None:
    file = FitFile()
    file.messages += messages
    read_or_refused(file.to_bytes(header_size=header_size))


@given(data=st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    read_or_refused(data)
    read_or_refused(b"\x0e\x20\0\0" + data[:4].ljust(4, b"\0") + b".FIT" + data)


@pytest.mark.parametrize("number", [float("inf"), 1e308, -1e308, 1e19, 2.0**53, 1e9])
def test_numbers_that_no_sensor_has(number: float) -> None:
    fields = [FieldType(n, "float64") for n in (253, 0, 1, 2, 3, 4, 5, 6, 7, 13, 53, 73, 78)]
    file = FitFile()
    file.define(0, RECORD, fields)
    for local in range(5):
        file.write(0, *[number - local] * len(fields))
    read_or_refused(file.to_bytes())


@pytest.mark.parametrize("number", [1e308, float("inf"), 1e15])
def test_times_that_no_calendar_has(number: float) -> None:
    file = FitFile()
    file.define(0, RECORD, (FieldType(253, "float64"), LATITUDE, LONGITUDE))
    for point in range(3):
        file.write(0, number, 1_000_000 + 1000 * point, 0)
    analysis = analyse_recording(read(file.to_bytes()))
    assert analysis.summary()["start_time"] is None
    kinds = [(each.kind, each.count) for each in analysis.warnings]
    assert kinds == [("invalid_time", 3), ("missing_time", 3)]


def test_work_grows_with_the_size_only() -> None:
    def seconds(count: int) -> float:
        file = FitFile()
        file.define(0, RECORD, ())
        file.define(1, 233, ())
        file.messages += b"\x00\x01" * count
        data = file.to_bytes(checksum=0)
        start = time.process_time()
        read(data)
        return time.process_time() - start

    small, large = (min(seconds(count) for _ in range(3)) for count in (20_000, 80_000))
    assert large < 12 * small
