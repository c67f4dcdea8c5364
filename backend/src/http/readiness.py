"""The state of the service's parts, as anybody may ask for it."""

from typing import Literal

from pydantic import BaseModel

from src.services.monitoring.health_report import PartStatus


class Readiness(BaseModel):
    """The state of each part the service needs."""

    status: Literal["ok", "down"]
    database: PartStatus
    storage: PartStatus
    broker: PartStatus
    workers: PartStatus
