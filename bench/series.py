"""What the columns of a ride cost: as a file, and on the way to a profile on a screen.

`python bench/series.py FILE.gpx` writes and reads the columns of a recording, and makes the answer
to `GET /gpx/{id}/series` of rides of a hundred thousand and of a million points: from the stored
file to the bytes of the answer, which is all that the server does for it but the query of the row.
Times are the processor's, the median of some runs. Writes its section of docs/benchmarks.md.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from bench.report import machine, progress, publish  # noqa: E402
from src.gpx import analyse  # noqa: E402
from src.gpx.model import RideColumns  # noqa: E402
from src.gpx.statistics.stretches import measure_stretch  # noqa: E402
from src.http.responses import ok_json  # noqa: E402
from src.models import GpxFile  # noqa: E402
from src.schemas.rides import SeriesOut  # noqa: E402
from src.services.tracks.column_file import read_columns, read_values, write_columns  # noqa: E402
from src.services.tracks.series import FIELDS, columns_for, series_of  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402

POINTS = (100_000, 1_000_000)
SHOWN = ("distance_km", "elevation", "gradient")
UPLOAD = GpxFile(gpx_file_id=uuid4())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--runs", type=int, default=15)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ride.parquet"
        columns = analyse(options.file.read_bytes()).columns
        kept = as_a_file(columns, path, options.runs)
        answers = []
        for points in POINTS:
            progress(f"a ride of {points:,} points")
            gpx = build_gpx(points=points, sensors=True)
            ride = analyse(gpx).columns
            write_columns(ride, path)
            del gpx, ride
            answers += as_answers(points, path, options.runs)
    publish("series", report(options.file.name, len(columns), kept, answers))


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


def median_ms(work: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs + 1):
        started = time.process_time()
        work()
        times.append(1000 * (time.process_time() - started))
    return statistics.median(times[1:])


def report(name: str, points: int, kept: list[str], answers: list[str]) -> str:
    file_lines, answer_lines = "\n".join(kept), "\n".join(answers)
    return f"""## A ride as columns

`python bench/series.py {name}`, {machine()}. Times are the processor's, medians.

| the columns of {name} ({points:,} points) | |
| --- | ---: |
{file_lines}

From the stored file to the bytes of the answer, before compression:

| points | the answer | ms |
| ---: | --- | ---: |
{answer_lines}
"""


if __name__ == "__main__":
    main()
