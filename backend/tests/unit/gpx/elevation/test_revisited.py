from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from src.gpx.elevation.revisited import differences
from src.gpx.model import BoolArray, FloatArray
from tests.unit.gpx.elevation.test_separation import wandering

METRES_PER_DEGREE = 111_200.0
LENGTH_M = 6000.0
# East + i north, in metres.
OnMap = npt.NDArray[np.complex128]
# So much later a pass is another one.
APART_S = 120.0


@dataclass
class Recorded:
    """A ride with a value a second: where, when, and how far along the road it is."""

    place_m: FloatArray
    along_m: FloatArray
    time_s: FloatArray
    positions: tuple[FloatArray, FloatArray]

    def only(self, kept: BoolArray) -> "Recorded":
        latitude, longitude = self.positions
        return Recorded(
            self.place_m[kept],
            self.along_m[kept],
            self.time_s[kept],
            (latitude[kept], longitude[kept]),
        )

    def differences(self, elevation: FloatArray) -> tuple[FloatArray, FloatArray] | None:
        return differences(elevation, self.along_m, self.time_s, self.positions, gap_s=3.0)

    def found(self, elevation: FloatArray) -> FloatArray:
        found = self.differences(elevation)
        assert found is not None
        return found[0]


def bends(place_m: FloatArray) -> OnMap:
    """A winding road."""
    fine_m = np.arange(-100.0, LENGTH_M + 100.0)
    heading = 0.8 * np.sin(fine_m / 130) + 0.6 * np.sin(fine_m / 47)
    road_m = np.cumsum(np.exp(1j * heading))
    on_map_m: OnMap = np.interp(place_m, fine_m, road_m)
    return on_map_m


def ring(place_m: FloatArray, length_m: float) -> OnMap:
    """A round course."""
    on_map_m: OnMap = length_m / (2 * np.pi) * np.exp(2j * np.pi * place_m / length_m)
    return on_map_m


def recorded(place_m: FloatArray, on_map_m: OnMap, *, wander_m: float = 0.0) -> Recorded:
    east, north = (
        axis + wander_m * wandering(len(place_m), correlation_length=60, seed=seed)
        for seed, axis in enumerate((on_map_m.real, on_map_m.imag))
    )
    return Recorded(
        place_m,
        np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(east), np.diff(north)))]),
        np.arange(float(len(place_m))),
        (
            45 + north / METRES_PER_DEGREE,
            7
            + east / METRES_PER_DEGREE / np.cos(np.radians(45 + north.mean() / METRES_PER_DEGREE)),
        ),
    )


def out_and_back(
    out_m_s: float = 7.0, back_m_s: float = 7.0, *, lane_m: float = 0.0, wander_m: float = 0.0
) -> Recorded:
    out, back = np.arange(0.0, LENGTH_M, out_m_s), np.arange(LENGTH_M, 0.0, -back_m_s)
    place_m = np.concatenate([out, back])
    ahead = np.concatenate([np.ones(len(out)), -np.ones(len(back))])
    along_road = bends(place_m + 1) - bends(place_m - 1)
    to_the_right = -1j * ahead * along_road / np.abs(along_road)
    return recorded(place_m, bends(place_m) + lane_m * to_the_right, wander_m=wander_m)


def hills(place_m: FloatArray) -> FloatArray:
    """Short and steep: 10 m high every 400 m."""
    return 100 + 5 * np.sin(place_m * (2 * np.pi / 400))


@pytest.mark.parametrize(("out_m_s", "back_m_s"), [(7.0, 7.0), (4.0, 11.0), (12.0, 5.0)])
def test_out_and_back_the_relief_is_gone(out_m_s: float, back_m_s: float) -> None:
    ride = out_and_back(out_m_s, back_m_s)

    found = ride.found(hills(ride.place_m))

    assert len(found) > 0.75 * LENGTH_M / back_m_s
    assert np.abs(found).max() < 0.2


def test_on_laps_the_relief_is_gone() -> None:
    place_m = np.arange(0.0, 5 * 2000.0, 7.3)
    ride = recorded(place_m, ring(place_m, 2000.0))

    found = ride.found(hills(place_m))

    assert len(found) > 0.95 * 4 / 5 * len(place_m)
    assert np.abs(found).max() < 0.2


def test_the_noise_of_both_passes_is_left() -> None:
    ride = out_and_back(3.0, 3.0)
    noise = wandering(len(ride.place_m), correlation_length=5)

    found = ride.found(hills(ride.place_m) + noise)

    assert found.var() == pytest.approx(2 * noise.var(), rel=0.15)


def test_the_clock_takes_the_mean_of_both_passes() -> None:
    ride = out_and_back(4.0, 8.0)

    found = ride.differences(hills(ride.place_m))

    assert found is not None
    difference, clock_s = found
    assert np.median(np.diff(clock_s)) == pytest.approx((1 + 8 / 4) / 2, rel=0.02)
    assert clock_s[-1] == pytest.approx(1.5 * len(difference), rel=0.02)


def test_around_the_turn_both_passes_are_too_close_in_time() -> None:
    ride = out_and_back(6.0, 6.0)
    turn = np.abs(LENGTH_M - ride.place_m) < 0.9 * 6.0 * APART_S / 2

    found = ride.found(np.where(turn, 1000.0, 0.0))

    assert np.abs(found).max() == 0


@pytest.mark.parametrize(("lane_m", "wander_m"), [(3.0, 0.0), (0.0, 3.0), (3.0, 3.0)])
def test_lanes_and_wandering_positions_are_the_same_road(lane_m: float, wander_m: float) -> None:
    ride = out_and_back(lane_m=lane_m, wander_m=wander_m)

    found = ride.found(hills(ride.place_m))

    assert len(found) > 0.5 * LENGTH_M / 7
    # Positions along slopes of up to 8 %.
    assert found.std() < 0.08 * (0.5 + 1.5 * wander_m)


def test_another_road_beside_it_is_not_the_same() -> None:
    ride = out_and_back(lane_m=15.0)

    assert ride.differences(hills(ride.place_m)) is None


def test_where_one_pass_takes_another_road_is_left_out() -> None:
    ride = out_and_back()
    place_m, back = ride.place_m, np.arange(len(ride.place_m)) > len(ride.place_m) / 2
    elsewhere = back & (np.abs(place_m - 2500) < 300)
    ride = recorded(place_m, place_m + 1j * np.where(elsewhere, 40.0, 0.0))

    found = ride.found(hills(place_m) + np.where(elsewhere, 50.0, 0.0))

    assert len(found) > 0.7 * LENGTH_M / 7
    assert np.abs(found).max() < 1


@pytest.mark.parametrize("half_m", [300.0, 450.0])
def test_where_the_other_road_is_as_long_it_is_left_out_too(half_m: float) -> None:
    ride = out_and_back()
    place_m, back = ride.place_m, np.arange(len(ride.place_m)) > len(ride.place_m) / 2
    inside = back & (np.abs(place_m - 2500) < half_m)
    aside_m = np.where(inside, 60 * np.cos((place_m - 2500) * np.pi / (2 * half_m)) ** 2, 0.0)
    ride = recorded(place_m, place_m + 1j * aside_m)

    found = ride.found(np.where(aside_m > 20, 50.0, 0.0))

    assert len(found) > 0.7 * LENGTH_M / 7
    assert np.abs(found).max() < 1


@pytest.mark.parametrize("around_m", [20.0, 30.0])
def test_a_way_around_a_square_is_not_compared_with_the_short_cut(around_m: float) -> None:
    # The road goes on behind a square: out along three of its sides, and back along the fourth.
    corners_m = np.array([0.0, 3000.0, 3000 + around_m, 3060 + around_m, 3060 + 2 * around_m])
    length_m = LENGTH_M + 2 * around_m
    out_m = np.arange(0.0, length_m, 5.0)
    east_m = np.interp(out_m, [*corners_m, length_m], [0, 3000, 3000, 3060, 3060, LENGTH_M])
    north_m = np.interp(out_m, corners_m, [0, 0, around_m, around_m, 0])
    back_m = np.arange(LENGTH_M, 0.0, -5.0)
    place_m = np.concatenate([east_m, back_m])
    ride = recorded(place_m, place_m + 1j * np.concatenate([north_m, 0 * back_m]))

    found = ride.found(np.concatenate([np.where(north_m > 0, 50.0, 0.0), 0 * back_m]))

    assert len(found) > 0.7 * LENGTH_M / 5
    assert np.abs(found).max() < 1


def test_a_halt_of_half_a_minute_on_one_pass_is_no_part_of_it() -> None:
    riding = out_and_back().place_m
    place_m = np.insert(riding, 1300, np.full(30, riding[1300]))
    halts = (np.arange(len(place_m)) > 1301) & (np.arange(len(place_m)) < 1329)

    found = recorded(place_m, bends(place_m)).found(np.where(halts, 50.0, 0.0))

    assert len(found) > 0.35 * len(riding)
    assert np.abs(found).max() == 0


def test_a_road_that_crosses_itself_is_not_ridden_twice() -> None:
    turn = np.linspace(0, 2 * np.pi, 900)
    on_map_m = 800 * (np.sin(turn) + 1j * np.sin(2 * turn))
    ride = recorded(turn, on_map_m)

    assert ride.differences(np.zeros(len(turn))) is None


def test_a_road_that_never_comes_back_is_not_ridden_twice() -> None:
    place_m = np.arange(0.0, LENGTH_M, 7.0)
    ride = recorded(place_m, bends(place_m), wander_m=5.0)

    assert ride.differences(hills(place_m)) is None


def test_standing_still_is_not_riding_twice() -> None:
    place_m = np.concatenate(
        [np.arange(0, 600.0, 7), np.full(3000, 600.0), np.arange(600, 1200, 7)]
    )
    ride = recorded(place_m, bends(place_m), wander_m=5.0)

    assert ride.along_m[-1] > 1500
    assert ride.differences(np.zeros(len(place_m))) is None


@pytest.mark.parametrize("wander_m", [0.0, 1.0])
@pytest.mark.parametrize("second", [300, 1300], ids=["out", "back"])
def test_a_halt_on_one_pass_is_no_part_of_it(second: int, wander_m: float) -> None:
    riding = out_and_back().place_m
    place_m = np.insert(riding, second, np.full(600, riding[second]))

    found = recorded(place_m, bends(place_m), wander_m=wander_m).differences(np.zeros(len(place_m)))

    assert found is not None
    difference, clock_s = found
    assert 0.35 * len(riding) < len(difference) < 0.5 * len(riding)
    # But where the halt is, no more than it takes to ride on.
    assert np.sort(np.diff(clock_s))[:-1].max() < 30


def test_crawling_is_not_riding_twice() -> None:
    place_m = np.arange(0.0, 1500.0, 0.25)
    ride = recorded(place_m, place_m.astype(np.complex128))

    assert ride.differences(np.zeros(len(place_m))) is None


@pytest.mark.parametrize("gap", ["out", "back", "both"])
def test_what_is_not_recorded_is_not_compared(gap: str) -> None:
    ride = out_and_back()
    ride = recorded(ride.place_m, ride.place_m.astype(np.complex128))
    inside = (ride.place_m > 2000) & (ride.place_m < 2900)
    out = np.arange(len(inside)) < len(inside) / 2
    lost = inside & {"out": out, "back": ~out, "both": inside}[gap]
    ride = ride.only(~lost)

    difference, clock_s = ride.differences(hills(ride.place_m)) or (np.empty(0), np.empty(0))

    assert len(difference) > 400
    assert np.abs(difference).max() < 0.2
    assert np.diff(clock_s).max() > 60


@pytest.mark.parametrize("length_m", [250.0, 400.0])
def test_rounds_of_a_stadium_are_compared_minutes_apart(length_m: float) -> None:
    place_m = np.arange(0.0, 30 * length_m, 7.0)
    ride = recorded(place_m, ring(place_m, length_m))

    # As far along the ride as minutes take: the difference tells when the other pass was.
    found = ride.found(ride.time_s)

    assert len(found) > 0.6 * len(place_m)
    assert found.min() > APART_S - 8
    assert found.max() < APART_S + length_m / 7 + 8


@pytest.mark.parametrize("points", [2, 3, 10, 65])
def test_a_few_points_far_apart_are_no_road(points: int) -> None:
    place_m = 500.0 * np.arange(float(points))
    ride = recorded(place_m, (place_m % 1000).astype(np.complex128))

    assert ride.differences(np.zeros(points)) is None or points > 3
