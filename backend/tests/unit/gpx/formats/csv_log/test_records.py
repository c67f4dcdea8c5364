"""A table is split as Python's `csv` module splits it, whatever the blocks."""

import csv
import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from src.gpx.errors import RowTooLongError
from src.gpx.formats.csv_log.cells import Cells
from src.gpx.formats.csv_log.document import decoded
from src.gpx.formats.csv_log.records import LONGEST_ROW_BYTES, Table

MANY = settings(max_examples=200, deadline=None)
WIDTH = 4

plain_cells = st.text(st.sampled_from("0123456789.-é \t"), max_size=6)
quoted_cells = st.text(st.sampled_from("01.,;\n\r é\t"), max_size=6).map(lambda text: f'"{text}"')
damaged_cells = st.text(st.sampled_from('01,;"\n\r \t€'), max_size=6)
# Mostly quotation marks, so that runs of them meet what is open and what is not.
runs_of_quotes = st.text(st.sampled_from('"""",\n1'), max_size=9)
separators = st.sampled_from([",", ";", "\t"])
block_sizes = st.sampled_from([1, 7, 40, 1 << 20])


def documents(cells: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[bytes, str]]:
    """Tables of rows of almost always four cells, and their separator."""

    def of(separator: str) -> st.SearchStrategy[tuple[bytes, str]]:
        rows = st.lists(cells, min_size=WIDTH, max_size=WIDTH) | st.lists(cells, max_size=7)
        ends = st.sampled_from(["\n", "\r\n", "\r", "\n\n"])
        lines = st.builds(lambda row, end: separator.join(row) + end, rows, ends)
        text = st.builds(
            lambda lines, last: "".join(lines) + last, st.lists(lines, max_size=12), cells
        )
        return text.map(lambda text: (text.encode(), separator))

    return separators.flatmap(of)


def split(data: bytes, separator: str, block_bytes: int) -> list[list[str]]:
    """Every column of every row as the reader sees them, and what it says of their lengths."""
    document, _ = decoded(data)
    found = []
    for rows in Table(document, separator, block_bytes).rows(0, WIDTH):
        columns = [rows.column(position).texts() for position in range(WIDTH)]
        flags = [map(str, flag.tolist()) for flag in (rows.is_cut, rows.is_long, rows.start)]
        found += [[*row] for row in zip(*columns, *flags, strict=True)]
    return found


def as_the_csv_module(data: bytes, separator: str) -> list[list[str]]:
    text = data.decode().replace("\r\n", "\n").replace("\r", "\n")
    found = []
    for fields in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        if len(fields) < 2 and not "".join(fields).strip(" \t"):
            continue
        is_long = any(field.strip(" \t") for field in fields[WIDTH:])
        cells = [""] * WIDTH if is_long else [*fields[:WIDTH], *[""] * WIDTH][:WIDTH]
        cells = [cell.strip(" \t") for cell in cells]
        found.append([*cells, str(len(fields) < WIDTH), str(is_long)])
    return found


@MANY
@given(
    st.one_of(
        *map(
            documents,
            (
                plain_cells,
                quoted_cells,
                plain_cells | quoted_cells,
                damaged_cells,
                runs_of_quotes,
            ),
        )
    ),
    block_sizes,
)
# As many quotation marks beside ends of fields as if each field had two.
@example((b'"x"y",","z"\n', ","), 1 << 20)
@example((b'"x","y","z",""\n"x","","",""\n', ","), 1 << 20)
def test_rows_are_those_of_the_csv_module(document: tuple[bytes, str], block_bytes: int) -> None:
    found = split(*document, block_bytes)

    assert [row[:-1] for row in found] == as_the_csv_module(*document)


@MANY
@given(documents(plain_cells | quoted_cells | damaged_cells | runs_of_quotes))
def test_the_size_of_blocks_changes_nothing(document: tuple[bytes, str]) -> None:
    assert split(*document, 5) == split(*document, 1 << 20)


@pytest.mark.parametrize("damage", ["", 'x"y,'])
def test_a_row_may_be_so_long_and_no_longer(damage: str) -> None:
    fits = damage + "1," * ((LONGEST_ROW_BYTES - len(damage)) // 2)
    fits += "1" * (LONGEST_ROW_BYTES - len(fits))
    assert len(split(f"1,2\n{fits}\n".encode(), ",", 1 << 20)) == 2
    for block_bytes in (100, 1 << 20):
        with pytest.raises(RowTooLongError) as caught:
            split(f"1,2\n{fits}1\n3,4".encode(), ",", block_bytes)
        assert caught.value.line == 2


def test_an_open_quote_at_the_end_takes_what_is_left() -> None:
    assert split(b'1,2,3,4\n5,6,7,"8\n9', ",", 1 << 20)[1][:WIDTH] == ["5", "6", "7", "8\n9"]


@MANY
@given(st.lists(st.text(st.sampled_from("ab é"), max_size=20), min_size=1, max_size=10))
def test_changes_of_texts_are_found(texts: list[str]) -> None:
    texts = [text for text in texts for _ in range(2)]
    expected = [one != other for one, other in pairwise(texts)]
    np.testing.assert_array_equal(Cells.of(texts).changes(), expected)
