"""What the columns of a ride cost: as a file, and on the way to a profile on a screen.

`python bench/series.py FILE.gpx` writes and reads the columns of a recording, and makes the answer
to `GET /gpx/{id}/series` of rides of a hundred thousand and of a million points: from the stored
file to the bytes of the answer, which is all that the server does for it but the query of the row.
The same for the finest line of `/track` and for whole downloads, with the most memory that each
takes beside the process. Times are the processor's, the median of some runs. Writes its section of
docs/benchmarks.md.
"""

import argparse
import ctypes
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from bench.report import machine, progress, publish  # noqa: E402
from src.gpx import FINEST_M, STORED_M, analyse  # noqa: E402
from src.gpx.model import RideColumns  # noqa: E402
from src.gpx.statistics.stretches import measure_stretch  # noqa: E402
from src.http.responses import ok_json  # noqa: E402
from src.http.tracks import track_json  # noqa: E402
from src.models import GpxFile  # noqa: E402
from src.schemas.rides import SeriesOut  # noqa: E402
from src.services.tracks.column_file import (  # noqa: E402
    read_blocks,
    read_columns,
    read_values,
    write_columns,
)
from src.services.tracks.export import (  # noqa: E402
    POINTS_AT_ONCE,
    whole_csv,
    whole_geojson,
    whole_gpx,
)
from src.services.tracks.fine import finer_points  # noqa: E402
from src.services.tracks.points import StoredPoints, with_none  # noqa: E402
from src.services.tracks.series import FIELDS, columns_for, series_of  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402

POINTS = (100_000, 1_000_000)
SHOWN = ("distance_km", "elevation", "gradient")
UPLOAD = GpxFile(
    gpx_file_id=uuid4(), trip_id=uuid4(), distance_km=1.0, elevation_gain=1.0, has_elevation=True
)
MOST_TRACK_POINTS = 200_000
WRITERS: dict[str, Callable[[Iterator[RideColumns]], Iterator[bytes]]] = {
    "gpx": partial(whole_gpx, "ride"),
    "csv": whole_csv,
    "geojson": partial(whole_geojson, UPLOAD.gpx_file_id, "ride"),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--runs", type=int, default=15)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ride.parquet"
        columns = analyse(options.file.read_bytes()).columns
        kept = as_a_file(columns, path, options.runs)
        answers, files = [], []
        for points in POINTS:
            progress(f"a ride of {points:,} points")
            gpx = build_gpx(points=points, sensors=True)
            ride = analyse(gpx).columns
            write_columns(ride, path)
            del gpx, ride
            answers += as_answers(points, path, options.runs)
            files += as_files(points, path, max(1, options.runs // 5))
    publish("series", report(options.file.name, len(columns), kept, answers, files))


def as_a_file(columns: RideColumns, path: Path, runs: int) -> list[str]:
    written = median_ms(lambda: write_columns(columns, path), runs)
    two = median_ms(lambda: read_values(path, ["distance_m", "elevation"]), runs)
    every = median_ms(lambda: read_columns(path), runs)
    return [
        f"| written, ms | {written:.1f} |",
        f"| two columns read, ms | {two:.1f} |",
        f"| all columns read, ms | {every:.1f} |",
        f"| bytes a point | {path.stat().st_size / len(columns):.1f} |",
    ]


def as_answers(points: int, path: Path, runs: int) -> list[str]:
    return [
        f"| {points:,} | {what} | {median_ms(work, runs):.1f} |"
        for what, work in (
            ("2,000 samples, 3 fields", lambda: answer(path, SHOWN, 2_000)),
            (f"2,000 samples, {len(FIELDS)} fields", lambda: answer(path, [*FIELDS], 2_000)),
            ("20,000 samples, 3 fields", lambda: answer(path, SHOWN, 20_000)),
            ("a stretch", lambda: stretch(path)),
        )
    ]


def answer(path: Path, names: "tuple[str, ...] | list[str]", samples: int) -> bytes:
    values = read_values(path, columns_for(names))
    series = series_of(values, names, samples=samples)
    data = SeriesOut.of(UPLOAD, series).model_dump()
    data["columns"] = SeriesOut.shown(series.columns)
    return bytes(ok_json(data).body)


def stretch(path: Path) -> None:
    measure_stretch(read_columns(path), 1.0, 20.0)


def as_files(points: int, path: Path, runs: int) -> list[str]:
    stored = stored_points(read_columns(path))
    works: list[tuple[str, Callable[[], int]]] = [
        ("`/track?tolerance_m=1&max_points=200000`", lambda: fine_line(path, stored))
    ]
    works += [
        (f"`/download?format={name}`", partial(download, path, write))
        for name, write in WRITERS.items()
    ]
    return [
        f"| {points:,} | {what} | {work() / 1e6:.1f} | {median_ms(work, runs):.0f}"
        f" | {most_memory_mb(work):.0f} |"
        for what, work in works
    ]


def stored_points(ride: RideColumns) -> StoredPoints:
    """The rows of the ride's track."""
    kept = ride.at(ride.tolerance_m > STORED_M)
    return StoredPoints(
        sequence=range(len(kept)),
        segment=kept.segment.tolist(),
        latitude=kept.latitude.tolist(),
        longitude=kept.longitude.tolist(),
        elevation=with_none(kept.elevation),
        distance_km=(kept.distance_m / 1000).tolist(),
        gradient=with_none(kept.gradient),
    )


def fine_line(path: Path, stored: StoredPoints) -> int:
    points = finer_points(stored, read_columns(path), FINEST_M, MOST_TRACK_POINTS)
    if points is None:
        raise AssertionError("the rows are not those of the columns")
    return len(ok_json(track_json(UPLOAD, points, None)).body)


def download(path: Path, write: Callable[[Iterator[RideColumns]], Iterator[bytes]]) -> int:
    return sum(map(len, write(read_blocks(path, POINTS_AT_ONCE))))


def most_memory_mb(work: Callable[[], object]) -> float:
    """How far the memory of this process rises while it works."""
    # What was freed before goes back to the system, and the mark of the most is set anew.
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = memory_mb("VmRSS")
    work()
    return memory_mb("VmHWM") - before


def memory_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def median_ms(work: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs + 1):
        started = time.process_time()
        work()
        times.append(1000 * (time.process_time() - started))
    return statistics.median(times[1:])


def report(name: str, points: int, kept: list[str], answers: list[str], files: list[str]) -> str:
    file_lines, answer_lines, whole_lines = map("\n".join, (kept, answers, files))
    return f"""## A ride as columns

`python bench/series.py {name}`, {machine()}. Times are the processor's, medians.

| the columns of {name} ({points:,} points) | |
| --- | ---: |
{file_lines}

From the stored file to the bytes of the answer, before compression:

| points | the answer | ms |
| ---: | --- | ---: |
{answer_lines}

The whole line and whole files, and what they take of memory at most:

| points | the answer | MB | ms | memory, MiB |
| ---: | --- | ---: | ---: | ---: |
{whole_lines}
"""


if __name__ == "__main__":
    main()
