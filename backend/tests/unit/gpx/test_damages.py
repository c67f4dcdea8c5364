"""A damaged recording still tells the truth, or says why it cannot."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.gpx import Analysis, GpxError, analyse
from src.gpx.earth.geodesy import leg_lengths_m
from src.gpx.warning_kinds import WarningKind
from tests.support.damages import DAMAGES, WRITERS, Damage
from tests.support.invariants import broken_invariants
from tests.support.rides import Ride, record, rolling
from tests.unit.gpx.test_properties import odd_rides, plans, wild_files

NOW_S = 1_780_000_000.0
SOME = settings(max_examples=40, deadline=None)


def number(analysis: Analysis, name: str) -> float | None:
    owner = analysis if hasattr(analysis, name) else analysis.statistics
    value: float | None = getattr(owner, name)
    return value


RIDES = (
    record(rolling(4, seed=1), seed=1),
    record(rolling(6, seed=2, relief_m=200), seed=2, stops=2, noise="gps"),
    record(rolling(4, seed=3), seed=3, shape="loop", origin=(-33.0, 151.0)),
)


@cache
def clean(ride: int, form: str) -> Analysis:
    return analyse(WRITERS[form](RIDES[ride]), now_s=NOW_S)


# All rides as GPX; in the other formats one tells whether its reader hands on what was damaged.
CASES = [
    pytest.param(damage, form, ride, id=f"{damage.name}-{form}-{ride}")
    for damage in DAMAGES
    for form in damage.possible_forms()
    for ride in range(len(RIDES) if form == damage.possible_forms()[0] else 1)
]


@pytest.mark.parametrize(("damage", "form", "ride"), CASES)
def test_a_damaged_ride_gives_the_numbers_of_the_clean_one(
    damage: Damage, form: str, ride: int
) -> None:
    analysis = analyse(damage.of(RIDES[ride], np.random.default_rng(ride), form), now_s=NOW_S)
    kinds = {warning.kind for warning in analysis.warnings}
    assert not damage.warns or form in damage.silent_in or kinds & damage.warns, kinds
    for name, part in damage.keeps.items():
        expected = number(clean(ride, form), name)
        assert expected is not None
        assert number(analysis, name) == pytest.approx(expected, rel=part), (name, kinds)
    assert broken_invariants(analysis) == []


@pytest.mark.parametrize("ride", RIDES, ids=["0", "1", "2"])
@pytest.mark.parametrize("name", ["below a bridge", "above a tunnel", "jumps within seconds"])
def test_what_is_done_to_heights_would_be_steep(name: str, ride: Ride) -> None:
    (damage,) = (damage for damage in DAMAGES if damage.name.endswith(name))
    assert damage.on_ride is not None
    damaged = damage.on_ride(ride, np.random.default_rng(0))
    along_m = np.concatenate([[0.0], leg_lengths_m(ride.latitude, ride.longitude).cumsum()])
    height = np.interp(np.arange(0.0, along_m[-1], 100.0), along_m, damaged.elevation)
    assert np.abs(np.diff(height)).max() > 30
    assert np.abs(np.diff(damaged.elevation)).max() < 30


@pytest.mark.parametrize("form", WRITERS)
def test_a_clean_ride_has_no_warning(form: str) -> None:
    assert [clean(ride, form).warnings for ride in range(len(RIDES))] == [()] * len(RIDES)


@SOME
@given(
    damages=st.lists(st.sampled_from(DAMAGES), min_size=1, max_size=3),
    seed=st.integers(0, 10_000),
    length_km=st.floats(0.3, 3.0),
    data=st.data(),
)
def test_several_damages_at_once_break_no_invariant(
    damages: list[Damage], seed: int, length_km: float, data: st.DataObject
) -> None:
    form = data.draw(st.sampled_from(damages[-1].possible_forms()))
    rng = np.random.default_rng(seed)
    ride = record(rolling(length_km, seed=seed), seed=seed, stops=seed % 2)
    for damage in damages[:-1]:
        ride = damage.on_ride(ride, rng) if damage.on_ride else ride
    try:
        analysis = analyse(damages[-1].of(ride, rng, form), now_s=NOW_S)
    except GpxError:
        return
    assert broken_invariants(analysis) == []


@SOME
@given(plans() | odd_rides() | wild_files)
def test_no_file_breaks_an_invariant(data: bytes) -> None:
    try:
        analysis = analyse(data, now_s=NOW_S)
    except GpxError:
        return
    assert broken_invariants(analysis) == []


def test_every_warning_of_a_damage_is_a_kind() -> None:
    kinds = {kind.value for kind in WarningKind}
    assert {kind for damage in DAMAGES for kind in damage.warns} <= kinds
    assert all(math.isfinite(part) for damage in DAMAGES for part in damage.keeps.values())
