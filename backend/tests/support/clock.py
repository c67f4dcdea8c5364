"""A clock that tests move by hand."""

from datetime import datetime, timedelta

from src.database import utc_now


class Clock:
    """Stands two months in the past, so that it can be moved far without passing the real time."""

    def __init__(self) -> None:
        self.now = (utc_now() - timedelta(days=60)).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **amount: float) -> None:
        self.now += timedelta(**amount)
