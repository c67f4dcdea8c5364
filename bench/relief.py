"""Measure elevation gains on relief and noise that the generator of the tests does not make.

    python bench/relief.py [--seeds 5] [--output docs/accuracy.md]    the tables
    python bench/relief.py --device FOLDER                            and one of devices' totals
    python bench/relief.py --passes                                   only roads ridden twice
    python bench/relief.py --figure docs/images/elevation.svg         a picture of the model at work
    python bench/relief.py --search                                   each constant, varied
    python bench/relief.py --chance                                   the quietest windows

Families of relief: fractal, with power that grows by 2 to 6 times from octave to octave (the Hurst
exponent H is half the growth's binary logarithm), engineered roads, which are smooth below 200 m,
and stairs. Noise: none, a barometer's (jitter, drift and gusts, in steps of 0.2 m), a satellite's
of several correlation times, smoothed by the receiver, whole metres. The truth is the sum of the
rises of at least a metre along the recorded points.

`--device` takes folders of recordings with `totals.json`: a list of `file`, `device`,
`elevation_gain` and `barometer`; a table each.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from types import ModuleType

import gpxpy
import gpxpy.gpx
import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from bench.report import publish, show  # noqa: E402
from bench.told import gain_told  # noqa: E402
from src.gpx import analyse  # noqa: E402
from src.gpx.cleaning.repair import repair  # noqa: E402
from src.gpx.earth.geodesy import cumulative_distance_m  # noqa: E402
from src.gpx.elevation import evidence, profile, relief  # noqa: E402
from src.gpx.elevation.turning_points import turning_points  # noqa: E402
from src.gpx.formats.registry import read  # noqa: E402
from src.gpx.model import FloatArray, Track  # noqa: E402
from tests.support.profiles import profile_of  # noqa: E402
from tests.support.rides import Ride, Shape, Terrain, flat, record  # noqa: E402

# The constants of the engine were looked for on rides of lower seeds.
FIRST_SEED = 5000
GRID_M = 2.0
FLAT_KM = 20.0
LENGTH_KM = 40.0
RISES_M = 1.0


def fractal(growth: float, gain_m_per_km: float = 12.0) -> Callable[[int], Terrain]:
    """Relief whose power grows by a factor of `growth` from octave to octave, up to 40 km."""

    def terrain(seed: int) -> Terrain:
        rng = np.random.default_rng([seed, 7])
        count = int(LENGTH_KM * 1000 / GRID_M) + 1
        frequency = np.fft.rfftfreq(1 << int(np.ceil(np.log2(2 * count))), GRID_M)[1:]
        waves = rng.normal(size=(2, len(frequency))) * frequency ** (-(np.log2(growth) + 1) / 2)
        waves[:, frequency < 1 / (1000 * LENGTH_KM)] = 0
        shape = np.fft.irfft(np.concatenate([[0], waves[0] + 1j * waves[1]]))[:count]
        return Terrain(500 + shape * _amount(shape, gain_m_per_km * LENGTH_KM))

    return terrain


def engineered(seed: int) -> Terrain:
    """A road that cuts off what is shorter than 200 m of relief that grows fourfold."""
    rough = fractal(4.0)(seed).elevation
    window = np.hanning(int(200 / GRID_M))
    padded = np.pad(rough, len(window), mode="edge")
    smooth = np.convolve(padded, window / window.sum(), "same")[len(window) : -len(window)]
    return Terrain(smooth)


def stairs(seed: int) -> Terrain:
    """Flights of 5 to 20 m at 15 % between level stretches of 200 to 800 m, up and down."""
    rng = np.random.default_rng([seed, 8])
    height_m = rng.uniform(5, 20, 80) * np.tile([1, -1], 40)
    steps = np.stack([rng.uniform(200, 800, 80), np.abs(height_m) / 0.15], axis=1).ravel()
    heights = np.repeat(np.concatenate([[0.0], np.cumsum(height_m)]), 2)[: len(steps) + 1]
    corners = np.concatenate([[0.0], np.cumsum(steps)])
    along = np.arange(0.0, min(corners[-1], 1000 * LENGTH_KM), GRID_M)
    return Terrain(300 + np.interp(along, corners, heights))


def _amount(shape: FloatArray, gain_m: float) -> float:
    """What to multiply a shape by for so much of rises of a metre and more."""
    low, high = 0.0, 100 * gain_m / float(np.abs(np.diff(shape)).sum())
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if rises_m(shape * middle) < gain_m else (low, middle)
    return high


FAMILIES: dict[str, Callable[[int], Terrain]] = {
    "fractal, H 0.5": fractal(2.0),
    "fractal, H 0.75": fractal(2.0**1.5),
    "growth 4": fractal(4.0),
    "growth 5": fractal(5.0),
    "growth 6": fractal(6.0),
    "engineered": engineered,
    "stairs": stairs,
}


def _flat(_seed: int) -> Terrain:
    return flat(FLAT_KM)


ROADS = {**FAMILIES, "flat": _flat}


@dataclass(frozen=True)
class Way:
    """How a road is ridden."""

    stops: int = 0
    shape: Shape = "road"


Recorder = Callable[[Terrain, int, Way], Ride]


def clean(terrain: Terrain, seed: int, way: Way) -> Ride:
    return record(terrain, seed=seed, noise="none", altitude_step_m=0.001, **asdict(way))


def barometer(terrain: Terrain, seed: int, way: Way) -> Ride:
    """Flicker of 0.05 m, gusts of 0.3 m over 20 s and an hour's drift of a metre, in 0.2 m."""
    ride = clean(terrain, seed, way)
    rng = np.random.default_rng([seed, 9])
    noise = rng.normal(0, 0.05, len(ride)) + 0.3 * _wander(len(ride), 20, rng)
    noise += _wander(len(ride), 3600, rng)
    return replace(ride, elevation=np.round((ride.elevation + noise) / 0.2) * 0.2)


def jitter(terrain: Terrain, seed: int, way: Way) -> Ride:
    return record(terrain, seed=seed, noise="barometric", **asdict(way))


def satellite(correlation_time_s: float) -> Recorder:
    return lambda terrain, seed, way: record(
        terrain, seed=seed, noise="gps", correlation_time_s=correlation_time_s, **asdict(way)
    )


def smoothed(terrain: Terrain, seed: int, way: Way) -> Ride:
    return record(terrain, seed=seed, noise="smoothed_gps", **asdict(way))


def whole_metres(terrain: Terrain, seed: int, way: Way) -> Ride:
    return record(terrain, seed=seed, noise="none", altitude_step_m=1.0, **asdict(way))


def _wander(count: int, correlation_time_s: float, rng: np.random.Generator) -> FloatArray:
    length = count + int(8 * correlation_time_s)
    kept = np.exp(-1 / correlation_time_s)
    response = 1 / np.abs(1 - kept * np.exp(-2j * np.pi * np.fft.rfftfreq(length)))
    response /= np.sqrt(np.mean(response**2))
    values: FloatArray = np.fft.irfft(np.fft.rfft(rng.normal(size=length)) * response, length)
    return values[:count]


RECORDERS: dict[str, Recorder] = {
    "none": clean,
    "barometer, jitter 0.3 m": jitter,
    "barometer, gusts 0.3 m": barometer,
    "whole metres": whole_metres,
    "satellite 3 m, 20 s": satellite(20.0),
    "satellite 3 m, 60 s": satellite(60.0),
    "satellite 3 m, smoothed": smoothed,
}


def rises_m(elevation: FloatArray, turn_m: float = RISES_M) -> float:
    change = np.diff(elevation[turning_points(elevation, turn_m)])
    return float(change[change > 0].sum())


def measured(seeds: int, way: Way, first_seed: int) -> Iterator[tuple[str, str, float, bool]]:
    """Family, recorder, error in percent of the truth, and whether the interval holds it."""
    for family, road in ROADS.items():
        for name, recorder in RECORDERS.items():
            for seed in range(first_seed, first_seed + _seeds(family, seeds)):
                terrain = road(seed)
                true = rises_m(clean(terrain, seed, way).elevation)
                found = profile_of(recorder(terrain, seed, way).track())
                error = _percent(found.gain_m, true)
                yield family, name, error, found.gain_low_m <= true <= found.gain_high_m
            show(f"{family}, {name}")


def told(seeds: int) -> Iterator[tuple[str, str, float]]:
    """The same without halts, told what is relief and what is noise; without an interval."""
    for family, road in ROADS.items():
        for name, recorder in RECORDERS.items():
            for seed in range(FIRST_SEED, FIRST_SEED + _seeds(family, seeds)):
                terrain = road(seed)
                silent = clean(terrain, seed, Way())
                gain_m = gain_told(recorder(terrain, seed, Way()), silent)
                yield family, name, _percent(gain_m, rises_m(silent.elevation))
            show(f"{family}, {name}, told")


def _seeds(family: str, seeds: int) -> int:
    """On flat road what matters is the worst, and chance seldom makes it."""
    return 8 * seeds if family == "flat" else seeds


def _percent(gain_m: float, true_m: float) -> float:
    """How far off, in percent of the truth; of flat road in metres."""
    return 100 * (gain_m - true_m) / (true_m or 100.0)


def table(seeds: int, way: Way) -> list[str]:
    rows = list(measured(seeds, way, FIRST_SEED))
    # What no evidence tells from noise is no matter of chance.
    inside = [row[3] for row in rows if row[0] not in ("fractal, H 0.5", "fractal, H 0.75")]
    share = 100 * float(np.mean(inside))
    return [
        *grid([row[:3] for row in rows]),
        "",
        f"The interval held the truth in {share:.0f} % of these rides, H 0.5 and 0.75 aside.",
    ]


def grid(rows: list[tuple[str, str, float]]) -> list[str]:
    """The mean error and the worst, by recorder and family."""
    lines = [f"| recorder | {' | '.join(ROADS)} |", "|---|" + "---|" * len(ROADS)]
    for name in RECORDERS:
        cells = []
        for family in ROADS:
            errors = np.array([row[2] for row in rows if row[:2] == (family, name)])
            unit = " m" if family == "flat" else " %"
            cells.append(f"{errors.mean():+.1f} / {np.abs(errors).max():.1f}{unit}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def mean_and_hysteresis(track: Track, mean_m: float, turn_m: float) -> float:
    """The gain by an elevation every 5 m, a running mean, and turns of `turn_m` and more."""
    along_m = cumulative_distance_m(track.latitude, track.longitude, track.segments)
    known = np.isfinite(track.elevation)
    heights = np.interp(np.arange(0, along_m[-1], 5.0), along_m[known], track.elevation[known])
    cells = max(1, round(mean_m / 5.0)) | 1
    padded = np.pad(heights, cells // 2, mode="edge")
    return rises_m(np.convolve(padded, np.ones(cells) / cells, "valid"), turn_m)


SIMPLE = [(30, 1), (30, 2), (30, 3), (50, 1), (50, 2), (50, 3), (100, 1), (100, 2), (100, 3)]


def gpxpys_gain_m(track: Track) -> float:
    segment = gpxpy.gpx.GPXTrackSegment()
    columns = (track.latitude, track.longitude, track.elevation)
    for latitude, longitude, elevation in zip(*(c.tolist() for c in columns), strict=True):
        known = elevation if np.isfinite(elevation) else None
        segment.points.append(gpxpy.gpx.GPXTrackPoint(latitude, longitude, known))
    return float(segment.get_uphill_downhill().uphill)


def devices(folder: Path) -> list[str]:
    """What a device said itself, and what each method says of its recording."""
    methods = ["ours", "gpxpy", "threshold of 10 m"] + [f"{m} m, {h} m" for m, h in SIMPLE]
    shown = ["ours", "gpxpy", "50 m, 1 m", "threshold of 10 m"]
    lines = ["| device | gain | " + " | ".join(shown) + " |", "|---|---|---|---|---|---|"]
    barometers: dict[str, list[float]] = {method: [] for method in methods}
    for ride in json.loads((folder / "totals.json").read_text()):
        data = (folder / ride["file"]).read_bytes()
        track, _ = repair(read(data).track)
        gains = dict.fromkeys(methods, 0.0)
        gains["ours"] = analyse(data).elevation_gain or 0.0
        gains["gpxpy"] = gpxpys_gain_m(track)
        gains["threshold of 10 m"] = rises_m(track.elevation[np.isfinite(track.elevation)], 10.0)
        for mean_m, turn_m in SIMPLE:
            gains[f"{mean_m} m, {turn_m} m"] = mean_and_hysteresis(track, mean_m, turn_m)
        true = ride["elevation_gain"]
        errors = {method: 100 * (gain / true - 1) for method, gain in gains.items()}
        kind = "" if ride["barometer"] else ", no barometer"
        cells = " | ".join(f"{errors[method]:+.0f} %" for method in shown)
        lines.append(f"| {ride['device']}{kind} | {true} m | {cells} |")
        if ride["barometer"]:
            for method in methods:
                barometers[method].append(abs(errors[method]))
    lines += ["", "| method | median, with a barometer | mean |", "|---|---|---|"]
    for method, errors_of in barometers.items():
        lines.append(f"| {method} | {np.median(errors_of):.1f} % | {np.mean(errors_of):.1f} % |")
    return lines


# Those of the noise and of the relief: what is said of them stands beside each.
CONSTANTS: list[tuple[ModuleType, str]] = [
    (relief, "_FLAT_LOG_PRIOR"),
    (relief, "_FLAT_LOG_PRIOR_OF_NOISE"),
    (relief, "_QUIET_LOG_ODDS"),
    (relief, "_FREEDOM_PER_VALUE"),
    (relief, "_MOST_FREEDOM"),
    (relief, "_WHITE_VALUES"),
    (relief, "_LIKELIHOOD_POWER"),
    (relief, "_USUAL_TIME_S"),
    (relief, "_TIME_FACTOR"),
    (relief, "_USUAL_NOISE_M"),
    (evidence, "_ERRORS"),
    (evidence, "_SPEED_ERRORS"),
    (evidence, "_SURE_ERRORS"),
    (evidence, "_STANDING_M_S"),
    (evidence, "_LEAST_LEFT"),
    (evidence, "_LEAST_SHARE"),
    (profile, "_TURN_PER_NOISE"),
    (profile, "_TURN_PER_QUIET_NOISE"),
]
FACTORS = (0.5, 0.7, 1.0, 1.4, 2.0)


def search(seeds: int) -> list[str]:
    """How far off rides are in the mean with each constant varied, no ride more than 30 %."""
    lines = ["| constant | " + " | ".join(f"x {factor}" for factor in FACTORS) + " |"]
    lines.append("|---|" + "---|" * len(FACTORS))
    for module, name in CONSTANTS:
        value, cells = getattr(module, name), []
        for factor in FACTORS:
            setattr(module, name, value * factor)
            errors = [row[2] for stops in (0, 3) for row in measured(seeds, Way(stops), 100)]
            cells.append(f"{np.minimum(np.abs(errors), 30.0).mean():.2f}")
        setattr(module, name, value)
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
        print(lines[-1])
    return lines


def chance() -> list[str]:
    """Of windows of noise: the quietest quarter by the mean, and independent values."""
    rng = np.random.default_rng(1)
    lines = ["| correlation time | span | quietest quarter | independent |", "|---|---|---|---|"]
    for time_s in (10.0, 20.0, 40.0, 80.0):
        noise = _wander(1 << 20, time_s, rng)
        seconds = np.arange(float(len(noise)))
        places = (seconds * 1e-4, np.zeros(len(noise)))
        for one in evidence.windows(noise, 10 * seconds, seconds, places, 0.0, 1.0):
            power = one.power_m2
            quiet = np.quantile(power, evidence.QUIETEST) / power.mean()
            values = 2 * power.mean() ** 2 / power.var()
            lines.append(f"| {time_s:.0f} s | {one.span_s:.0f} s | {quiet:.2f} | {values:.1f} |")
    return lines


def figure(path: Path) -> None:
    """Draw five kilometres of a road, a satellite's recording, and what is made of it."""
    terrain = fractal(5.0)(FIRST_SEED)
    ride = satellite(60.0)(terrain, FIRST_SEED, Way(stops=3))
    along_m = cumulative_distance_m(ride.latitude, ride.longitude, ride.track().segments)
    found = profile_of(ride.track())
    lines = {
        "recorded": ("#9aa5b1", 1.0, along_m, ride.elevation),
        "road": ("#1f9d55", 2.0, np.arange(len(terrain.elevation)) * GRID_M, terrain.elevation),
        "made of it": ("#d64545", 2.0, np.arange(len(found)) * found.cell_m, found.elevation_m),
    }
    first_m, last_m, width, height = 10_000.0, 15_000.0, 880.0, 260.0
    shown = {name: (x >= first_m) & (x <= last_m) for name, (_, _, x, _) in lines.items()}
    every = np.concatenate([y[shown[name]] for name, (_, _, _, y) in lines.items()])
    low, high = float(every.min()), float(every.max())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height + 40:.0f}"',
        ' font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/>',
    ]
    for place, (name, (colour, stroke, x, y)) in enumerate(lines.items()):
        right = (x[shown[name]] - first_m) / (last_m - first_m) * width
        up = 10 + (high - y[shown[name]]) / (high - low) * height
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(right, up, strict=True))
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="{stroke}" points="{points}"/>'
        )
        parts.append(
            f'<text x="{20 + 120 * place}" y="{height + 32:.0f}" fill="{colour}">{name}</text>'
        )
    parts.append(f'<text x="{width - 150:.0f}" y="{height + 32:.0f}">')
    parts.append(f"5 km, {high - low:.0f} m high</text></svg>")
    path.write_text("\n".join(parts) + "\n")


INTRODUCTION = """\
## Relief of other kinds

Written by `bench/relief.py`: families of relief and of noise beyond the tests' generator, {seeds}
seeds each (flat: eight times as many), on {length:.0f} km with 12 m of rises a km (flat: 20 km).
Mean error of the gain and the worst one. The truth is the sum of all rises of at least a metre.
With three halts of 1 to 10 minutes, at which noise stands alone:"""

WITHOUT_HALTS = """\
Without any halt, so that only the quietest windows and the speed tell of the noise, and what they
leave open is guessed:"""

TOLD = """\
What chance leaves: the rides of the last table, told the power of the relief and that of the noise
in every octave, kilometre by kilometre. What is wrong there is the noise at summits and in valleys,
and the rises of one to two metres that are not told from it one by one:"""

PASSES = """\
## Roads ridden twice

Written by `bench/relief.py --passes`: the same families and recorders, without any halt, {seeds}
seeds each. What altitudes differ by between two passes is noise alone. {half:.0f} km (flat:
{flat_half:.0f} km) out and back:"""

LAPS = "Five laps of {lap:.0f} km (flat: {flat_lap:.0f} km):"

DEVICES = """\
## Devices' own totals

Written by `bench/relief.py --device`. Real rides beside what the recorder itself showed, which is
2 to 5 % off as well, and mostly counts rises from about 2 m on only. The simple methods: an
elevation every 5 m, a running mean over so much, hysteresis of so much. Nothing was chosen by the
rides of the last table, which are FIT files of the tests of GoldenCheetah 3.5."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "accuracy.md")
    parser.add_argument("--device", type=Path, nargs="+", default=[])
    parser.add_argument("--passes", action="store_true")
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--search", action="store_true")
    parser.add_argument("--chance", action="store_true")
    options = parser.parse_args()
    if options.figure:
        figure(options.figure)
        return
    if options.search or options.chance:
        print("\n".join(search(options.seeds) if options.search else chance()))
        return
    text = INTRODUCTION.format(seeds=options.seeds, length=LENGTH_KM)
    if not options.passes:
        halts, no_halts = (table(options.seeds, Way(stops)) for stops in (3, 0))
        parts = [text, "", *halts, "", WITHOUT_HALTS, "", *no_halts]
        parts += ["", TOLD, "", *grid(list(told(options.seeds)))]
        publish("relief", "\n".join(parts), options.output)
    text = PASSES.format(seeds=options.seeds, half=LENGTH_KM / 2, flat_half=FLAT_KM / 2)
    laps_text = LAPS.format(lap=LENGTH_KM / 5, flat_lap=FLAT_KM / 5)
    out_and_back, laps = (table(options.seeds, Way(shape=s)) for s in ("out_and_back", "laps"))
    publish(
        "passes", "\n".join([text, "", *out_and_back, "", laps_text, "", *laps]), options.output
    )
    if options.device:
        tables = [["", *devices(folder)] for folder in options.device]
        publish("devices", "\n".join([DEVICES, *chain.from_iterable(tables)]), options.output)
    show(f"wrote {options.output}\n")


if __name__ == "__main__":
    main()
