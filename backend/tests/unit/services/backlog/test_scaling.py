import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.services.backlog.measurement import Backlog
from src.services.backlog.scaling import Scaling, desired_workers

USUAL = Scaling()
backlogs = st.builds(Backlog, waiting=st.integers(0, 200), running=st.integers(0, 40))
numbers = st.integers(0, 15)


@pytest.mark.parametrize(
    ("waiting", "running", "current", "desired"),
    [
        # Nothing to do: one worker after another goes, down to the least.
        (0, 0, 5, 4),
        (0, 0, 2, 2),
        (0, 0, 0, 2),
        # Four uploads each are enough for two workers, and one more is not.
        (4, 4, 2, 2),
        (5, 4, 2, 3),
        # A flood adds four at once, up to the most.
        (200, 4, 2, 6),
        (200, 12, 6, 10),
        (200, 20, 10, 10),
        # Between growing and shrinking nothing happens: 3 workers stay from 5 to 12 uploads.
        (9, 3, 3, 3),
        (3, 2, 3, 3),
        (2, 2, 3, 2),
        # More than the most, because that was lowered.
        (200, 0, 14, 10),
    ],
)
def test_workers_follow_the_due_uploads(
    waiting: int, running: int, current: int, desired: int
) -> None:
    assert desired_workers(Backlog(waiting=waiting, running=running), current, USUAL) == desired


def test_what_is_retried_later_needs_no_worker_yet() -> None:
    assert desired_workers(Backlog(retrying=100), 2, USUAL) == 2


@given(backlogs, numbers)
def test_the_bounds_always_hold(backlog: Backlog, current: int) -> None:
    assert 2 <= desired_workers(backlog, current, USUAL) <= 10


@given(backlogs, st.integers(2, 10))
def test_nobody_is_taken_away_below_what_runs(backlog: Backlog, current: int) -> None:
    assert desired_workers(backlog, current, USUAL) >= min(backlog.running, current)


@given(backlogs, st.integers(2, 10))
def test_one_at_a_time_goes_and_at_most_a_step_comes(backlog: Backlog, current: int) -> None:
    assert -1 <= desired_workers(backlog, current, USUAL) - current <= USUAL.most_added_at_once


@given(backlogs, numbers)
def test_the_number_comes_to_rest_and_never_turns_back(backlog: Backlog, current: int) -> None:
    path = [current]
    for _ in range(20):
        path.append(desired_workers(backlog, path[-1], USUAL))
    assert path[-1] == path[-2]
    within_bounds = path[1:]
    assert within_bounds in (sorted(within_bounds), sorted(within_bounds, reverse=True))


@given(backlogs, st.integers(2, 10))
def test_more_uploads_never_ask_for_fewer_workers(backlog: Backlog, current: int) -> None:
    more = Backlog(waiting=backlog.waiting + 1, running=backlog.running)
    assert desired_workers(more, current, USUAL) >= desired_workers(backlog, current, USUAL)


@pytest.mark.parametrize(
    "bounds", [{"least": 0}, {"least": 11}, {"uploads_per_worker": 0}, {"most_added_at_once": 0}]
)
def test_bounds_that_make_no_sense_are_refused(bounds: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"at least 1|above 0"):
        Scaling(**bounds)
