import numpy as np
import pytest

from src.gpx.elevation.evidence import NoiseBounds, Windows, noise_bounds, windows
from src.gpx.elevation.noise import (
    CORRELATION_TIMES_S,
    QUIET,
    hadamard_variances,
    sampled_hadamard_variances,
    white_variance,
)
from src.gpx.model import FloatArray
from tests.unit.gpx.elevation.test_separation import wandering

# Of the processes of 5, 10, 20 and 40 seconds, of the first and of the second order.
OF_5_S, OF_10_S, OF_20_S, OF_40_S, CURVES_OF_40_S = 0, 1, 2, 3, 9
LENGTH = 6000
METRES_PER_DEGREE = 111_200.0


def bounds_of(
    elevation: FloatArray,
    speed_m_s: FloatArray,
    *,
    white_m2: float = 0.0,
    jitter_m: float = 0.5,
    timed: bool = True,
) -> NoiseBounds:
    """Of a ride due north at these speeds with a value a second."""
    along_m = np.cumsum(speed_m_s + 1e-3 * bool(jitter_m))
    jitter = jitter_m * wandering(len(elevation), correlation_length=30)
    places = (40 + (along_m + jitter) / METRES_PER_DEGREE, np.full(len(elevation), 3.0))
    time_s = np.arange(float(len(elevation)))
    return noise_bounds(elevation, along_m, time_s, places if timed else None, white_m2)


def twice(
    elevation: FloatArray, place_m: FloatArray, *, aside_m: float = 0.0, white_m2: float = 0.0
) -> NoiseBounds:
    """Of a ride on a road due north with a value a second, at these places along the road.

    Each later pass lies `aside_m` to the east of the one before.
    """
    legs_m = np.diff(place_m)
    passes = np.concatenate([[0], np.cumsum(np.diff(np.sign(legs_m)) != 0), [0]])
    passes[-1] = passes[-2]
    east_m = aside_m * passes
    places = (place_m / METRES_PER_DEGREE, east_m / METRES_PER_DEGREE)
    along_m = np.concatenate([[0.0], np.cumsum(np.hypot(legs_m, np.diff(east_m)))])
    return noise_bounds(elevation, along_m, np.arange(float(len(place_m))), places, white_m2)


def out_and_back(out_m_s: float = 7.0, back_m_s: float = 7.0) -> FloatArray:
    length_m = LENGTH / (1 / out_m_s + 1 / back_m_s)
    return np.concatenate([np.arange(0.0, length_m, out_m_s), np.arange(length_m, 0.0, -back_m_s)])


def lively(seed: int | list[int] = 0, *, spread: float = 0.4) -> FloatArray:
    """Speeds of a ride on hills, in metres a second."""
    mood = np.repeat(np.random.default_rng(seed).normal(0, spread, LENGTH // 60), 60)
    return 7 * np.exp(mood)


def fractal(along_m: FloatArray, growth: float = 2.0) -> FloatArray:
    """Relief that grows by 2**growth from octave to octave, as high as hills are."""
    steps = 1 << 16
    frequency = np.fft.rfftfreq(steps, 1.0)[1:]
    rng = np.random.default_rng(7)
    waves = rng.normal(size=(2, len(frequency))) * frequency ** (-(growth + 1) / 2)
    shape = np.fft.irfft(np.concatenate([[0], waves[0] + 1j * waves[1]]), steps)
    relief: FloatArray = np.interp(
        along_m, np.arange(steps), 0.01 * shape / np.abs(np.diff(shape)).mean()
    )
    return relief


def hadamard_variance(values: FloatArray, steps: int) -> float:
    means = np.convolve(values, np.ones(steps) / steps, "valid")
    curve = means[2 * steps :] - 2 * means[steps:-steps] + means[: -2 * steps]
    return float(np.mean(curve**2) / 6)


@pytest.mark.parametrize(("order", "which"), [(1, OF_20_S), (1, OF_40_S), (2, CURVES_OF_40_S)])
@pytest.mark.parametrize("span_s", [8.0, 32.0])
def test_the_hadamard_variance_of_noise_is_foretold(order: int, which: int, span_s: float) -> None:
    noise = wandering(600_000, correlation_length=CORRELATION_TIMES_S[which], order=order)

    found = hadamard_variance(noise, int(span_s))
    assert found == pytest.approx(hadamard_variances(span_s)[which], rel=0.15)
    assert found == pytest.approx(sampled_hadamard_variances(int(span_s), 1.0)[which], rel=0.15)


@pytest.mark.parametrize("which", [OF_5_S, OF_20_S, OF_40_S])
@pytest.mark.parametrize("steps", [1, 2, 4])
def test_what_is_written_of_instants_is_foretold_over_single_steps_too(
    which: int, steps: int
) -> None:
    noise = wandering(600_000, correlation_length=CORRELATION_TIMES_S[which] / 2)

    foretold = sampled_hadamard_variances(steps, 2.0)[which]
    assert hadamard_variance(noise, steps) == pytest.approx(foretold, rel=0.05)


@pytest.mark.parametrize("deviation_m", [0.5, 3.0])
def test_noise_on_flat_road_is_bounded_closely(deviation_m: float) -> None:
    noise = deviation_m * wandering(LENGTH, correlation_length=40)

    bounds = bounds_of(noise, lively())

    assert deviation_m**2 < bounds.at_most_m2[OF_40_S] < 2.5 * deviation_m**2
    assert not bounds.is_loud


@pytest.mark.parametrize("seed", range(3))
def test_the_quietest_windows_bound_noise_closely(seed: int) -> None:
    noise = wandering(LENGTH, correlation_length=40, seed=seed)

    assert 1 < bounds_of(noise, lively(), timed=False).at_most_m2[OF_40_S] < 2


@pytest.mark.parametrize("together", [6, 20])
def test_a_mean_of_windows_is_seldom_further_off_than_its_error(together: int) -> None:
    noise = wandering(240_000, correlation_length=20)
    time_s = np.arange(float(len(noise)))
    seen = windows(noise, 7 * time_s, time_s, None, 0.0, 1.0)
    one = next(one for one in seen if one.span_s == 8)

    power_m2 = one.power_m2[: len(one.power_m2) // together * together]
    means_m2 = power_m2.reshape(-1, together).mean(axis=1)

    # As with two standard errors.
    above = np.mean(means_m2 * one.error(together) > power_m2.mean())
    assert 0.92 < above < 0.99


def test_who_drifts_stands_and_who_pushes_a_bicycle_does_not() -> None:
    away_m_s = np.array([0.0, 0.2, 0.7, 1.2, 5.0])
    one = Windows(8.0, 0.0, np.ones(5), np.maximum(away_m_s, 0.1), away_m_s)

    assert one.standing.tolist() == [True, True, False, False, False]


def test_white_noise_is_never_foreseen_so_well_that_nothing_else_is_left() -> None:
    one = Windows(8.0, 0.1, np.empty(0), np.empty(0), np.empty(0))

    assert one.correlated(1.0) == pytest.approx(0.9)
    assert 0.005 < one.correlated(0.1) < 0.02
    assert 0.004 < one.correlated(0.08) < 0.016


def test_a_halt_without_any_change_of_altitude_proves_that_there_is_no_noise() -> None:
    speed = lively()
    speed[2000:2300] = 0.0
    relief = fractal(np.cumsum(speed), growth=1.0)

    assert bounds_of(relief, speed).at_most_m2.max() < 1e-3


def test_a_halt_of_a_minute_is_enough_to_prove_that_there_is_no_noise() -> None:
    speed = lively()
    speed[2000:2070] = 0.0
    relief = fractal(np.cumsum(speed), growth=1.0)

    assert bounds_of(relief, speed).at_most_m2.max() < 1e-3


def test_a_halt_of_a_receiver_proves_that_there_is_noise() -> None:
    speed = lively()
    speed[2000:2300] = 0.0
    altitude = fractal(np.cumsum(speed)) + 3 * wandering(LENGTH, correlation_length=40)

    bounds = bounds_of(altitude, speed)

    assert bounds.is_loud
    assert bounds.at_most_m2[OF_40_S] > 9


def test_a_halt_at_which_an_altitude_wanders_by_most_of_a_metre_is_no_barometers() -> None:
    speed = lively()
    speed[2000:2300] = 0.0

    assert bounds_of(0.8 * wandering(LENGTH, correlation_length=40), speed).is_loud


def test_what_a_barometer_trembles_by_within_seconds_does_not_make_it_loud() -> None:
    speed = lively()
    speed[2000:2300] = 0.0
    altitude = 0.25 * wandering(LENGTH, correlation_length=40)
    altitude += 0.12 * wandering(LENGTH, correlation_length=2, seed=1)

    assert not bounds_of(altitude, speed).is_loud


def test_a_halt_at_which_nothing_is_recorded_proves_nothing() -> None:
    speed = lively()
    speed[2000:2300] = 0.0
    noise = 3 * wandering(LENGTH, correlation_length=40)
    noise[2000:2300] = noise[2000]

    bounds = bounds_of(noise, speed, jitter_m=0.0)

    assert bounds.at_most_m2[OF_40_S] > 9 / 2


@pytest.mark.parametrize("lift_m", [0.0, 4.0, 355.7, 2100.3])
def test_frozen_altitudes_are_frozen_at_every_height(lift_m: float) -> None:
    frozen = np.concatenate([np.linspace(0, 30.3, 500), np.full(500, 30.3)])
    time_s = np.arange(1000.0)

    seen = list(windows(lift_m + frozen, 7 * time_s, time_s, None, 0.0, 1.0))

    assert max(np.count_nonzero(one.power_m2) for one in seen) <= 2


def test_what_grows_with_the_speed_is_no_noise() -> None:
    speed = lively()
    rough = fractal(np.cumsum(speed), growth=1.0)
    even = np.full(LENGTH, speed.mean())

    of_lively = bounds_of(rough, speed).at_most_m2
    of_even = bounds_of(fractal(np.cumsum(even), growth=1.0), even).at_most_m2

    assert of_lively[OF_40_S] < 0.1 * of_even[OF_40_S]


def test_speeds_of_gentle_hills_tell_relief_from_noise() -> None:
    # What the quietest windows leave open is a decimetre.
    for seed in range(6):
        speed = lively(seed, spread=0.2)
        relief = fractal(np.cumsum(speed), growth=1.0)
        assert bounds_of(relief, speed).at_most_m2[OF_20_S] < 0.05**2


def test_steps_of_whole_metres_are_no_noise_of_a_second() -> None:
    for seed in range(6):
        speed = lively(seed, spread=0.3)
        ramps_m = np.interp(np.cumsum(speed) % 800, [0, 350, 400, 750, 800], [0, 0, 8, 8, 0])
        assert bounds_of(np.round(ramps_m), speed).at_most_m2[OF_20_S] < 0.5**2


@pytest.mark.parametrize(("which", "time_s"), [(OF_10_S, 10.0), (OF_20_S, 20.0)])
def test_noise_of_instants_is_not_taken_for_relief_where_the_speed_varies(
    which: int, time_s: float
) -> None:
    bounds = []
    for seed in range(16):
        noise = wandering(LENGTH, correlation_length=time_s, seed=seed)
        speed = lively([seed, 1], spread=0.1)
        bounds.append(bounds_of(3 * noise, speed).at_most_m2[which] / 9)
    assert min(bounds) > 0.8


def growing_with_speed(spread: float, seconds: int = LENGTH) -> float:
    """How many times its variance noise can have that grows with a speed that hardly varies."""
    faster = 2.0 * (np.arange(seconds) // 100 % 2) - 1
    amplitude = 6 ** (faster / 4)
    noise = amplitude * wandering(seconds, correlation_length=40)

    at_most_m2 = bounds_of(noise, 7 * np.exp(spread * faster)).at_most_m2[OF_40_S]

    return float(at_most_m2 / np.mean(amplitude**2))


def test_whatever_the_speed_tells_some_noise_is_left() -> None:
    assert 0.015 < growing_with_speed(0.14) < 0.06


def test_speeds_that_hardly_differ_tell_nothing() -> None:
    assert growing_with_speed(0.04) < 0.1
    assert growing_with_speed(0.012) > 0.5


def test_a_few_minutes_of_speeds_tell_nothing() -> None:
    assert growing_with_speed(0.14, seconds=800) < 0.1
    assert growing_with_speed(0.14, seconds=250) > 0.2


def test_who_walks_rides_and_who_crawls_does_not() -> None:
    ridden_m_s = np.array([0.0, 0.6, 1.5, 8.0])
    one = Windows(8.0, 0.0, np.ones(4), ridden_m_s, ridden_m_s)

    assert one.riding.tolist() == [False, False, True, True]


def test_noise_that_does_not_grow_with_the_speed_stays() -> None:
    noise = 3 * wandering(LENGTH, correlation_length=20)

    assert bounds_of(noise, lively()).at_most_m2[OF_20_S] > 9


@pytest.mark.parametrize(("step_s", "which"), [(5, OF_5_S), (15, OF_20_S)])
def test_noise_that_is_forgotten_between_two_points_is_not_excluded_by_the_speed(
    step_s: int, which: int
) -> None:
    speed = lively()
    noise = wandering(step_s * LENGTH, correlation_length=CORRELATION_TIMES_S[which])[::step_s]
    along_m = step_s * np.cumsum(speed)
    places = 40 + along_m / METRES_PER_DEGREE, np.full(LENGTH, 3.0)
    time_s = step_s * np.arange(float(LENGTH))

    bounds = noise_bounds(noise, along_m, time_s, places, white_variance(noise, along_m))

    assert 0.8 < bounds.at_most_m2[which] < 3


def test_white_noise_is_not_taken_for_wandering() -> None:
    jitter = np.random.default_rng(2).normal(0, 0.3, LENGTH)

    assert bounds_of(jitter, lively(), white_m2=0.09).at_most_m2[OF_40_S] < 0.05


@pytest.mark.parametrize("jitter_m", [0.0, 0.3, 0.6])
def test_white_noise_beside_it_does_not_lower_the_bound_of_what_wanders(jitter_m: float) -> None:
    jitter = np.random.default_rng(3).normal(0, jitter_m, LENGTH)
    noise = wandering(LENGTH, correlation_length=20) + jitter

    bounds = bounds_of(noise, lively(), white_m2=jitter_m**2)

    assert 0.9 < bounds.at_most_m2[OF_20_S] < 2.5


def test_without_times_only_the_quietest_windows_tell() -> None:
    noise = 3 * wandering(LENGTH, correlation_length=40)

    bounds = bounds_of(noise, lively(), timed=False)

    assert np.isfinite(bounds.at_most_m2).all()
    assert not bounds.is_loud


@pytest.mark.parametrize(
    "time_s",
    [
        np.arange(20.0),
        np.arange(80.0),
        np.zeros(5000),
        np.arange(5000.0) * 30,
        np.array([0.0, 1e9] * 40).cumsum(),
    ],
    ids=["few", "few windows", "one instant", "half a minute apart", "ages apart"],
)
def test_too_little_tells_nothing(time_s: FloatArray) -> None:
    count = len(time_s)
    noise, along_m = wandering(count, correlation_length=20), 7.0 * np.arange(float(count))
    places = 40 + along_m / METRES_PER_DEGREE, np.zeros(count)

    bounds = noise_bounds(noise, along_m, time_s, places, 0.0)

    assert bounds.at_most_m2.tolist() == NoiseBounds.unknown().at_most_m2.tolist()


@pytest.mark.parametrize(("lost_s", "bridged"), [(2, True), (7, False)])
def test_a_point_or_two_that_are_lost_are_no_gap(lost_s: int, bridged: bool) -> None:
    time_s = np.delete(np.arange(2000.0), np.arange(0, 2000, 12)[:, np.newaxis] + np.arange(lost_s))
    noise = wandering(len(time_s), correlation_length=20)

    one = next(windows(noise, 7 * time_s, time_s, None, 0.0, 1.0))

    assert (len(one.power_m2) > 50) == bridged
    assert (len(one.power_m2) == 0) == (not bridged)


def test_gaps_are_not_bridged() -> None:
    noise = 3 * wandering(LENGTH, correlation_length=40)
    kept = np.ones(LENGTH, dtype=bool)
    for start in range(300, LENGTH - 300, 600):
        kept[start : start + 120] = False
    along_m = np.cumsum(lively())
    places = 40 + along_m / METRES_PER_DEGREE, np.full(LENGTH, 3.0)
    time_s = np.arange(float(LENGTH))

    bounds = noise_bounds(
        noise[kept], along_m[kept], time_s[kept], (places[0][kept], places[1][kept]), 0.0
    )

    assert 9 < bounds.at_most_m2[OF_40_S] < 27


def test_out_and_back_rough_relief_is_no_noise() -> None:
    place_m = out_and_back()
    rough = fractal(place_m, growth=1.0)
    straight_on = fractal(7.0 * np.arange(float(len(place_m))), growth=1.0)

    of_twice = twice(rough, place_m).at_most_m2
    of_once = twice(straight_on, 7.0 * np.arange(float(len(place_m)))).at_most_m2

    assert of_once[OF_40_S] > 0.01
    assert of_twice[OF_40_S] < 0.01 * of_once[OF_40_S]


@pytest.mark.parametrize(("out_m_s", "back_m_s"), [(7.0, 7.0), (4.0, 10.0), (11.0, 5.0)])
@pytest.mark.parametrize(("order", "which"), [(1, OF_20_S), (1, OF_40_S), (2, CURVES_OF_40_S)])
def test_noise_out_and_back_over_hills_is_bounded_closely(
    out_m_s: float, back_m_s: float, order: int, which: int
) -> None:
    place_m = out_and_back(out_m_s, back_m_s)
    noise = wandering(len(place_m), correlation_length=CORRELATION_TIMES_S[which], order=order)

    bounds = twice(300 * fractal(place_m) + noise, place_m)

    assert noise.var() < bounds.at_most_m2[which] < 3.2 * noise.var()


def test_rounds_of_a_stadium_bound_noise_from_above() -> None:
    place_m = 7.0 * np.arange(float(LENGTH))
    around = 2 * np.pi * place_m / 400
    places = tuple(
        400 / (2 * np.pi) / METRES_PER_DEGREE * axis for axis in (np.sin(around), np.cos(around))
    )
    noise = 3 * wandering(LENGTH, correlation_length=40)

    bounds = noise_bounds(
        noise, place_m, np.arange(float(LENGTH)), (places[0], places[1]), white_m2=0.0
    )

    assert 9 < bounds.at_most_m2[OF_40_S] < 18


@pytest.mark.parametrize("jitter_m", [0.3, 0.6])
def test_white_noise_of_two_passes_does_not_lower_the_bound_of_what_wanders(
    jitter_m: float,
) -> None:
    place_m = out_and_back()
    jitter = np.random.default_rng(3).normal(0, jitter_m, len(place_m))
    noise = 0.5 * wandering(len(place_m), correlation_length=20) + jitter

    bounds = twice(30 * fractal(place_m, growth=1.0) + noise, place_m, white_m2=jitter_m**2)

    assert 0.25 < bounds.at_most_m2[OF_20_S] < 0.8


def test_a_barometer_that_wanders_at_halts_is_not_loud_for_what_two_passes_tell() -> None:
    place_m = np.insert(out_and_back(), 1000, np.full(600, 7.0 * 1000))
    heights = 300 * fractal(place_m)
    halt = slice(1000, 1600)
    heights[halt] += 0.25 * wandering(600, correlation_length=40)
    wanders_m = 0.5 * wandering(600, correlation_length=30, seed=5)
    place_m[halt] += wanders_m

    bounds = twice(heights, place_m)

    assert bounds.at_most_m2[QUIET] < 0.01
    assert not bounds.is_loud


def test_two_passes_never_prove_that_there_is_noise() -> None:
    place_m = out_and_back()
    # As between two roads at a slope.
    heights = np.where(np.arange(len(place_m)) < len(place_m) / 2, 1.0, 3.0)

    bounds = twice(heights * fractal(place_m), place_m, aside_m=10.0)

    assert not bounds.is_loud


def test_a_quiet_road_at_both_ends_of_a_ride_tells_nothing_of_the_hours_between() -> None:
    home_s = 300
    place_m = 7.0 * np.arange(float(LENGTH))
    around = 2 * np.pi * place_m / place_m[-1]
    north_m, east_m = 5_000 * (1 - np.cos(around)), 5_000 * np.sin(around)
    home_m = place_m[:home_s]
    for home in (slice(0, home_s), slice(LENGTH - home_s, LENGTH)):
        north_m[home], east_m[home] = -home_m, -3_000.0
    noise = 4 * wandering(LENGTH, correlation_length=40)
    noise[:home_s] *= 0.05
    noise[-home_s:] *= 0.05
    places = (north_m / METRES_PER_DEGREE, east_m / METRES_PER_DEGREE)

    bounds = noise_bounds(noise, place_m, np.arange(float(LENGTH)), places, white_m2=0.0)

    assert bounds.at_most_m2[OF_40_S] > noise.var()
