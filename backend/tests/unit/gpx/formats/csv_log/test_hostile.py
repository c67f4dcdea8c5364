"""Whatever the bytes, a table is read or refused by name, and in time that grows with its size."""

import contextlib
import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.gpx import GpxError, analyse_recording
from src.gpx.formats.csv_log import detect, read
from tests.support.hostile_formats import HEAD, HEADERS, TABLES

MANY = settings(max_examples=150, deadline=None)

cells = st.one_of(
    st.sampled_from(
        [
            *("", "40.5", "-3,5", "1e999", "NaN", "91", "12345678901234567890.5", "١٢"),
            *("2026-03-21T10:00:00Z", "05/06/2026 10:00", "10:00:00", "0001-01-01T00:00:00+14:00"),
            *("9999-12-31T23:59:59-14:00", "1774087200", "=cmd|' /C calc'!A0", '"', '""', "é"),
        ]
    ),
    st.text(max_size=8),
    st.floats().map(str),
    st.floats(40, 41).map(str),
    st.floats(-1e300, 1e300).map(str),
)
tables = st.builds(
    lambda rows, separator, codec, quote: (
        HEAD.decode().replace(",", separator)
        + "\n".join(separator.join(f"{quote}{cell}{quote}" for cell in row) for row in rows)
    ).encode(codec, "replace"),
    st.lists(st.lists(cells, min_size=5, max_size=8), max_size=12),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"]),
    st.sampled_from(["", '"']),
)
any_bytes = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=300).map(lambda data: HEAD + data),
    tables,
    st.builds(lambda data, cut: data[: cut % (len(data) + 1)], tables, st.integers(0, 999)),
    st.builds(lambda mark, data: mark + data, st.sampled_from([b"\xff\xfe", b"\xfe\xff"]), tables),
)


@MANY
@given(any_bytes)
def test_whatever_the_bytes_are_they_are_read_or_refused_by_name(data: bytes) -> None:
    with contextlib.suppress(GpxError):
        analyse_recording(read(data), now_s=2e9).summary()
    with contextlib.suppress(GpxError):
        detect(data)


@MANY
@given(
    tables,
    st.dictionaries(
        st.sampled_from(["latitude", "longitude", "time", "date", "segment", "x"]),
        st.sampled_from(
            ["lat", "lon", "time|dd/mm/yyyy", "date|epoch_ms", "time|iso", "seg", "|", "", "hr"]
        )
        | st.text(max_size=5),
    ),
)
def test_whatever_the_mapping_is_it_is_used_or_refused_by_name(
    data: bytes, mapping: dict[str, str]
) -> None:
    with contextlib.suppress(GpxError):
        analyse_recording(read(data, mapping=mapping), now_s=2e9).summary()


# Of a table, and of what only its header is long of, which is no more than a row may be.
SIZE, HEADER_SIZE = 125_000, 7_000
TIMES = 8
# The square of what is eight times as large is 64 times the work.
MOST_GROWTH = 20.0
# What takes less is told from nothing only by what else the machine does.
LEAST_S = 0.01
TRIES = 4


def seconds(data: bytes) -> float:
    """Of the processor; disturbances only add to it."""
    # What other tests have left in memory is not to be looked through in this one's time.
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        with contextlib.suppress(GpxError):
            read(data)
        with contextlib.suppress(GpxError):
            detect(data)
        return time.process_time() - start
    finally:
        gc.enable()


@pytest.mark.parametrize("name", TABLES)
def test_eight_times_the_size_is_about_eight_times_the_work(name: str) -> None:
    size = HEADER_SIZE if name in HEADERS else SIZE
    small, large = TABLES[name](size), TABLES[name](TIMES * size)
    once = often = float("inf")
    for _ in range(TRIES):
        once, often = min(once, seconds(small)), min(often, seconds(large))
        if often <= MOST_GROWTH * max(once, LEAST_S):
            return
    pytest.fail(f"{once:.3f} s for once, {often:.3f} s for {TIMES} times the size")
