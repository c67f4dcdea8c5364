"""Heights of the ground beside a bridge are not the road's; steep ways that were gone are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from src.gpx.cleaning.heights import false_elevations
from src.gpx.model import BoolArray, FloatArray, Track

NOON_S = 1_724_328_000.0
ROAD = (1000.0, 30.0, 7.0)


@dataclass(frozen=True)
class Way:
    """So many metres that rise so many, gone at so many metres a second; to the north, or back."""

    length_m: float
    rise_m: float
    speed_m_s: float
    heading: int = 1


def gone(*ways: Way | tuple[float, float, float], every_s: float = 1.0) -> Track:
    """Recorded by a barometer, of which the first and the last road are level enough."""
    parts = [way if isinstance(way, Way) else Way(*way) for way in (ROAD, *ways, ROAD)]
    at_s = np.cumsum([0.0, *(part.length_m / part.speed_m_s for part in parts)])
    time_s = np.arange(0.0, at_s[-1], every_s)

    def column(steps: Sequence[float]) -> FloatArray:
        values: FloatArray = np.interp(time_s, at_s, np.cumsum([0.0, *steps]))
        return values

    noise = np.random.default_rng(1).normal(0, 0.3, len(time_s))
    return Track(
        latitude=46 + column([part.length_m * part.heading for part in parts]) / 111_200,
        longitude=np.full(len(time_s), 8.0),
        elevation=(500 + column([part.rise_m for part in parts]) + noise).round(1),
        time_s=NOON_S + time_s,
        segment=np.zeros(len(time_s), np.int64),
        sensors={},
    )


def false_heights(track: Track) -> BoolArray:
    return false_elevations(track)[0]


def leapt_heights(track: Track) -> BoolArray:
    return false_elevations(track)[1]


def false_part(track: Track) -> tuple[float, float]:
    """From where to where, in metres, elevations are false; NaN where none is."""
    wrong = np.flatnonzero(false_heights(track))
    if not len(wrong):
        return np.nan, np.nan
    first, last = (track.latitude[wrong[[0, -1]]] - 46) * 111_200
    return float(first), float(last)


@pytest.mark.parametrize("every_s", [0.2, 1.0, 3.0])
@pytest.mark.parametrize(
    ("height_m", "wall_m", "way_m"),
    [(-60, 100, 400), (-25, 50, 100), (-150, 200, 500), (30, 45, 150), (100, 160, 600)],
)
def test_the_ground_beside_a_bridge_or_a_tunnel_is_not_the_road(
    height_m: float, wall_m: float, way_m: float, every_s: float
) -> None:
    track = gone((wall_m, height_m, 7), (way_m, 0, 7), (wall_m, -height_m, 7), every_s=every_s)
    around_m = 12 + 10 * every_s
    expected = pytest.approx((1000, 1000 + 2 * wall_m + way_m), abs=around_m)
    assert false_part(track) == expected
    untimed = replace(track, time_s=np.full(len(track), np.nan))
    assert false_part(untimed) == expected


@pytest.mark.parametrize("halt_s", [60, 200])
def test_a_halt_on_a_wall_does_not_hide_it(halt_s: float) -> None:
    halt = (0.01, 0, 0.01 / halt_s)
    track = gone((50, -30, 7), halt, (50, -30, 7), (300, 0, 7), (100, 60, 7))
    assert false_part(track) == pytest.approx((1000, 1500), abs=22)


def test_a_road_that_rises_over_its_bridges_keeps_its_heights_between_them() -> None:
    bridge = ((80.0, -50.0, 6.0), (120.0, 5.0, 6.0), (80.0, 55.0, 6.0))
    track = gone(*bridge, (200, 20, 5), *bridge, (60, 4, 5), *bridge)
    wrong = false_heights(track)
    metres = (track.latitude - 46) * 111_200
    for start_m, end_m in ((0, 990), (1290, 1470), (1770, 1810), (2110, 3000)):
        assert not wrong[(metres > start_m) & (metres < end_m)].any()
    for start_m in (1000, 1480, 1820):
        assert wrong[(metres > start_m + 10) & (metres < start_m + 270)].all()


@pytest.mark.parametrize(
    "ways",
    [
        pytest.param([(400, 120, 2.5), (300, -90, 9.0)], id="a road of 30 %"),
        pytest.param(
            [Way(150, 42, 2.0), Way(150, 42, 2.0, -1), Way(150, -42, 9.0), Way(150, -42, 9.0, -1)],
            id="hairpins of 28 %",
        ),
        pytest.param([(300, 180, 0.83), (300, -180, 0.83)], id="a hike of 60 %"),
        pytest.param([(60, 40, 0.5), (200, 0, 1.2), (60, -40, 0.5)], id="a path on walls"),
        pytest.param([(600, 300, 5.0)], id="a ropeway of 50 %"),
        pytest.param(
            [(150, 45, 5.0), (180, 110, 5.0), (200, 60, 5.0), (150, 95, 5.0), (150, 45, 5.0)],
            id="a ropeway over walls",
        ),
        pytest.param(
            [(600, -270, 10.0), (60, 0, 1.0), Way(600, 270, 5.0, -1)], id="skis and a lift"
        ),
        pytest.param(
            [(200, -120, 10.0), (60, 0, 1.0), Way(220, 120, 4.0, -1)], id="skis and a short lift"
        ),
        pytest.param(
            [(400, -200, 10.0), (60, 0, 3.0), (400, 200, 7.0)], id="skis and a lift straight on"
        ),
        pytest.param([(100, -60, 12.0), (300, 10, 8.0)], id="a chute"),
        pytest.param([(10, 13, 6.0), (40, 0, 6.0), (10, -13, 6.0)], id="a hump"),
        pytest.param([(100, -32, 8.0), (60, 0, 8.0), (100, 32, 6.0)], id="a dip of 32 %"),
        pytest.param(
            [(60, 36, 4.0), (400, -72, 9.0), (60, 36, 4.0)], id="two lifts and a run between them"
        ),
    ],
)
def test_what_was_gone_keeps_its_heights(ways: list[Way | tuple[float, float, float]]) -> None:
    track = gone(*ways)
    assert not false_heights(track).any()
    assert not leapt_heights(track).any()


def test_a_summit_on_foot_without_times_keeps_its_heights() -> None:
    way = ((400, 160, 1), (30, 0, 1), (150, 90, 1), (150, -90, 1), (30, 0, 1), (400, -160, 1))
    track = gone(*way)
    assert not false_heights(replace(track, time_s=np.full(len(track), np.nan))).any()


def test_other_ground_for_longer_than_tunnels_is_believed() -> None:
    assert not false_heights(gone((100, 60, 7), (2000, 0, 7), (100, -60, 7))).any()


@pytest.mark.parametrize("points", [1, 3, 10])
def test_an_altitude_that_jumps_is_a_leap(points: int) -> None:
    track = gone((1000, 20, 7))
    risen = ((np.arange(len(track)) - 200) / points).clip(0, 1)
    track = replace(track, elevation=track.elevation + 60 * risen)
    leapt = np.flatnonzero(leapt_heights(track))
    assert leapt[0] == pytest.approx(200, abs=2)
    assert leapt[-1] == pytest.approx(200 + points, abs=2)
    assert not false_heights(track).any()


def test_an_altitude_that_jumps_at_a_halt_is_a_leap() -> None:
    track = gone((30, 0, 0.1))
    risen = ((np.arange(len(track)) - 250) / 8).clip(0, 1)
    leapt = np.flatnonzero(leapt_heights(replace(track, elevation=track.elevation + 60 * risen)))
    assert 235 <= leapt[0] <= 251 <= leapt[-1] <= 275
