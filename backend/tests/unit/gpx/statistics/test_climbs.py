import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.gpx.earth.geodesy import cumulative_distance_m
from src.gpx.elevation.profile import Profile, build_profile
from src.gpx.model import Climb, Segments
from src.gpx.statistics.climbs import category, find_climbs, largest_first, maximal_rises
from tests.support.rides import Ride, flat, passes, record, rolling


def climbs_of(ride: Ride) -> tuple[Climb, ...]:
    track = ride.track()
    profile = build_profile(
        track, cumulative_distance_m(track.latitude, track.longitude, track.segments)
    )
    assert profile is not None
    return find_climbs(profile)


def road(*stretches: tuple[float, float]) -> Profile:
    """A profile of stretches of (kilometres, percent)."""
    slopes = np.concatenate([np.full(round(km * 100), percent / 10) for km, percent in stretches])
    elevation = np.concatenate([[0.0], np.cumsum(slopes)])
    return Profile(
        cell_m=10.0,
        elevation_m=elevation,
        posterior_mean_m=elevation,
        segments=Segments(np.zeros(len(elevation), dtype=np.int64)),
        known=np.ones(len(elevation), dtype=np.bool_),
        gain_m=0.0,
        loss_m=0.0,
        gain_low_m=0.0,
        gain_high_m=0.0,
        turns=np.array([0, len(elevation) - 1]),
        left_m2=np.zeros((1, 1)),
        lift_m=np.zeros(0),
    )


@pytest.mark.parametrize("seed", range(4))
def test_ten_kilometres_at_six_percent_in_whole_metres_are_one_climb(seed: int) -> None:
    ride = record(passes(25, [(3, 10, 6)]), seed=seed, altitude_step_m=1.0)

    (climb,) = climbs_of(ride)

    assert climb.start_km == pytest.approx(3, abs=0.15)
    assert climb.end_km == pytest.approx(13, abs=0.15)
    assert climb.distance_km == pytest.approx(10, rel=0.02)
    assert climb.elevation_gain_m == pytest.approx(600, rel=0.02)
    assert climb.avg_gradient == pytest.approx(6, abs=0.1)
    assert 6 <= climb.max_gradient < 8
    assert climb.category == "2"


@pytest.mark.parametrize("seed", range(4))
def test_satellite_altitudes_do_not_break_a_climb(seed: int) -> None:
    ride = record(passes(60, [(4, 9, 6), (30, 12, 7)]), seed=seed, noise="gps")

    harder, easier = climbs_of(ride)[:2]

    assert harder.elevation_gain_m == pytest.approx(840, rel=0.03)
    assert easier.elevation_gain_m == pytest.approx(540, rel=0.03)


def test_a_flat_ride_has_no_climbs() -> None:
    assert climbs_of(record(flat(40), noise="white")) == ()


def test_the_hardest_climb_comes_first() -> None:
    found = climbs_of(record(rolling(80, relief_m=400, seed=2)))

    gains = [climb.elevation_gain_m for climb in found]
    assert len(gains) > 3
    assert gains == sorted(gains, reverse=True)


def test_a_flat_approach_does_not_belong_to_the_climb() -> None:
    (climb,) = find_climbs(road((10, 0.5), (5, 8), (3, 0.2)))

    assert (climb.start_km, climb.end_km) == pytest.approx((10, 15), abs=0.05)
    assert climb.avg_gradient == pytest.approx(8, abs=0.05)


def test_a_short_dip_does_not_end_a_climb() -> None:
    (climb,) = find_climbs(road((1, 0), (5, 7), (0.5, -4), (5, 7), (1, 0)))

    assert climb.distance_km == pytest.approx(10.5, abs=0.05)
    assert climb.elevation_gain_m == pytest.approx(680, abs=2)


def test_a_valley_makes_two_climbs() -> None:
    found = find_climbs(road((5, 7), (3, -6), (4, 7), (1, -7)))

    assert [climb.distance_km for climb in found] == pytest.approx([5, 4], abs=0.05)


def test_a_descent_that_costs_a_good_part_of_the_climb_ends_it() -> None:
    found = find_climbs(road((5, 7), (1.2, -8), (4, 7), (1, -7)))

    assert [climb.distance_km for climb in found] == pytest.approx([5, 4], abs=0.05)


@pytest.mark.parametrize(
    ("up_km", "dip_km", "dip_percent", "climbs"),
    [
        (0.8, 0.2, -5, 1),  # 10 m of 60 are not worth a second climb
        (3.0, 0.8, -5, 2),  # 40 m of 225 are
        (5.0, 1.2, -1, 1),  # 12 m of 375 are nothing,
        (5.0, 2.5, -1, 2),  # but two and a half kilometres without climbing are
    ],
)
def test_a_dip_ends_a_climb_by_its_depth_and_by_its_length(
    up_km: float, dip_km: float, dip_percent: float, climbs: int
) -> None:
    found = find_climbs(road((1, 0), (up_km, 7.5), (dip_km, dip_percent), (up_km, 7.5), (1, -7)))

    assert len(found) == climbs


def test_a_climb_that_grows_takes_up_what_was_too_small_for_it_before() -> None:
    # The first dip is too deep for the hundred metres behind it, but not for the three hundred.
    (climb,) = find_climbs(road((2.5, 8), (0.2, -8), (1.26, 8), (0.15, -10.05), (2.5, 8), (1, -7)))

    assert climb.distance_km == pytest.approx(6.61, abs=0.02)


def test_a_long_flat_makes_two_climbs() -> None:
    found = find_climbs(road((2, 8), (8, 0), (3, 8)))

    assert [climb.distance_km for climb in found] == pytest.approx([3, 2], abs=0.05)


def test_no_climb_reaches_across_a_gap() -> None:
    profile = road((6, 7))
    segments = Segments((np.arange(len(profile)) > 300).astype(np.int64))

    found = find_climbs(replace(profile, segments=segments))

    assert [climb.distance_km for climb in found] == pytest.approx([3, 3], abs=0.05)


def test_there_are_no_climbs_where_elevations_are_unknown() -> None:
    profile = road((6, 7))

    assert find_climbs(replace(profile, known=np.zeros(len(profile), dtype=np.bool_))) == ()


def test_a_climb_that_is_interrupted_is_two() -> None:
    ride = record(passes(20, [(2, 12, 6)]), segments=2, noise="none")
    track = ride.track()
    distance_m = cumulative_distance_m(track.latitude, track.longitude, track.segments)
    border_km = float(distance_m[np.searchsorted(ride.segment, 1)]) / 1000

    before, after = sorted(climbs_of(ride), key=lambda climb: climb.start_km)

    assert 3 < border_km < 13
    assert (before.start_km, before.end_km) == pytest.approx((2, border_km), abs=0.1)
    assert (after.start_km, after.end_km) == pytest.approx((border_km, 14), abs=0.1)


def test_a_ramp_of_three_hundred_metres_is_no_climb() -> None:
    assert find_climbs(road((1, 0), (0.3, 15), (1, 0))) == ()


@pytest.mark.parametrize(
    ("length_km", "gradient", "climbs"),
    [
        (0.45, 9, 0),
        (0.55, 9, 1),
        (0.7, 4.8, 0),  # a difficulty of 3360
        (0.7, 5.2, 1),  # and one of 3640
        (10, 3.2, 1),
    ],
)
def test_a_climb_has_half_a_kilometre_three_percent_and_a_difficulty_of_3500(
    length_km: float, gradient: float, climbs: int
) -> None:
    assert len(find_climbs(road((1, 0), (length_km, gradient), (1, 0)))) == climbs


def test_a_long_drag_below_three_percent_is_no_climb() -> None:
    assert find_climbs(road((30, 2.8))) == ()


@pytest.mark.parametrize(
    ("length_m", "gradient", "expected"),
    [
        (1000, 7.9, None),
        (1000, 8, "4"),
        (3999, 4, "4"),
        (4000, 4, "3"),
        (7999, 4, "3"),
        (8000, 4, "2"),
        (7999, 8, "2"),
        (8000, 8, "1"),
        (9999, 8, "1"),
        (10_000, 8, "HC"),
    ],
)
def test_the_category_goes_by_length_times_gradient(
    length_m: float, gradient: float, expected: str | None
) -> None:
    assert category(length_m, gradient) == expected


def test_the_maximum_gradient_is_that_of_the_climb_itself() -> None:
    gentle, steep = find_climbs(road((1, 0), (6, 5), (0.4, -12), (2, 8), (2, 0), (0.3, 14)))

    assert gentle.max_gradient == pytest.approx(5, abs=0.1)
    assert steep.max_gradient == pytest.approx(8, abs=0.1)


def test_climbs_lie_where_their_cells_do_whatever_their_length() -> None:
    (climb,) = find_climbs(replace(road((1, 0), (3, 10), (1, 0)), cell_m=20.0))

    assert (climb.start_km, climb.end_km, climb.distance_km) == pytest.approx((2, 8, 6), abs=0.1)
    assert climb.avg_gradient == pytest.approx(5, abs=0.1)


def test_a_climb_describes_itself() -> None:
    (climb,) = find_climbs(road((5, 6)))

    assert climb.description == "5.0 km @ 6.0 %"


def test_the_gentlest_road_that_is_a_climb_is_found() -> None:
    (climb,) = find_climbs(road((1, 0), (1.2, 3.05), (1, 0)))

    assert climb.start_km == pytest.approx(1.0)
    assert climb.end_km == pytest.approx(2.2)
    assert climb.category is None


def test_only_as_many_are_described_as_are_asked_for() -> None:
    profile = road((5, 7), (3, -6), (4, 7), (1, -7), (3, 8))

    assert find_climbs(profile, most=2) == find_climbs(profile)[:2]
    assert len(find_climbs(profile)) == 3


@given(heights=st.lists(st.integers(0, 12), max_size=40))
@settings(max_examples=300, deadline=None)
def test_the_largest_rises_are_those_that_a_search_of_each_rest_finds(heights: list[int]) -> None:
    assert maximal_rises([float(height) for height in heights]) == searched(heights, 0)


def searched(heights: list[int], at: int) -> list[tuple[int, int]]:
    """The largest rise, and what lies before and behind it searched in the same way."""
    pairs = [
        (heights[foot] - heights[top], top, foot)
        for top in range(len(heights))
        for foot in range(top)
    ]
    if not pairs or min(pairs)[0] >= 0:
        return []
    _, top, foot = min(pairs)
    before, behind = searched(heights[: foot + 1], at), searched(heights[top:], at + top)
    return [*before, (at + foot, at + top), *behind]


@given(amounts=st.lists(st.integers(0, 9), max_size=40))
def test_each_amount_is_below_the_larger_ones_beside_it(amounts: list[int]) -> None:
    before, behind, largest = largest_first([float(amount) for amount in amounts])

    def split(first: int, end: int) -> int:
        if first == end:
            return -1
        number = amounts.index(max(amounts[first:end]), first, end)
        assert before[number] == split(first, number)
        assert behind[number] == split(number + 1, end)
        return number

    assert largest == split(0, len(amounts))


def falling_stairs(count: int) -> Profile:
    """Each climb a little lower than the one before, so that each is found at the end of a rest."""
    stairs = (((1, 9 - 3 * number / count), (5, 0)) for number in range(count))
    return road(*(stretch for stair in stairs for stretch in stair))


def test_stairs_take_as_long_as_they_are() -> None:
    few, many = falling_stairs(800), falling_stairs(3200)

    assert seconds(few, climbs=800) * 4 * 2 > seconds(many, climbs=3200)


def seconds(profile: Profile, climbs: int) -> float:
    """Of the processor; the best of some tries, since disturbances only add to it."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        assert len(find_climbs(profile)) == climbs
        best = min(best, time.process_time() - start)
    return best
