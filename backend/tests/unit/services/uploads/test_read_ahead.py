"""What was read before an upload was accepted is given once, and kept for the last few only."""

from dataclasses import replace
from pathlib import Path

import pytest

from src.gpx import analyse
from src.services.uploads.read_ahead import _MOST_KEPT, ReadAhead
from tests.support.rides import build_gpx

ANALYSIS = analyse(build_gpx(points=20)).compact()


@pytest.fixture
def columns(tmp_path: Path) -> Path:
    path = tmp_path / "read"
    path.write_bytes(b"the columns")
    return path


async def kept(ahead: ReadAhead, names: list[str], target: Path) -> list[str]:
    """Which of these are there; they are taken."""
    return [name for name in names if await ahead.take(name, target) is not None]


async def test_an_analysis_is_given_once_with_its_columns(columns: Path, tmp_path: Path) -> None:
    ahead, target = ReadAhead(), tmp_path / "taken"
    await ahead.keep("one", ANALYSIS, columns)
    # The file that was read is gone by the time of the track.
    (tmp_path / columns.name).unlink()
    assert await ahead.take("another", target) is None
    assert not target.exists()
    assert await ahead.take("one", target) is ANALYSIS
    assert target.read_bytes() == b"the columns"
    assert await ahead.take("one", target) is None


async def test_of_two_readings_of_a_file_the_later_is_given(columns: Path, tmp_path: Path) -> None:
    ahead, later, again = ReadAhead(), replace(ANALYSIS, name="later"), tmp_path / "again"
    again.write_bytes(b"later columns")
    await ahead.keep("one", ANALYSIS, columns)
    await ahead.keep("one", later, again)
    assert await ahead.take("one", tmp_path / "taken") is later
    assert (tmp_path / "taken").read_bytes() == b"later columns"


async def test_where_there_are_too_many_the_oldest_goes(columns: Path, tmp_path: Path) -> None:
    ahead, names = ReadAhead(), [str(number) for number in range(_MOST_KEPT + 2)]
    for name in names:
        await ahead.keep(name, ANALYSIS, columns)
    assert await kept(ahead, names, tmp_path / "taken") == names[2:]


async def test_a_file_that_is_read_again_is_not_the_oldest(columns: Path, tmp_path: Path) -> None:
    ahead, names = ReadAhead(), [str(number) for number in range(_MOST_KEPT)]
    for name in (*names, names[0], "one more"):
        await ahead.keep(name, ANALYSIS, columns)
    expected = [names[0], *names[2:], "one more"]
    assert await kept(ahead, [*names, "one more"], tmp_path / "taken") == expected


async def test_columns_that_cannot_be_read_keep_nothing(tmp_path: Path) -> None:
    ahead = ReadAhead()
    with pytest.raises(FileNotFoundError):
        await ahead.keep("one", ANALYSIS, tmp_path / "nothing")
    assert await ahead.take("one", tmp_path / "taken") is None
