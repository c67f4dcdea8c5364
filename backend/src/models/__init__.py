"""The tables. Import them from here, so that every one is known to the metadata."""

from src.models.base import Base
from src.models.gpx_file import GpxFile
from src.models.headline import HEADLINE_NUMBERS, LISTED_NUMBERS
from src.models.idempotency_key import IdempotencyKey
from src.models.nightly_run import NightlyRun
from src.models.processing_run import ProcessingRun
from src.models.route_statistics import RouteStatistics
from src.models.sweep_mark import SweepMark
from src.models.track_point import TrackPoint
from src.models.trip import Trip
from src.models.user import RefreshToken, User

__all__ = [
    "HEADLINE_NUMBERS",
    "LISTED_NUMBERS",
    "Base",
    "GpxFile",
    "IdempotencyKey",
    "NightlyRun",
    "ProcessingRun",
    "RefreshToken",
    "RouteStatistics",
    "SweepMark",
    "TrackPoint",
    "Trip",
    "User",
]
