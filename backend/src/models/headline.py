from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column


class Headline:
    """The numbers of a route that are shown wherever its upload is; None until it is completed.

    Named as in the engine's `Analysis`; kilometres and metres. The gain lies between its `low` and
    its `high` in 90 of 100 rides; both are None also for a ride that was analysed before they were
    told. `start_local` is the wall clock where the ride began, with its offset (ISO 8601), and
    `preview` a line for a thumbnail. `device_totals` is what the recorder itself says of the ride,
    None also where it says nothing.
    """

    distance_km: Mapped[float | None]
    elevation_gain: Mapped[float | None]
    elevation_gain_low: Mapped[float | None]
    elevation_gain_high: Mapped[float | None]
    elevation_loss: Mapped[float | None]
    max_elevation: Mapped[float | None]
    min_elevation: Mapped[float | None]
    has_elevation: Mapped[bool | None]
    has_timestamps: Mapped[bool | None]
    total_points: Mapped[int | None]
    simplified_points: Mapped[int | None]
    warnings: Mapped[list[dict[str, Any]] | None]
    sensors: Mapped[dict[str, Any] | None]
    start_time: Mapped[datetime | None]
    start_local: Mapped[str | None] = mapped_column(String(40))
    preview: Mapped[dict[str, Any] | None]
    device_totals: Mapped[dict[str, Any] | None]


HEADLINE_NUMBERS = frozenset(Headline.__annotations__)
# What is shown of a route that is one of many: how sure its gain is stands with the route itself.
LISTED_NUMBERS = HEADLINE_NUMBERS - {"elevation_gain_low", "elevation_gain_high"}
