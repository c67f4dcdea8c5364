"""Columns of numbers and times read as one value at a time would be."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from src.gpx.formats.byte_columns import ByteColumns
from src.gpx.formats.values import instant, number
from src.gpx.model import FloatArray
from tests.unit.gpx.formats.xml.test_scanner import NUMBERS, TIMES

ROWS = 20_000


def read(texts: list[str], kind: str) -> FloatArray:
    """The texts as one column of a document."""
    data = ("<" + "<".join(texts) + "<trkpt lat='0' lon='0'>").encode()
    ends = np.cumsum([len(text) + 1 for text in texts])
    starts = ends - [len(text) for text in texts]
    columns = ByteColumns(data)
    return columns.numbers(starts, ends) if kind == "numbers" else columns.instants(starts, ends)


def assert_same(texts: list[str], kind: str, one: Callable[[str], float]) -> None:
    found = read(texts, kind)
    expected = np.array([one(text) for text in texts])
    # Bit by bit, so that -0.0 is not 0.0.
    wrong = np.flatnonzero(found.view(np.int64) != expected.view(np.int64))
    wrong = wrong[~(np.isnan(found[wrong]) & np.isnan(expected[wrong]))]
    assert [(texts[i], found[i], expected[i]) for i in wrong[:5].tolist()] == []


@pytest.mark.parametrize("digits", [0, 1, 5, 6, 7, 8, 9, 12, 15, 17, 25, 36])
@pytest.mark.parametrize("scale", [1.0, 10.0, 200.0, 1e6, 1e7, 1e9])
def test_decimals_of_any_length_are_the_nearest_doubles(digits: int, scale: float) -> None:
    chance = random.Random(digits * scale)
    texts = [f"{chance.uniform(-scale, scale):.{digits}f}" for _ in range(2000)]
    assert_same(texts, "numbers", number)


def test_decimals_between_two_doubles_are_rounded_as_python_rounds_them() -> None:
    chance = random.Random(1)
    halves = [np.nextafter(value, 9e9) / 2 + value / 2 for value in (1.0, 59.5, 1234567.0)]
    texts = [f"{half:.{chance.randrange(6, 36)}f}" for half in halves for _ in range(500)]
    assert_same(texts, "numbers", number)


@pytest.mark.parametrize(("kind", "one"), [("numbers", number), ("instants", instant)])
def test_damaged_texts_read_as_they_read_alone(kind: str, one: Callable[[str], float]) -> None:
    chance = random.Random(2)
    good = {
        "numbers": ("59.443891", "-8.5", "70", "47.644820801725625"),
        "instants": ("2024-08-22T08:56:33Z", "2024-08-22T08:56:33.125Z", "2024-08-22T08:56:33"),
    }
    texts = []
    for _ in range(ROWS):
        text = list(chance.choice(good[kind]))
        for _ in range(chance.randrange(3)):
            where = chance.randrange(len(text) + 1)
            text[where : where + chance.randrange(3)] = chance.choice("0123456789.-+:TZ eE/;@")
        texts.append("".join(text))
    assert_same(texts, kind, one)


@pytest.mark.parametrize(
    ("texts", "kind", "one"), [(NUMBERS, "numbers", number), (TIMES, "instants", instant)]
)
def test_odd_texts_read_as_they_read_alone(
    texts: tuple[str, ...], kind: str, one: Callable[[str], float]
) -> None:
    plain = [text for text in texts if text.isascii() and "<" not in text and "&" not in text]
    assert_same(plain, kind, one)
    assert_same([text for text in plain for _ in range(9)], kind, one)


def test_times_of_every_day_and_second_are_read() -> None:
    chance = random.Random(3)
    stamps = np.array([chance.randrange(-62_135_596_800, 253_402_300_800) for _ in range(ROWS)])
    days = np.datetime_as_string(stamps.astype("datetime64[s]")).tolist()
    assert_same([f"{day}Z" for day in days], "instants", instant)
    fractions = [f"{day}.{chance.randrange(10**9)}Z" for day in days]
    assert_same(fractions, "instants", instant)
    np.testing.assert_array_equal(read([f"{day}Z" for day in days], "instants"), stamps)


def test_there_is_no_year_0() -> None:
    # Alone: beside a fraction times are read to the microsecond, which these have not.
    assert_same(["0000-06-30T23:59:59Z"], "instants", instant)
