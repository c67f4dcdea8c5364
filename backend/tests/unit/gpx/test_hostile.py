"""A hostile file costs no more than its size deserves: with twice the size comes twice the work."""

import contextlib
import gc
import time
from collections.abc import Callable

import pytest

from src.gpx import GpxError, analyse
from src.gpx.formats.registry import sniff
from tests.support.hostile import HOSTILE as DOCUMENTS
from tests.support.hostile_formats import OTHER_FORMATS, PACKED

HOSTILE = DOCUMENTS | OTHER_FORMATS
# The worst is four times, for work that grows with the square of the size.
MOST_GROWTH = 3.0
SIZE = 400_000
# What copies fast shows its square late.
LARGER = {
    "processing instructions in a name": 4_000_000,
    "an endless CDATA section": 4_000_000,
    "line ends in a name": 4_000_000,
    "digits in an elevation": 4_000_000,
    "an endless comment": 2_000_000,
    "tags of very many attributes": 1_500_000,
}
# What is packed is five times as large once it is unpacked.
SIZE_PACKED = SIZE // 5
TRIES = 4
# What takes less is told from nothing only by what else the machine does.
LEAST_S = 0.02
# The API looks at the beginning of an upload on its event loop, while all others wait.
BEGINNING_BYTES, MOST_BEGINNING_S = 1 << 16, 0.3


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_size_is_at_most_about_twice_the_work(name: str) -> None:
    size = LARGER.get(name, SIZE_PACKED if name in PACKED else SIZE)
    small, large = HOSTILE[name](size), HOSTILE[name](2 * size)
    once = twice = float("inf")
    for _ in range(TRIES):
        once, twice = min(once, seconds(small)), min(twice, seconds(large))
        if twice <= MOST_GROWTH * max(once, LEAST_S):
            return
    pytest.fail(f"{once:.3f} s for once, {twice:.3f} s for twice the size")


def test_a_beginning_is_looked_at_in_a_moment() -> None:
    heads = {name: HOSTILE[name](SIZE)[:BEGINNING_BYTES] for name in HOSTILE}

    assert {name for name in heads if seconds(heads[name], sniff) > MOST_BEGINNING_S} == set()


def seconds(data: bytes, work: Callable[[bytes], object] = analyse) -> float:
    """Of the processor; disturbances only add to it.

    Garbage is collected afterwards: how long that takes depends on what other tests left behind.
    """
    gc.disable()
    try:
        start = time.process_time()
        with contextlib.suppress(GpxError):
            work(data)
        return time.process_time() - start
    finally:
        gc.enable()


def test_the_kinds_are_as_large_as_they_are_asked_to_be() -> None:
    # What shrinks to a hundredth cannot be packed and large.
    sizes = {name: len(HOSTILE[name](SIZE)) for name in HOSTILE if name not in PACKED}

    assert {name for name, size in sizes.items() if not SIZE / 2.5 < size < 1.5 * SIZE} == set()
