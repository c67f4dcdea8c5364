"""What is shown without models is what the models would show."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
import pytest
from pydantic import BaseModel, field_validator

from src.schemas.gpx import DeviceTotalsOut, SensorsOut, UploadStateOut
from src.schemas.numbers import Degrees, Kilometres, Metres
from src.schemas.plain import plain
from src.states import ShownStage


class Place(BaseModel):
    name: str
    km: Kilometres
    at: tuple[Degrees, Degrees]


class Way(BaseModel):
    way_id: UUID
    begun: datetime | None
    length: Kilometres | None
    heights: list[Metres]
    first: Place | None
    places: list[Place] | None
    anything: list[Any]
    stage: ShownStage = ShownStage.QUEUED


WAY = {
    "way_id": UUID(int=7),
    "begun": datetime(2026, 5, 1, 8, tzinfo=UTC),
    "length": 7,
    "heights": [1.26, -0.04],
    "first": {"name": "Fuente", "km": 0.12345, "at": [46.123456789, 8.0], "secret": 1},
    "places": [{"name": "", "km": 2.0, "at": (1, 2)}],
    "anything": [1.23456],
    "internal": "x",
}


def both(schema: type[BaseModel], values: dict[str, Any]) -> tuple[str, str]:
    """As text, so that 7 and 7.0 are not the same, nor 0.0 and -0.0."""
    shown = orjson.dumps(plain(schema, values), option=orjson.OPT_UTC_Z).decode()
    return shown, schema.model_validate(values).model_dump_json()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"begun": None, "length": None, "first": None, "places": None},
        {"heights": [], "places": []},
        {"length": 0.00049, "begun": datetime(2026, 5, 1, 8, 0, 0, 500, tzinfo=UTC)},
        {"stage": ShownStage.DONE},
    ],
)
def test_it_is_what_the_models_show(changes: dict[str, Any]) -> None:
    shown, expected = both(Way, WAY | changes)
    assert shown == expected


def test_stored_totals_of_a_device_are_shown_as_fine_as_their_kind() -> None:
    difference = {"number": "max_speed_kmh", "ours": 40.12345, "theirs": 41, "reason": "gaps"}
    totals = {"distance_km": 12.34567, "device": "Edge", "differences": [difference]}
    shown, expected = both(DeviceTotalsOut, totals)
    assert shown == expected
    assert '"ours":40.12,' in shown
    assert '"elevation_gain":null' in shown


def test_what_is_not_recorded_is_an_explicit_null() -> None:
    heart = {"minimum": 71.04, "average": 120.55, "maximum": 180}
    shown, expected = both(SensorsOut, {"heart_rate_bpm": heart})
    assert shown == expected


def test_a_field_that_is_not_given_is_not_left_out_silently() -> None:
    with pytest.raises(KeyError, match="stage"):
        plain(
            UploadStateOut, {name: None for name in UploadStateOut.model_fields if name != "stage"}
        )


def test_what_a_schema_checks_by_itself_is_checked_here_too() -> None:
    class Doubled(BaseModel):
        length: Annotated[float, "of something"]

        @field_validator("length")
        @classmethod
        def _double(cls, value: float) -> float:
            return 2 * value

    assert plain(Doubled, {"length": 2}) == {"length": 4.0}
