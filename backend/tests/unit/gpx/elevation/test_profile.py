from dataclasses import replace

import numpy as np
import pytest

from src.gpx.elevation.profile import (
    build_profile,
    gain_deviation_m,
    least_turn_m,
    stretch_speeds,
)
from src.gpx.elevation.turning_points import turning_points
from src.gpx.model import FloatArray, Track
from tests.support.profiles import profile_of
from tests.support.rides import Noise, Shape, Terrain, flat, passes, record, rolling, sine_hills
from tests.unit.gpx.elevation.test_separation import wandering

SEEDS = range(4)


def line(elevation: FloatArray, *, step_m: float = 8.0) -> Track:
    """A straight ride to the north with these elevations."""
    count = len(elevation)
    return Track(
        latitude=step_m / 110_574.0 * np.arange(count, dtype=np.float64),
        longitude=np.zeros(count),
        elevation=elevation,
        time_s=np.full(count, np.nan),
        segment=np.zeros(count, dtype=np.int64),
        sensors={},
    )


def worst_error(
    terrain: Terrain, noise: Noise, *, rate_hz: float = 1.0, altitude_step_m: float = 0.1
) -> float:
    rides = [
        record(
            terrain,
            seed=seed,
            noise=noise,
            stops=2,
            rate_hz=rate_hz,
            altitude_step_m=altitude_step_m,
        )
        for seed in SEEDS
    ]
    return max(abs(profile_of(ride.track()).gain_m / ride.gain_m - 1) for ride in rides)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rate_hz", [0.2, 1.0, 5.0])
def test_a_metre_of_noise_on_a_flat_road_is_no_climbing(seed: int, rate_hz: float) -> None:
    ride = record(flat(20), seed=seed, noise="white", noise_m=1.0, rate_hz=rate_hz)

    profile = profile_of(ride.track())

    assert np.clip(np.diff(ride.elevation), 0, None).sum() > 150
    assert profile.gain_m < 5
    assert profile.loss_m < 5


@pytest.mark.parametrize("noise", ["none", "barometric"])
@pytest.mark.parametrize(
    "terrain", [sine_hills(40), rolling(60, relief_m=150), passes(40, [(2, 8, 6)])]
)
def test_a_barometer_gives_the_true_gain(terrain: Terrain, noise: Noise) -> None:
    assert worst_error(terrain, noise) < 0.01


@pytest.mark.parametrize(
    "terrain",
    [sine_hills(40), rolling(60, relief_m=150), passes(45, [(2, 8, 6), (24, 9, 6)])],
)
def test_satellite_altitudes_that_wander_by_three_metres_give_the_true_gain(
    terrain: Terrain,
) -> None:
    assert worst_error(terrain, "gps") < 0.05


@pytest.mark.parametrize(
    "kind", ["flat road beside hills", "gentle hills and a short correlation time"]
)
def test_relief_and_noise_that_look_alike_are_told_apart(kind: str) -> None:
    errors = []
    for seed in range(8):
        if kind == "flat road beside hills":
            hills = rolling(20, seed=seed, relief_m=150).elevation
            road = Terrain(np.pad(hills, (10_000, 5_000), mode="edge"))
            ride = record(road, seed=seed, noise="gps")
        else:
            road = rolling(60, seed=seed, relief_m=60)
            ride = record(road, seed=seed, noise="gps", correlation_time_s=20)
        errors.append(profile_of(ride.track()).gain_m / ride.gain_m - 1)

    assert abs(np.mean(errors)) < 0.06


def test_a_recorder_that_never_moved_has_a_profile() -> None:
    track = line(np.full(50, 20.0), step_m=0.0)

    assert profile_of(replace(track, time_s=np.arange(50.0))).gain_m == 0


def test_without_times_the_true_gain_is_found_too() -> None:
    rides = [record(rolling(60, seed=s, relief_m=150), seed=s, noise="gps") for s in SEEDS]

    for ride in rides:
        track = replace(ride.track(), time_s=np.full(len(ride), np.nan))
        assert profile_of(track).gain_m == pytest.approx(ride.gain_m, rel=0.05)


def test_a_steady_pass_is_not_made_steep_by_satellite_altitudes() -> None:
    steepest = [
        profile_of(
            record(passes(40, [(3, 8, 6)]), seed=seed, noise="gps").track()
        ).leg_gradient.max()
        for seed in range(6)
    ]

    # Hardly more than 6 %, where single stretches of a hundred metres were recorded at 13 %.
    assert np.mean(steepest) < 7.0
    assert np.max(steepest) < 7.5


def test_a_steep_hundred_metres_is_seen_by_a_barometer() -> None:
    road = passes(6, [(1, 0.1, 14), (3, 1.0, 6)])

    slope = profile_of(record(road, noise="barometric").track()).leg_gradient

    assert slope.max() == pytest.approx(14, abs=2.5)


def test_the_true_gain_lies_between_the_two_numbers_in_nine_of_ten_rides() -> None:
    kinds: list[tuple[Noise, Terrain]] = [
        (noise, rolling(25, seed=seed, relief_m=120))
        for noise in ("none", "barometric", "gps")
        for seed in range(8)
    ]
    inside = 0
    for seed, (noise, road) in enumerate(kinds):
        ride = record(road, seed=seed, noise=noise, stops=2)
        found = profile_of(ride.track())
        assert 0 <= found.gain_low_m <= found.gain_m <= found.gain_high_m
        inside += found.gain_low_m <= ride.gain_m <= found.gain_high_m

    assert inside >= 21


def test_the_interval_is_as_wide_as_the_noise() -> None:
    road = rolling(25, seed=2, relief_m=120)

    widths = []
    for noise in ("none", "barometric", "gps"):
        found = profile_of(record(road, seed=2, noise=noise, stops=2).track())
        widths.append(found.gain_high_m - found.gain_low_m)

    assert widths[0] < widths[1] < widths[2] / 2
    assert widths[0] < 0.1 * profile_of(record(road, noise="none").track()).gain_m


@pytest.mark.parametrize(("deviation_m", "deviations"), [(0.1, 2.0), (0.3, 2.0), (4.0, 1.0)])
def test_noise_that_is_left_is_kept_from_turning(deviation_m: float, deviations: float) -> None:
    above_m = least_turn_m(deviation_m) - (1.0 if deviation_m < 1 else 0.0)

    assert deviations * deviation_m < above_m < 2.5 * deviations * deviation_m


@pytest.mark.parametrize("deviation_m", [0.5, 1.0])
def test_rises_of_more_than_two_metres_count_as_devices_count_them(deviation_m: float) -> None:
    assert 1.5 < least_turn_m(deviation_m) < 2.5


def test_the_gain_is_surer_where_heights_err_less_and_less_was_smoothed_off() -> None:
    nothing = np.zeros(0)
    # Errors of neighbouring turns go together: more than of 40 heights that err one by one.
    assert 1.5 < gain_deviation_m(np.full(40, 25.0), 0.0, 0.0) / (5 * 40**0.5) < 3
    # Hardly more than a tenth of what was smoothed off was the road.
    assert 40 < gain_deviation_m(nothing, 1000.0, 0.0) < 160
    assert 10 < gain_deviation_m(nothing, 0.0, 1000.0) < 40
    assert 1 < gain_deviation_m(nothing, 0.0, 0.0) < 4


def test_the_two_numbers_lie_two_deviations_from_the_gain() -> None:
    profile = profile_of(line(np.linspace(100.0, 700.0, 1250)))

    above_m = profile.gain_high_m - profile.gain_m
    assert above_m == pytest.approx(profile.gain_m - profile.gain_low_m)
    # A few percent of a clean recording.
    assert 0.025 < above_m / profile.gain_m < 0.08


def test_rises_of_a_metre_count_where_nothing_is_wrong() -> None:
    ripples = 100 + 0.6 * np.sin(np.arange(4000) * 2 * np.pi / 100)

    assert profile_of(line(ripples)).gain_m == pytest.approx(40 * 1.2, rel=0.1)


def test_rises_of_a_metre_are_chance_where_altitudes_wander_by_half_a_metre() -> None:
    noise = 0.4 * wandering(7000, correlation_length=20)

    assert profile_of(line(50 + noise)).gain_m < 5


@pytest.mark.parametrize("rate_hz", [0.2, 1.0, 10.0])
def test_the_gain_does_not_depend_on_how_often_the_recorder_writes(rate_hz: float) -> None:
    assert worst_error(sine_hills(40, height_m=80), "barometric", rate_hz=rate_hz) < 0.02


def test_hills_of_one_length_are_told_from_wandering_altitudes() -> None:
    terrain = sine_hills(40, height_m=20, wavelength_km=1)

    for seed in SEEDS:
        ride = record(terrain, seed=seed, noise="gps", correlation_time_s=30)
        assert profile_of(ride.track()).gain_m == pytest.approx(ride.gain_m, rel=0.1)


def test_chance_on_a_flat_road_is_hardly_taken_for_hills() -> None:
    count = 2857
    gains = []
    for seed in range(10):
        track = line(100 + 3 * wandering(count, correlation_length=30, seed=seed), step_m=7)
        gains.append(profile_of(replace(track, time_s=np.arange(float(count)))).gain_m)

    assert np.mean(gains) < 5


@pytest.mark.parametrize("seed", [21, 43, 45])
def test_speeds_that_go_with_the_noise_by_chance_are_believed_no_more_than_they_tell(
    seed: int,
) -> None:
    # Of 120 such rides these are the three on which they agree the most.
    ride = record(flat(20), seed=seed, noise="gps", correlation_time_s=20.0)

    assert profile_of(ride.track()).gain_m < 15


@pytest.mark.parametrize(
    ("relief_m", "correlation_time_s"), [(36.0, 20.0), (36.0, 60.0), (48.0, 20.0)]
)
def test_hills_not_much_higher_than_the_noise_do_not_vanish(
    relief_m: float, correlation_time_s: float
) -> None:
    errors = []
    for seed in range(6):
        road = rolling(60, seed=seed, relief_m=relief_m)
        ride = record(road, seed=seed, noise="gps", correlation_time_s=correlation_time_s)
        errors.append(profile_of(ride.track()).gain_m / ride.gain_m - 1)

    assert abs(np.mean(errors)) < 0.15
    assert min(errors) > -0.25


@pytest.mark.parametrize(("height_m", "length_m", "step_m"), [(15, 1000, 34), (30, 500, 20)])
@pytest.mark.parametrize("begins", [0.0, 0.25])
def test_planned_hills_of_one_length_keep_their_height(
    height_m: float, length_m: float, step_m: float, begins: float
) -> None:
    waves = np.arange(0, 20_000, step_m) / length_m + begins
    hills = height_m / 2 * np.sin(2 * np.pi * waves)

    profile = profile_of(line(np.round(300 + hills, 1), step_m=step_m))

    assert profile.gain_m == pytest.approx(np.diff(hills).clip(min=0).sum(), rel=0.03)


@pytest.mark.parametrize("height_m", [8, 11, 15, 20, 40])
@pytest.mark.parametrize("wavelength_km", [0.7, 1.0, 1.4, 2.0, 2.8])
def test_a_barometer_keeps_small_hills_of_any_one_length(
    height_m: float, wavelength_km: float
) -> None:
    ride = record(sine_hills(20, height_m=height_m, wavelength_km=wavelength_km))

    assert profile_of(ride.track()).gain_m == pytest.approx(ride.gain_m, rel=0.045)


@pytest.mark.parametrize("seconds", [2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_noise_that_the_receiver_smooths_on_a_flat_road_is_no_climbing(
    seconds: int, seed: int
) -> None:
    count = 2700
    white = np.random.default_rng(seed).normal(0, 3, count + seconds - 1)
    noise = np.convolve(white, np.ones(seconds) / np.sqrt(seconds), "valid")
    track = line(100 + noise, step_m=7.5)

    assert profile_of(replace(track, time_s=np.arange(float(count)))).gain_m < 20


@pytest.mark.parametrize("correlation_time_s", [10.0, 30.0, 60.0, 120.0])
def test_wandering_altitudes_on_a_flat_road_are_hardly_climbing(correlation_time_s: float) -> None:
    for seed in range(8):
        ride = record(flat(20), seed=seed, noise="gps", correlation_time_s=correlation_time_s)
        assert profile_of(ride.track()).gain_m < 20


@pytest.mark.parametrize("correlation_time_s", [20.0, 40.0])
def test_wandering_that_the_receiver_smooths_on_a_flat_road_is_hardly_climbing(
    correlation_time_s: float,
) -> None:
    for seed in range(8):
        ride = record(
            flat(20), seed=seed, noise="smoothed_gps", correlation_time_s=correlation_time_s
        )
        assert profile_of(ride.track()).gain_m < 20


@pytest.mark.parametrize("correlation_time_s", [20.0, 60.0, 100.0])
@pytest.mark.parametrize("terrain", [sine_hills(40), rolling(60, relief_m=150)])
def test_wandering_that_the_receiver_smooths_leaves_the_true_gain(
    terrain: Terrain, correlation_time_s: float
) -> None:
    errors = []
    for seed in range(4):
        ride = record(
            terrain, seed=seed, noise="smoothed_gps", correlation_time_s=correlation_time_s
        )
        errors.append(profile_of(ride.track()).gain_m / ride.gain_m - 1)

    assert abs(np.mean(errors)) < 0.03
    assert max(np.abs(errors)) < 0.06


@pytest.mark.parametrize("step_m", [5.0, 20.0, 50.0, 100.0])
@pytest.mark.parametrize("seed", range(4))
def test_planned_points_with_a_metre_of_noise_on_a_flat_road_are_no_climbing(
    step_m: float, seed: int
) -> None:
    noise = np.random.default_rng(seed).normal(0, 1, round(20_000 / step_m))

    assert profile_of(line(80 + noise, step_m=step_m)).gain_m < 5


@pytest.mark.parametrize("step_m", [7.0, 16.0])
def test_a_metre_of_noise_on_long_hills_is_no_climbing(step_m: float) -> None:
    along_m = np.arange(0, 40_000, step_m)
    hills = 60 * np.sin(2 * np.pi * along_m / 8000)
    true = np.diff(hills).clip(min=0).sum()

    for seed in range(4):
        noise = np.random.default_rng(seed).normal(0, 1, len(along_m))
        profile = profile_of(line(500 + hills + noise, step_m=step_m))
        assert profile.gain_m == pytest.approx(true, rel=0.02)


def test_whole_metre_altitudes_give_the_true_gain() -> None:
    assert worst_error(rolling(60, relief_m=150), "barometric", altitude_step_m=1.0) < 0.02


def test_a_clean_recording_keeps_its_small_hills() -> None:
    terrain = sine_hills(10, height_m=6, wavelength_km=0.5)

    profile = profile_of(record(terrain, noise="none", altitude_step_m=0.01).track())

    assert profile.gain_m == pytest.approx(120, rel=0.03)


@pytest.mark.parametrize("wavelength_km", [0.25, 0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("noise_m", [0.0, 0.3])
def test_hills_of_every_length_are_told_from_noise(wavelength_km: float, noise_m: float) -> None:
    terrain = sine_hills(20, height_m=20, wavelength_km=wavelength_km)
    ride = record(terrain, noise="white", noise_m=noise_m)

    assert profile_of(ride.track()).gain_m == pytest.approx(ride.gain_m, rel=0.03)


def test_a_noisy_point_every_ten_seconds_gives_the_true_gain() -> None:
    ride = record(sine_hills(20), noise="white", noise_m=2.0, rate_hz=0.1)

    assert profile_of(ride.track()).gain_m == pytest.approx(ride.gain_m, rel=0.03)


def test_points_five_seconds_apart_keep_the_hills() -> None:
    assert worst_error(rolling(60, relief_m=150), "barometric", rate_hz=0.2) < 0.015


def test_gain_minus_loss_is_what_the_profile_rises_in_all() -> None:
    profile = profile_of(record(rolling(30), noise="gps").track())

    rise = profile.elevation_m[-1] - profile.elevation_m[0]

    assert profile.gain_m - profile.loss_m == pytest.approx(rise, abs=1e-6)


def test_a_clean_ramp_ends_where_it_ends() -> None:
    profile = profile_of(line(np.linspace(100.0, 700.0, 1250)))

    assert (profile.gain_m, profile.loss_m) == pytest.approx((600, 0), abs=0.1)


def test_a_halt_with_a_drifting_altitude_does_not_climb() -> None:
    elevation = np.concatenate(
        [np.full(300, 50.0), 50 + 4 * np.sin(np.linspace(0, 20 * np.pi, 3000)), np.full(300, 50.0)]
    )
    track = line(elevation)
    latitude = track.latitude.copy()
    latitude[300:3300] = latitude[300]
    latitude[3300:] -= latitude[3300] - latitude[300]

    assert profile_of(replace(track, latitude=latitude)).gain_m < 1


def test_a_tunnel_is_crossed_on_a_straight_slope() -> None:
    elevation = np.linspace(200.0, 500.0, 1000)
    elevation[300:600] = np.nan

    profile = profile_of(line(elevation))

    assert (profile.gain_m, profile.loss_m) == pytest.approx((300, 0), abs=0.5)


def test_a_ropeway_between_two_segments_is_not_climbed() -> None:
    track = line(np.concatenate([np.linspace(400, 500, 500), np.linspace(1900, 1800, 500)]))
    segment = np.repeat([0, 1], 500)

    profile = profile_of(replace(track, segment=segment))

    assert (profile.gain_m, profile.loss_m) == pytest.approx((100, 100), abs=1.5)


def test_ten_small_lifts_between_segments_are_not_climbed() -> None:
    track = line(np.repeat(np.arange(10.0) * 20, 200))

    profile = profile_of(replace(track, segment=np.repeat(np.arange(10), 200)))

    assert (profile.gain_m, profile.loss_m) == pytest.approx((0, 0), abs=1e-6)


def test_a_segment_without_elevations_is_not_made_up() -> None:
    track = line(np.concatenate([np.linspace(0, 50, 500), np.full(500, np.nan)]))

    profile = profile_of(replace(track, segment=np.repeat([0, 1], 500)))

    assert profile.gain_m == pytest.approx(50, abs=0.5)
    assert not profile.known[profile.segments.number == 1].any()


def test_a_single_false_altitude_does_not_count_twice() -> None:
    elevation = np.linspace(300.0, 400.0, 1000)
    elevation[500] = 0.0

    profile = profile_of(line(elevation))

    assert (profile.gain_m, profile.loss_m) == pytest.approx((100, 0), abs=1)


def test_a_recorder_that_loses_its_altitude_and_finds_it_again_has_not_climbed() -> None:
    elevation = np.linspace(300.0, 400.0, 1000)
    elevation[500:540] -= 250
    elevation[800:] += 60

    profile = profile_of(line(elevation))

    assert (profile.gain_m, profile.loss_m) == pytest.approx((100, 0), abs=1)


def test_a_few_points_are_taken_at_their_word() -> None:
    profile = profile_of(line(np.array([100.0, 200.0, 150.0]), step_m=1000))

    assert (profile.gain_m, profile.loss_m) == pytest.approx((100, 50), abs=1e-6)


def test_a_ride_along_the_sea_has_a_profile_at_zero() -> None:
    profile = profile_of(line(np.zeros(500)))

    assert (profile.gain_m, profile.loss_m) == (0, 0)
    assert (profile.elevation_m == 0).all()


def test_a_track_without_elevations_has_no_profile() -> None:
    track = line(np.full(10, np.nan))

    assert build_profile(track, np.arange(10.0)) is None


def test_a_profile_has_few_more_cells_than_points() -> None:
    assert 2000 < len(profile_of(line(np.zeros(2000), step_m=500))) < 5000


def ridden(along_m: FloatArray, time_s: FloatArray) -> Track:
    track = line(np.zeros(len(along_m)))
    return replace(track, latitude=along_m / 110_574.0, time_s=time_s)


def test_halts_do_not_make_a_stretch_slow() -> None:
    time_s = np.arange(975.0)
    along_m = np.interp(time_s, [0, 145, 445, 505, 805, 975], [0, 1160, 1160, 1640, 1640, 3000])

    assert stretch_speeds(ridden(along_m, time_s), along_m, 3) == pytest.approx(8, rel=0.02)


@pytest.mark.parametrize(
    ("speed_m_s", "least", "most"), [(0.01, 0.25, 1.0), (2.0, 1.99, 2.01), (1000.0, 20, 100)]
)
def test_stretches_are_ridden_at_speeds_that_there_are(
    speed_m_s: float, least: float, most: float
) -> None:
    along_m = speed_m_s * np.arange(1000.0)

    speeds_m_s = stretch_speeds(ridden(along_m, np.arange(1000.0)), along_m, 4)

    assert least < speeds_m_s.min() <= speeds_m_s.max() < most


def test_without_times_a_cyclists_usual_speed_is_taken() -> None:
    along_m = 8 * np.arange(1000.0)

    speeds_m_s = stretch_speeds(ridden(along_m, np.full(1000, np.nan)), along_m, 4)

    assert 5 < speeds_m_s.min() <= speeds_m_s.max() < 10


def test_a_few_heights_on_a_long_way_make_a_short_profile() -> None:
    elevation = np.full(30_000, np.nan)
    elevation[[0, 20_000, -1]] = 10.0, 90.0, 50.0

    profile = profile_of(line(elevation, step_m=500))

    assert len(profile) < 1100
    assert profile.gain_m == pytest.approx(80, abs=1)
    assert profile.loss_m == pytest.approx(40, abs=1)


def rough(length_km: float, *, seed: int) -> Terrain:
    """A trail: from 20 m on, relief only doubles with the octave, as noise that wanders does."""
    rng = np.random.default_rng([seed, 11])
    steps = np.convolve(rng.normal(0, 0.22, int(length_km * 500) + 1), np.ones(5) / 5, "same")
    return Terrain(400 + np.cumsum(steps - steps.mean()))


def kept_of_rough(
    shape: Shape, *, position_noise_m: float = 1.0, lane_m: float = 0.0
) -> list[float]:
    """Shares of the rises of a metre that are kept of clean recordings of trails."""
    kept = []
    for seed in SEEDS:
        ride = record(
            rough(30, seed=seed),
            seed=seed,
            shape=shape,
            noise="none",
            altitude_step_m=0.001,
            position_noise_m=position_noise_m,
            lane_m=lane_m,
        )
        change = np.diff(ride.elevation[turning_points(ride.elevation, 1.0)])
        kept.append(profile_of(ride.track()).gain_m / float(change[change > 0].sum()))
    return kept


@pytest.mark.parametrize("shape", ["out_and_back", "laps"])
def test_a_clean_recording_of_a_road_ridden_twice_keeps_its_rises(shape: Shape) -> None:
    kept = kept_of_rough(shape)

    assert np.mean(kept) > 0.97
    assert min(kept) > 0.95
    assert max(kept) < 1.01


@pytest.mark.parametrize(("position_noise_m", "least"), [(2.0, 0.9), (5.0, 0.65)])
def test_wrong_positions_only_weaken_what_a_second_pass_tells(
    position_noise_m: float, least: float
) -> None:
    kept = kept_of_rough("out_and_back", position_noise_m=position_noise_m, lane_m=3.0)

    assert np.mean(kept) > least
    assert max(kept) < 1.01


@pytest.mark.parametrize("shape", ["out_and_back", "laps"])
@pytest.mark.parametrize("correlation_time_s", [20.0, 60.0])
def test_satellite_noise_on_flat_road_ridden_twice_is_no_climbing(
    shape: Shape, correlation_time_s: float
) -> None:
    gains_m = [
        profile_of(
            record(
                flat(20),
                seed=seed,
                shape=shape,
                noise="gps",
                correlation_time_s=correlation_time_s,
                position_noise_m=5.0,
                lane_m=3.0,
            ).track()
        ).gain_m
        for seed in range(5)
    ]

    assert np.mean(gains_m) < 5
    assert np.max(gains_m) < 15
