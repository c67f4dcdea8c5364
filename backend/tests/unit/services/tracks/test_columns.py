"""What is known of originals that could not be analysed; the rest is in `test_making_columns`."""

import pytest

from src.errors import ErrorCode
from src.services.tracks import columns
from src.services.tracks.columns import Refused


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(columns, "monotonic", clock)
    return clock


def test_what_was_wrong_is_known_for_a_quarter_of_an_hour(clock: Clock) -> None:
    refused = Refused()
    refused.remember("one", ErrorCode.FILE_CORRUPTED)
    assert refused.code_of("other") is None
    clock.now_s += 15 * 60 - 1
    assert refused.code_of("one") is ErrorCode.FILE_CORRUPTED
    clock.now_s += 1
    assert refused.code_of("one") is None
    refused.remember("one", ErrorCode.NOT_PROCESSED)
    assert refused.code_of("one") is ErrorCode.NOT_PROCESSED


def test_of_too_many_the_oldest_are_forgotten(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_MOST_REFUSED", 2)
    refused = Refused()
    for key in ("one", "two", "one", "three"):
        refused.remember(key, ErrorCode.NOT_PROCESSED)
        clock.now_s += 1
    known = [key for key in ("one", "two", "three") if refused.code_of(key)]
    assert known == ["one", "three"]
