from dataclasses import replace

import numpy as np
import pytest

from src.gpx.earth.geodesy import cumulative_distance_m
from src.gpx.model import FloatArray, Track
from src.gpx.statistics.motion import Motion, first_at_least, measure_motion, ridden_legs
from tests.support.rides import START_TIME_S, Ride, flat, record, rolling

SEEDS = range(4)
METRES_PER_DEGREE = 110_574.0


def motion_of(track: Track) -> Motion:
    distance_m = cumulative_distance_m(track.latitude, track.longitude, track.segments)
    ridden = measure_motion(track, distance_m)
    assert ridden is not None
    return ridden


def northward(along_m: FloatArray, time_s: FloatArray, decimals: int = 7) -> Track:
    """A ride to the north along a meridian at the equator."""
    count = len(along_m)
    return Track(
        latitude=(along_m / METRES_PER_DEGREE).round(decimals),
        longitude=np.zeros(count),
        elevation=np.full(count, np.nan),
        time_s=START_TIME_S + time_s,
        segment=np.zeros(count, dtype=np.int64),
        sensors={},
    )


def steady(seconds: int, *, speed_m_s: float = 8.0, decimals: int = 7) -> Track:
    time_s = np.arange(seconds, dtype=np.float64)
    return northward(speed_m_s * time_s, time_s, decimals)


def hilly(seed: int, *, rate_hz: float = 1.0, decimals: int = 6) -> Ride:
    return record(
        rolling(40, seed=seed, relief_m=150),
        seed=seed,
        stops=4,
        rate_hz=rate_hz,
        coordinate_decimals=decimals,
    )


@pytest.mark.parametrize("decimals", [5, 6, 7])
def test_a_steady_ride_has_its_speed_as_average_and_maximum(decimals: int) -> None:
    ridden = motion_of(steady(1800, decimals=decimals))

    assert ridden.average_kmh == pytest.approx(28.8, rel=0.001)
    assert ridden.maximum_kmh == pytest.approx(28.8, rel=0.04)
    assert ridden.moving_minutes == ridden.total_minutes == pytest.approx(1799 / 60)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("rate_hz", "decimals"), [(0.2, 6), (1.0, 6), (1.0, 5), (5.0, 5), (10.0, 6)]
)
def test_maximum_and_moving_time_hold_at_every_sampling_rate(
    seed: int, rate_hz: float, decimals: int
) -> None:
    ride = hilly(seed, rate_hz=rate_hz, decimals=decimals)

    ridden = motion_of(ride.track())

    assert ridden.maximum_kmh == pytest.approx(ride.max_speed_kmh, rel=0.05)
    assert 60 * ridden.moving_minutes == pytest.approx(ride.moving_time_s, rel=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_smart_recording_keeps_maximum_and_moving_time(seed: int) -> None:
    ride = hilly(seed)
    kept = np.cumsum(np.random.default_rng(seed).integers(3, 10, len(ride)))
    kept = kept[kept < len(ride)]
    track = ride.track()
    sparse = replace(
        track,
        latitude=track.latitude[kept],
        longitude=track.longitude[kept],
        elevation=track.elevation[kept],
        time_s=track.time_s[kept],
        segment=track.segment[kept],
    )

    ridden = motion_of(sparse)

    assert ridden.maximum_kmh == pytest.approx(ride.max_speed_kmh, rel=0.05)
    assert 60 * ridden.moving_minutes == pytest.approx(ride.moving_time_s, rel=0.01)


@pytest.mark.parametrize("noise_m", [1.5, 3.0])
def test_a_noisy_receiver_neither_rides_at_rest_nor_sprints(noise_m: float) -> None:
    rng = np.random.default_rng(1)
    time_s = np.arange(1200.0)
    along_m = np.interp(time_s, [0, 300, 900, 1200], [0, 2400, 2400, 4800])
    track = northward(along_m + rng.normal(0, noise_m, 1200), time_s)

    ridden = motion_of(replace(track, longitude=rng.normal(0, noise_m, 1200) / METRES_PER_DEGREE))

    assert 60 * ridden.moving_minutes == pytest.approx(600, abs=15)
    assert ridden.maximum_kmh == pytest.approx(30, abs=4)


def test_a_red_light_is_a_halt() -> None:
    time_s = np.arange(320.0)

    ridden = motion_of(
        northward(8 * np.interp(time_s, [0, 150, 170, 320], [0, 150, 150, 300]), time_s)
    )

    assert 60 * ridden.moving_minutes == pytest.approx(299, abs=2)


def test_who_puts_a_foot_down_for_some_seconds_has_not_halted() -> None:
    time_s = np.arange(600.0)
    speed = np.interp(time_s, [296, 300, 305, 309], [8.0, 0.0, 0.0, 8.0])

    assert 60 * motion_of(northward(np.cumsum(speed), time_s)).moving_minutes == 599


@pytest.mark.parametrize(
    ("noise_m", "halt_s", "within_s"), [(1.0, 30, 8), (6.0, 85, 15), (6.0, 400, 15)]
)
def test_a_noisy_receiver_sees_halts_that_are_longer_than_its_window(
    noise_m: float, halt_s: int, within_s: float
) -> None:
    rng = np.random.default_rng(3)
    time_s = np.arange(600.0 + halt_s)
    along_m = 8 * np.interp(time_s, [0, 300, 300 + halt_s, 600 + halt_s], [0, 300, 300, 600])
    track = northward(along_m + rng.normal(0, noise_m, len(time_s)), time_s)
    east = rng.normal(0, noise_m, len(time_s)) / METRES_PER_DEGREE

    ridden = motion_of(replace(track, longitude=east))

    assert 60 * ridden.moving_minutes == pytest.approx(599, abs=within_s)


def test_a_pause_without_points_is_a_halt() -> None:
    time_s = np.concatenate([np.arange(300.0), 1500 + np.arange(300.0)])
    along_m = 8 * np.concatenate([np.arange(300.0), 300 + np.arange(300.0)])

    ridden = motion_of(northward(along_m, time_s))

    assert 60 * ridden.moving_minutes == pytest.approx(598, abs=2)
    assert ridden.total_minutes == pytest.approx(1799 / 60)


def with_a_leg_of(leg_s: float, speed_m_s: float, *, every_s: float = 1.0) -> Track:
    """At 8 m/s, with one long leg at another speed in the middle."""
    legs_s = np.full(200, every_s)
    legs_s[100] = leg_s
    ways_m = 8.0 * legs_s
    ways_m[100] = speed_m_s * leg_s
    along_m, time_s = (np.concatenate([[0.0], np.cumsum(of)]) for of in (ways_m, legs_s))
    return northward(along_m, time_s)


@pytest.mark.parametrize(
    ("leg_s", "speed_m_s", "every_s"),
    [(1200, 3.0, 1.0), (2400, 3.0, 1.0), (5000, 8.0, 1.0), (1200, 3.0, 12.0)],
)
def test_a_long_way_without_points_is_a_break_where_it_was_slow_or_took_more_than_an_hour(
    leg_s: float, speed_m_s: float, every_s: float
) -> None:
    ridden = motion_of(with_a_leg_of(leg_s, speed_m_s, every_s=every_s))

    assert 60 * ridden.moving_minutes == pytest.approx(199 * every_s)
    assert ridden.average_kmh == pytest.approx(28.8, rel=0.001)


@pytest.mark.parametrize(
    ("leg_s", "speed_m_s", "every_s"),
    [
        pytest.param(600, 3.0, 1.0, id="a slow tunnel"),
        pytest.param(1200, 5.0, 1.0, id="hardly slower"),
        pytest.param(3400, 8.0, 1.0, id="as fast as ever"),
        pytest.param(1200, 3.0, 30.0, id="a recorder that seldom writes"),
    ],
)
def test_a_way_without_points_was_ridden_where_nothing_tells_of_a_break(
    leg_s: float, speed_m_s: float, every_s: float
) -> None:
    ridden = motion_of(with_a_leg_of(leg_s, speed_m_s, every_s=every_s))

    assert 60 * ridden.moving_minutes == pytest.approx(199 * every_s + leg_s)


@pytest.mark.parametrize(("speed_kmh", "moving_s"), [(0.9, 0), (1.1, 599), (2.0, 599)])
def test_slower_than_a_kilometre_per_hour_is_stopped(speed_kmh: float, moving_s: float) -> None:
    ridden = motion_of(steady(600, speed_m_s=speed_kmh / 3.6))

    assert 60 * ridden.moving_minutes == pytest.approx(moving_s)


def test_turning_round_is_not_a_halt() -> None:
    time_s = np.arange(600.0)

    ridden = motion_of(northward(8 * (300 - np.abs(time_s - 300)), time_s))

    assert 60 * ridden.moving_minutes == pytest.approx(599)


def test_the_time_between_segments_is_not_ridden() -> None:
    track = steady(600)
    later = track.time_s + np.repeat([0.0, 7200.0], 300)

    ridden = motion_of(replace(track, time_s=later, segment=np.repeat([0, 1], 300)))

    assert 60 * ridden.moving_minutes == pytest.approx(598)
    assert ridden.total_minutes == pytest.approx((599 + 7200) / 60)
    assert ridden.average_kmh == pytest.approx(28.8, rel=0.001)


def test_a_leap_between_segments_is_no_speed() -> None:
    track = steady(600)
    latitude = track.latitude + np.repeat([0.0, 1.0], 300)

    ridden = motion_of(replace(track, latitude=latitude, segment=np.repeat([0, 1], 300)))

    assert ridden.maximum_kmh == pytest.approx(28.8, rel=0.01)


@pytest.mark.parametrize(("carried_m", "within_s"), [(1200.0, 60.0), (9.0, 3600.0)])
def test_being_carried_between_segments_is_no_speed(carried_m: float, within_s: float) -> None:
    second = np.repeat([0.0, 1.0], 300)
    time_s = np.arange(600.0)
    track = northward(8 * time_s + carried_m * second, time_s + within_s * second)

    ridden = motion_of(replace(track, segment=np.repeat([0, 1], 300)))

    assert ridden.maximum_kmh == pytest.approx(28.8, rel=0.01)
    assert 60 * ridden.moving_minutes == pytest.approx(598)


def test_resting_in_short_segments_is_a_halt() -> None:
    time_s = np.arange(700.0)
    along_m = 8 * np.interp(time_s, [0, 300, 400, 700], [0, 300, 300, 600])
    segment = np.concatenate([np.zeros(300), 1 + np.arange(100) // 5, np.full(300, 21)])

    ridden = motion_of(replace(northward(along_m, time_s), segment=segment.astype(np.int64)))

    assert 60 * ridden.moving_minutes == pytest.approx(598, abs=1)


@pytest.mark.parametrize("glitch_m", [25.0, 60.0, 500.0])
def test_one_false_position_is_no_sprint(glitch_m: float) -> None:
    track = steady(600)
    latitude = track.latitude.copy()
    latitude[300] += glitch_m / METRES_PER_DEGREE

    ridden = motion_of(replace(track, latitude=latitude))

    assert ridden.maximum_kmh == pytest.approx(28.8, rel=0.01)


@pytest.mark.parametrize("speed_m_s", [4.0, 8.0, 15.0])
def test_a_position_written_twice_is_no_sprint(speed_m_s: float) -> None:
    track = steady(600, speed_m_s=speed_m_s)
    latitude = track.latitude.copy()
    latitude[100::50] = latitude[99:-1:50]

    ridden = motion_of(replace(track, latitude=latitude))

    assert ridden.maximum_kmh == pytest.approx(3.6 * speed_m_s, rel=0.01)


def test_a_sprint_of_ten_seconds_is_the_maximum() -> None:
    speed = np.full(600, 8.0)
    speed[290:310] = np.concatenate(
        [np.linspace(8, 16, 5), np.full(10, 16.0), np.linspace(16, 8, 5)]
    )

    ridden = motion_of(northward(np.cumsum(speed), np.arange(600.0)))

    assert ridden.maximum_kmh == pytest.approx(57.6, rel=0.02)


def test_a_peak_between_hard_accelerations_is_the_maximum() -> None:
    speed = np.full(600, 8.0)
    speed[295:306] += 12 - 2.4 * np.abs(np.arange(-5, 6))

    ridden = motion_of(northward(np.cumsum(speed), np.arange(600.0)))

    # Over the three seconds around a peak of 20 m/s.
    assert ridden.maximum_kmh == pytest.approx(3.6 * 18.4, rel=0.01)


def test_half_a_minutes_sprint_is_seen_by_a_noisy_receiver() -> None:
    rng = np.random.default_rng(4)
    speed = np.full(900, 5.0)
    speed[400:430] = 10.0

    ridden = motion_of(northward(np.cumsum(speed) + rng.normal(0, 2, 900), np.arange(900.0)))

    assert ridden.maximum_kmh == pytest.approx(36, rel=0.12)


@pytest.mark.parametrize(("untold", "peak_m_s"), [(8, 12.0), (25, 8.0)])
def test_nobody_knows_how_fast_a_long_way_without_times_was(untold: int, peak_m_s: float) -> None:
    speed = np.full(600, 8.0)
    without = slice(300, 300 + untold)
    speed[without] = 12.0
    track = northward(np.cumsum(speed), np.arange(600.0))
    time_s = track.time_s.copy()
    time_s[300 : 299 + untold] = np.nan

    ridden = motion_of(replace(track, time_s=time_s))

    assert ridden.maximum_kmh == pytest.approx(3.6 * peak_m_s, rel=0.03)


@pytest.mark.parametrize(("doubtful_s", "known"), [(36, True), (64, False)])
def test_a_speed_is_that_of_what_is_known_near_it(doubtful_s: int, known: bool) -> None:
    along_m = 8 * np.arange(600.0)
    along_m[300 : 300 + doubtful_s : 2] += 60.0

    ridden = motion_of(northward(along_m, np.arange(600.0)))

    assert np.isfinite(ridden.speed_kmh[300 + doubtful_s // 2]) == known
    assert np.isfinite(ridden.speed_kmh[300 + np.array([0, doubtful_s])]).all()


@pytest.mark.parametrize(
    ("legs", "leaps", "counts"), [(10, 2, False), (10, 4, True), (600, 40, False), (600, 120, True)]
)
def test_impossible_legs_count_where_they_are_many(legs: int, leaps: int, counts: bool) -> None:
    way_m = np.full(legs, 8.0)
    way_m[:leaps] = 60.0
    everywhere = np.ones(legs, dtype=np.bool_)

    riding = ridden_legs(way_m, np.ones(legs), everywhere, everywhere)

    assert riding.on_way[:leaps].all() == riding.in_time[:leaps].all() == counts
    assert riding.on_way[leaps:].all()
    assert riding.in_time[leaps:].all()


@pytest.mark.parametrize(("carried_m", "counts"), [(12.0, True), (30.0, False)])
def test_a_way_farther_than_a_rest_allows_was_not_ridden(carried_m: float, counts: bool) -> None:
    way_m = np.array([8.0, 8.0, carried_m, 8.0])
    inside = np.ones(4, dtype=np.bool_)

    riding = ridden_legs(way_m, np.full(4, 30.0), inside & (way_m == 8), inside)

    assert riding.on_way[2] == counts


def test_what_is_faster_than_a_hundred_and_fifty_is_not_the_rider() -> None:
    time_s = np.arange(600.0)
    speed = np.interp(time_s, [200, 240, 260, 300], [8.0, 60.0, 60.0, 8.0])

    ridden = motion_of(northward(np.cumsum(speed), time_s))

    assert ridden.maximum_kmh is not None
    assert 140 < ridden.maximum_kmh <= 150


def test_points_without_a_time_do_not_take_the_others_with_them() -> None:
    track = steady(600)
    time_s = track.time_s.copy()
    time_s[[0, 5, 77, 78, 79, 599]] = np.nan

    ridden = motion_of(replace(track, time_s=time_s))

    assert ridden.maximum_kmh == pytest.approx(28.8, rel=0.01)
    assert ridden.average_kmh == pytest.approx(28.8, rel=0.001)


def test_the_first_and_the_last_time_tell_how_long_it_took() -> None:
    track = steady(600)
    time_s = np.full(600, np.nan)
    time_s[[0, 599]] = track.time_s[[0, 599]]

    ridden = measure_motion(replace(track, time_s=time_s), 8.0 * np.arange(600.0))

    assert ridden is not None
    assert ridden.total_minutes == ridden.moving_minutes == pytest.approx(599 / 60)
    assert ridden.average_kmh == pytest.approx(28.8)
    assert ridden.maximum_kmh is None


def test_times_at_one_end_are_not_a_recording() -> None:
    track = steady(600)
    time_s = np.full(600, np.nan)
    time_s[[0, 90]] = track.time_s[[0, 90]]

    assert measure_motion(replace(track, time_s=time_s), np.arange(600.0)) is None


def test_a_way_there_and_back_between_two_times_was_ridden() -> None:
    track = steady(600)
    there = np.concatenate([np.arange(300), np.arange(300)[::-1]])
    time_s = np.full(600, np.nan)
    time_s[[0, 599]] = track.time_s[[0, 599]]
    back = replace(track.at(np.arange(600)), latitude=track.latitude[there], time_s=time_s)

    ridden = measure_motion(back, 8.0 * np.arange(600.0))

    assert ridden is not None
    assert ridden.average_kmh == pytest.approx(28.8)


def test_who_was_carried_while_he_rested_did_not_ride_there() -> None:
    track = steady(1200)
    by_train = np.arange(1200) >= 600
    carried = replace(
        track,
        longitude=track.longitude + 0.09 * by_train,
        time_s=track.time_s + 12 * 3600.0 * by_train,
    )
    distance_m = 8.0 * np.arange(1200) + 10_000.0 * by_train

    ridden = measure_motion(carried, distance_m)

    assert ridden is not None
    assert ridden.average_kmh == pytest.approx(28.8, rel=0.002)
    assert ridden.maximum_kmh == pytest.approx(28.8, rel=0.002)


def test_segments_out_of_order_are_still_a_recording() -> None:
    track = steady(600)
    swapped = np.concatenate([track.time_s[300:] + 100, track.time_s[:300]])

    ridden = motion_of(replace(track, time_s=swapped, segment=np.repeat([0, 1], 300)))

    assert 60 * ridden.moving_minutes == pytest.approx(598)
    assert (ridden.start_s, ridden.end_s) == (track.time_s[0], track.time_s[-1] + 100)


def test_a_ride_that_never_moves_has_no_average() -> None:
    ridden = motion_of(replace(steady(600), latitude=np.zeros(600)))

    assert ridden.moving_minutes == 0
    assert ridden.average_kmh is None


def test_two_points_have_a_speed() -> None:
    ridden = motion_of(northward(np.array([0.0, 80.0]), np.array([0.0, 10.0])))

    assert ridden.maximum_kmh == pytest.approx(28.8, rel=0.001)


def test_two_points_too_far_apart_have_none() -> None:
    ridden = motion_of(northward(np.array([0.0, 800.0]), np.array([0.0, 10.0])))

    assert ridden.maximum_kmh is None


def test_a_flat_ride_at_ten_hertz_keeps_its_maximum() -> None:
    ride = record(flat(15), seed=5, rate_hz=10, coordinate_decimals=5)

    assert motion_of(ride.track()).maximum_kmh == pytest.approx(ride.max_speed_kmh, rel=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_whole_seconds_of_a_recorder_that_writes_now_and_then_are_no_sprint(seed: int) -> None:
    rng = np.random.default_rng(seed)
    at_s = np.cumsum(rng.uniform(2.6, 8.0, 400))
    ridden = motion_of(northward(3.6 * at_s, np.floor(at_s)))
    assert ridden.maximum_kmh == pytest.approx(3.6 * 3.6, rel=0.23)


def test_a_walkers_greatest_speed_is_not_that_of_the_noise() -> None:
    chance = np.random.default_rng(5)
    track = steady(3000)
    way_m = 1.4 * np.arange(3000.0) + chance.normal(0, 0.6, 3000)
    per_metre = float(track.latitude[1] - track.latitude[0]) / 8.0
    walk = replace(track, latitude=track.latitude[0] + way_m * per_metre)

    walked = measure_motion(walk, np.maximum.accumulate(way_m - way_m[0]))

    assert walked is not None
    assert walked.maximum_kmh == pytest.approx(5.04, rel=0.12)


@pytest.mark.parametrize("seed", range(60))
def test_instants_are_found_where_the_clock_is_even_and_where_it_is_not(seed: int) -> None:
    random = np.random.default_rng(seed)
    steps = random.choice([[1.0], [1.0, 1.0, 1.0, 7.0], [0.5, 1.0, 3.0]][seed % 3], 80)
    clock_s = np.cumsum(steps)[: random.integers(1, 80)]
    every_other = clock_s[random.random(len(clock_s)) < 0.8]
    known_s = every_other if seed % 2 and len(every_other) else clock_s
    for later_s in (-100.0, -3.0, 0.0, 0.5, 9.0, 1000.0):
        found = first_at_least(known_s, clock_s + later_s)
        assert found.tolist() == np.searchsorted(known_s, clock_s + later_s).tolist()
