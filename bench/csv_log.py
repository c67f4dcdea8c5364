"""What track logs as tables cost: `python bench/csv_log.py [--runs 7]`.

Reads and analyses rides of a hundred thousand and of a million rows in several forms, and the same
rides without the reading. Times are the processor's, the best of some runs. Writes its section
of docs/benchmarks.md.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from bench.report import machine, progress, publish  # noqa: E402
from src.gpx import analyse_recording  # noqa: E402
from src.gpx.allocation import keep_freed_memory  # noqa: E402
from src.gpx.formats.csv_log import detect, read  # noqa: E402
from src.gpx.formats.gpx import read as read_gpx  # noqa: E402
from tests.support.csv_text import CsvForm, csv_log  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402

ROWS = (100_000, 1_000_000)
FORMS = {
    "plain": CsvForm(),
    "decimal commas, date and time": CsvForm(";", ",", times="two columns"),
    "quoted": CsvForm(quoted=True),
    "a stray quote in every row": CsvForm(times="iso with a space"),
}
# 2024-06-21, so that the day cannot be a month.
LATER_S = 20 * 86_400.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=7)
    options = arguments.parse_args()
    keep_freed_memory()
    lines = [
        "| rows | form | MB | read, ms | detect, ms | read and analysed, ms |",
        "| ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    for rows in ROWS:
        track = read_gpx(build_gpx(points=rows)).track
        track = replace(track, time_s=track.time_s + LATER_S)
        for name, form in FORMS.items():
            data = csv_log(track, form)
            if name.startswith("a stray"):
                data = data.replace(b",0\n", b',0"\n')
            times = [
                best_ms(lambda: read(data), options.runs),  # noqa: B023 - called at once
                best_ms(lambda: detect(data), options.runs),  # noqa: B023
                best_ms(lambda: analyse_recording(read(data)), options.runs),  # noqa: B023
            ]
            cells = " | ".join(f"{time_ms:,.0f}" for time_ms in times)
            lines.append(f"| {rows:,} | {name} | {len(data) / 1e6:.1f} | {cells} |")
            progress(lines[-1])
    what = (
        f"`python bench/csv_log.py`, {machine()}. Times are the processor's, the best of some runs."
    )
    publish("csv", "\n".join(["## Tables of points", "", what, "", *lines]))


def best_ms(work: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        started = time.process_time()
        work()
        times.append(1000 * (time.process_time() - started))
    return min(times)


if __name__ == "__main__":
    main()
