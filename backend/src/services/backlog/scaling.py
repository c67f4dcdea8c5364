"""How many workers the backlog asks for."""

from dataclasses import dataclass

from src.services.backlog.measurement import Backlog

# A worker is taken away once the others would have no more than this part of their share. What
# lies between it and the whole share keeps the number as it is: it must not swing to and fro.
EASY_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Scaling:
    """The bounds of the number of workers, and the share of due uploads that one is to have."""

    least: int = 2
    most: int = 10
    uploads_per_worker: int = 4
    most_added_at_once: int = 4

    def __post_init__(self) -> None:
        if not 0 < self.least <= self.most:
            raise ValueError("the least number of workers is above 0 and not above the most")
        if self.uploads_per_worker < 1 or self.most_added_at_once < 1:
            raise ValueError("a worker's share and the step are at least 1")


def desired_workers(backlog: Backlog, current: int, scaling: Scaling) -> int:
    """The number of workers to have next, being asked again and again, say every minute.

    It grows by what is missing, at most `most_added_at_once`, and shrinks by one at a time, never
    below the number of running uploads. The bounds hold before everything else.
    """
    wanted = -(-backlog.due // scaling.uploads_per_worker)
    if wanted > current:
        desired = min(wanted, current + scaling.most_added_at_once)
    elif _is_one_too_many(backlog, current, scaling):
        desired = current - 1
    else:
        desired = current
    return min(max(desired, scaling.least), scaling.most)


def _is_one_too_many(backlog: Backlog, current: int, scaling: Scaling) -> bool:
    others = current - 1
    easy = EASY_SHARE * others * scaling.uploads_per_worker
    return backlog.running <= others and backlog.due <= easy
