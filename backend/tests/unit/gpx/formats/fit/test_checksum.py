"""The checksum of all bytes at once is that of the protocol, byte by byte."""

from hypothesis import given
from hypothesis import strategies as st

from src.gpx.formats.fit.checksum import checksum
from tests.support.fit_files import crc


@given(data=st.binary(max_size=200), start=st.integers(0, 20), end=st.integers(0, 200))
def test_any_bytes_have_the_checksum_of_the_protocol(data: bytes, start: int, end: int) -> None:
    assert checksum(data) == crc(data)
    start, end = min(start, len(data)), min(end, len(data))
    assert checksum(data, start, end) == crc(data[start:end])


def test_a_file_with_its_checksum_behind_it_has_the_checksum_zero() -> None:
    data = bytes(range(256)) * 37
    assert checksum(data + crc(data).to_bytes(2, "little")) == 0
