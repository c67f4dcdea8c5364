"""Every number of an answer is for people: with so many decimals, and no more."""

import json
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import numpy as np
import pytest
from pydantic import BaseModel, TypeAdapter

from src.models import HEADLINE_NUMBERS, LISTED_NUMBERS
from src.schemas import auth, gpx, numbers, trips
from src.schemas.gpx import GpxMetadataOut, HeadlineNumbers, ListedGpxOut

KINDS = {
    numbers.Kilometres,
    numbers.Metres,
    numbers.Minutes,
    numbers.KilometresPerHour,
    numbers.Percent,
    numbers.Degrees,
    numbers.SensorValue,
    numbers.Seconds,
    numbers.DeviceValue,
}


def answers() -> Iterator[type[BaseModel]]:
    for module in (auth, gpx, trips):
        for thing in vars(module).values():
            is_model = isinstance(thing, type) and issubclass(thing, BaseModel)
            if is_model and not issubclass(thing, trips.TripFields):
                yield thing


def bare_floats(annotation: Any) -> bool:
    """Whether a float stands in an annotation that is of no kind."""
    if annotation in KINDS:
        return False
    if get_origin(annotation) in (Annotated, Union, UnionType, list, dict, tuple):
        return any(map(bare_floats, get_args(annotation)))
    return annotation is float


def test_every_float_of_an_answer_is_of_a_kind() -> None:
    bare = [
        f"{model.__name__}.{name}"
        for model in answers()
        for name, annotation in model.__annotations__.items()
        if bare_floats(annotation)
    ]
    assert bare == []
    assert len({*answers()}) > 15


def test_a_bare_float_would_be_found() -> None:
    assert bare_floats(float | None)
    assert bare_floats(list[float])
    assert not bare_floats(numbers.Metres | None)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (numbers.Kilometres, 45.65449999, "45.654"),
        (numbers.Kilometres, 0.0004, "0.0"),
        (numbers.Metres, 507.349, "507.3"),
        (numbers.Metres, -0.04, "0.0"),
        (numbers.Minutes, 90.06, "90.1"),
        (numbers.KilometresPerHour, 23.456, "23.46"),
        (numbers.Percent, -7.125001, "-7.13"),
        (numbers.Degrees, 40.123456789, "40.1234568"),
        (numbers.SensorValue, 141.2512, "141.3"),
    ],
)
def test_a_number_has_the_decimals_of_its_kind(kind: Any, value: float, shown: str) -> None:
    assert json.dumps(TypeAdapter(kind).validate_python(value)) == shown


def test_a_column_is_rounded_as_its_numbers_are() -> None:
    values = [45.65449999, -0.0004, 0.0006, 1e4 / 3, None, float("nan")]
    expected = [
        None if value is None or value != value else numbers.round_to(3, value) for value in values
    ]
    rounded = numbers.round_column(values, 3)
    assert json.dumps(rounded) == json.dumps(expected)
    assert numbers.round_column([1.25, 2.75], 1) == [1.2, 2.8]
    assert numbers.round_column([None], 1) == [None]


def test_rounded_distances_never_decrease() -> None:
    distances = np.cumsum(np.random.default_rng(1).exponential(1e-4, 20_000))
    rounded = np.array(numbers.round_column(distances, 3), np.float64)
    assert (np.diff(rounded) >= 0).all()


def test_the_wire_has_the_headline_numbers_of_the_table() -> None:
    told = {"warnings", "sensors", "start_time", "start_local", "preview", "device_totals"}
    assert {*HeadlineNumbers.model_fields, *told} == LISTED_NUMBERS
    assert HEADLINE_NUMBERS & {*ListedGpxOut.model_fields} == LISTED_NUMBERS
    assert {*GpxMetadataOut.model_fields} >= HEADLINE_NUMBERS
