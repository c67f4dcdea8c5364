"""Columns of times read as one time at a time would be."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.gpx.formats.csv_log.cells import Cells
from src.gpx.formats.csv_log.times import (
    TimeFormat,
    format_of,
    is_time_of_day,
    joined,
    order_of,
    read_time,
    read_times,
)
from src.gpx.formats.values import FIRST_S, LAST_S, number

DATES = (TimeFormat.ISO, TimeFormat.DAY_FIRST, TimeFormat.MONTH_FIRST)
GOOD = (
    "2026-03-21T10:00:00Z",
    "2026-03-21 10:00:00.250",
    "2026/03/21 10:00:00",
    "21/03/2026 10:00:00",
    "21.03.2026 10:00:00+01:00",
    "3-1-2026 9:05",
    "03/21/2026 9:05:00 PM",
    "03/21/2026 12:05 a. m.",
    "21/03/2026 10:00:00 Z",
    "21/03/2026T10:00:00 -0300",
    "21/03/2026",
)


def assert_same(texts: list[str], time_format: TimeFormat) -> None:
    found, _ = read_times(Cells.of(texts), time_format, decimal_comma=False)
    expected = np.array([read_time(text, time_format) for text in texts])
    wrong = np.flatnonzero((found != expected) & ~(np.isnan(found) & np.isnan(expected)))
    assert [(texts[row], found[row], expected[row]) for row in wrong[:5].tolist()] == []


@pytest.mark.parametrize("time_format", DATES)
def test_damaged_times_read_as_they_read_alone(time_format: TimeFormat) -> None:
    chance = random.Random(7)
    texts = []
    for _ in range(20_000):
        text = list(chance.choice(GOOD))
        for _ in range(chance.randrange(3)):
            where = chance.randrange(len(text) + 1)
            text[where : where + chance.randrange(3)] = chance.choice("0123456789.-+:TZ /,éAPM")
        texts.append("".join(text).strip(" \t"))
    assert_same(texts, time_format)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=5), st.sampled_from(DATES))
def test_any_texts_read_as_they_read_alone(texts: list[str], time_format: TimeFormat) -> None:
    assert_same(
        [text.strip(" \t").encode("utf-8", "replace").decode() for text in texts], time_format
    )


@pytest.mark.parametrize(
    ("text", "time_format", "expected"),
    [
        ("21/03/2026 9:05 PM", TimeFormat.DAY_FIRST, 1774127100),
        ("03/21/2026 12:05 a. m.", TimeFormat.MONTH_FIRST, 1774051500),
        ("03/21/2026 13:05 PM", TimeFormat.MONTH_FIRST, math.inf),
        ("03/21/2026", TimeFormat.DAY_FIRST, math.inf),
        ("21/03/2026", TimeFormat.ISO, math.inf),
        ("21/03-2026", TimeFormat.DAY_FIRST, math.inf),
        ("21/03/26", TimeFormat.DAY_FIRST, math.inf),
    ],
)
def test_a_time_is_what_its_format_says(
    text: str, time_format: TimeFormat, expected: float
) -> None:
    assert read_time(text, time_format) == expected


@pytest.mark.parametrize("texts", [["1e300", "-1e300", "1e17", "x", "NaN", "1774087200"]])
@pytest.mark.parametrize(("time_format", "unit"), [("epoch_s", 1), ("epoch_ms", 1000)])
def test_numbers_beyond_the_calendar_are_unreadable(
    texts: list[str], time_format: str, unit: float
) -> None:
    found, zoneless = read_times(Cells.of(texts), TimeFormat(time_format), decimal_comma=False)
    seconds = [number(text) / unit for text in texts]
    expected = [s if FIRST_S <= s <= LAST_S else math.inf for s in seconds]
    np.testing.assert_array_equal(found, expected)
    assert not zoneless.any()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], TimeFormat.ISO),
        (["?", "?", "1774087200"], TimeFormat.EPOCH_S),
        (["20260321", "20260321100000"], TimeFormat.ISO),
        (["1774087200000"], TimeFormat.EPOCH_MS),
        (["1/2/2026", "2026-02-01", "x/y/2026"], TimeFormat.ISO),
        (["1/2/2026", "2026-02-01", "1.2.2026 10:00"], None),
    ],
)
def test_the_format_is_that_of_most_texts(texts: list[str], expected: TimeFormat | None) -> None:
    assert format_of(texts, decimal_comma=False) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["01/02/2026", "13/02/2026"], TimeFormat.DAY_FIRST),
        (["1/2/2026", "1/13/2026"], TimeFormat.MONTH_FIRST),
        (["1/2/2026", "02/01/2026 10:00:00"], None),
        (["2/2/2026", "03/03/2026"], TimeFormat.DAY_FIRST),
        (["13/1/2026", "1/13/2026"], None),
        (["13/1/2026", "14/01/2026", "1/13/2026"], TimeFormat.DAY_FIRST),
        (["13/01/2026 10:00", "13/01/2026 10:01", "01/13/2026"], TimeFormat.DAY_FIRST),
        (["13/01/2026 10:00" + 60 * " ", "01/13/2026"], TimeFormat.MONTH_FIRST),
        (["13/01/2026+", "13/01/2026 10:00", "01/13/2026"], None),
        (["99/2/2026", "1/2/2026"], None),
        (["2026-03-21", "", "x"], TimeFormat.DAY_FIRST),
    ],
)
def test_what_cannot_be_a_month_tells_the_order(
    texts: list[str], expected: TimeFormat | None
) -> None:
    assert order_of([Cells.of(texts)]) == expected
    assert order_of([Cells.of([text]) for text in texts]) == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=9))
def test_a_date_and_a_time_are_joined_by_a_space(pairs: list[tuple[str, str]]) -> None:
    dates, times = ([pair[side] for pair in pairs] for side in (0, 1))
    found = joined(Cells.of(dates), Cells.of(times)).texts()
    assert found == [f"{date} {time}" if date and time else "" for date, time in pairs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10:00", True), ("9:05:00 PM", True), ("100000", True), ("2026-03-21T10:00", False)],
)
def test_a_time_of_day_has_no_date(text: str, expected: bool) -> None:
    assert is_time_of_day(text) == expected
