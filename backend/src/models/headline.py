from typing import Any

from sqlalchemy.orm import Mapped


class Headline:
    """The numbers of a route that are shown wherever its upload is; None until it is completed.

    Named as in the engine's `Analysis`; kilometres and metres.
    """

    distance_km: Mapped[float | None]
    elevation_gain: Mapped[float | None]
    elevation_loss: Mapped[float | None]
    max_elevation: Mapped[float | None]
    min_elevation: Mapped[float | None]
    has_elevation: Mapped[bool | None]
    has_timestamps: Mapped[bool | None]
    total_points: Mapped[int | None]
    simplified_points: Mapped[int | None]
    warnings: Mapped[list[dict[str, Any]] | None]


HEADLINE_NUMBERS = tuple(Headline.__annotations__)
