"""How fast the engine is, and how much memory it takes: `python bench/engine.py FILE [FILE...]`.

Writes its section of docs/benchmarks.md. The first file is the one that the candidate readers
are compared on. Runs alternate between the candidates, so that a disturbance of the machine hits
all of them; the best run counts, since everything else that happens only adds time.
"""

import argparse
import inspect
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from xml.parsers import expat

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import numpy as np  # noqa: E402

import src.gpx as engine  # noqa: E402
from bench.candidates import CANDIDATES  # noqa: E402
from bench.report import machine, progress, publish  # noqa: E402
from src.config import Settings  # noqa: E402
from src.gpx.allocation import keep_freed_memory  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402

# Time of the processor rather than of the wall: the same on an idle machine, and steadier else.
CLOCK = time.process_time
SIZES_MB = (10, 50, 100)
# As many as the API works on by default.
AT_A_TIME: int = Settings.model_fields["gpx_background_concurrency"].default
QUEUED = "queued"

LONG_S, SHORT_MS = 0.1, 0.2
# For a process of its own, with another state of the engine.
BEST_OF = """
import sys, time
sys.path.insert(0, sys.argv[1])
from src.gpx import analyse
from src.gpx.allocation import keep_freed_memory
keep_freed_memory()
data, best = open(sys.argv[2], "rb").read(), float("inf")
for _ in range(int(sys.argv[3])):
    start = time.process_time()
    analyse(data)
    best = min(best, time.process_time() - start)
print(best * 1e3)
"""
_loaded = b""
SUBJECTS: dict[str, Callable[[bytes], object]] = {**CANDIDATES, "analyse": engine.analyse}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("files", nargs="*", type=Path)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument(
        "--before",
        type=checkout_of,
        action="append",
        metavar="NAME=PATH",
        help="another checkout to be compared with, and what it is called",
    )
    arguments.add_argument("--subject", help="run one subject in this process, print its peak")
    options = arguments.parse_args()
    keep_freed_memory()
    if options.subject:
        print(peak_growth(SUBJECTS[options.subject], options.files[0].read_bytes()))
        return
    if not options.files:
        arguments.error("which files?")
    sections = [
        heading(options.files),
        readers(options.files[0], options.rounds),
        stages(options.files, options.rounds),
        at_once(options.files[0], options.rounds),
        stages_at_once(options.files[0], options.rounds),
        linearity(options.rounds),
    ]
    if options.before:
        sections.append(before_and_after(dict(options.before), options.files, options.rounds))
    publish("engine", "\n\n".join(sections))


def heading(files: list[Path]) -> str:
    """What was measured, where and when."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "lxml", "gpxpy"))
    command = " ".join(["python bench/engine.py", *(file.name for file in files)])
    return (
        f"## The engine\n\n`{command}`, {machine()}, {expat.EXPAT_VERSION}, {libraries}. Times are "
        "the processor's, the best of alternating runs; memory is the growth of the resident set "
        "in a fresh process, as a multiple of the file."
    )


def readers(file: Path, rounds: int) -> str:
    """Every candidate on one file."""
    data = file.read_bytes()
    agree(data)
    best = alternate({name: partial(read, data) for name, read in CANDIDATES.items()}, rounds)
    rows = [
        (name, f"{ms:.0f}", f"{len(data) / 1e6 / (ms / 1e3):.0f}", f"{peak(name, file):.1f}")
        for name, ms in sorted(best.items(), key=lambda item: item[1])
    ]
    title = f"### Reading {file.name} ({len(data) / 1e6:.1f} MB)"
    return f"{title}\n\n{table(('', 'ms', 'MB/s', 'memory / file'), rows)}"


def agree(data: bytes) -> None:
    """A candidate that reads something else is out of the race."""
    expected = CANDIDATES["the engine: scanner and expat together"](data)
    assert expected is not None
    for name, read in CANDIDATES.items():
        points = read(data)
        if points is not None and not all(map(np.array_equal, points, expected)):
            raise SystemExit(f"{name} reads other points than the engine")


def stages(files: list[Path], rounds: int) -> str:
    """What `analyse` spends its time on, by the functions that it calls."""
    columns: dict[str, dict[str, float]] = {}
    for file in files:
        data = file.read_bytes()
        best: dict[str, float] = {}
        for number in range(rounds):
            progress(f"stages of {file.name}: {number + 1} of {rounds}")
            for stage, ms in staged(data).items():
                best[stage] = min(ms, best.get(stage, ms))
        columns[f"{file.name} ({len(data) / 1e6:.1f} MB)"] = best | {
            "**memory / file**": peak("analyse", file)
        }
    names = dict.fromkeys(stage for best in columns.values() for stage in best)
    rows = [(name, *(f"{best.get(name, 0.0):.1f}" for best in columns.values())) for name in names]
    return f"### Stages of `analyse`, in ms\n\n{table(('', *columns), rows)}"


def staged(data: bytes) -> dict[str, float]:
    """Milliseconds in each of the engine's functions that `analyse` calls by name."""
    spent: dict[str, float] = {}

    def timed(name: str, call: Callable[[], Any]) -> Any:
        start = CLOCK()
        try:
            return call()
        finally:
            spent[name] = spent.get(name, 0.0) + (CLOCK() - start) * 1e3

    start = CLOCK()
    watched(data, timed)
    whole = (CLOCK() - start) * 1e3
    return {**spent, "the rest": whole - sum(spent.values()), "**`analyse`**": whole}


def watched(data: bytes, watch: Callable[[str, Callable[[], Any]], Any]) -> None:
    """Run `analyse` with each of the engine's functions that it calls in the hands of `watch`."""
    running: list[str] = []

    def handed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if running:
                return function(*args, **kwargs)
            running.append(name)
            try:
                return watch(name, partial(function, *args, **kwargs))
            finally:
                running.pop()

        return wrapper

    functions = {
        name: function
        for name, function in vars(engine).items()
        if inspect.isfunction(function) and function.__module__ != engine.__name__
    }
    try:
        for name, function in functions.items():
            setattr(engine, name, handed(name, function))
        engine.analyse(data)
    finally:
        for name, function in functions.items():
            setattr(engine, name, function)


def at_once(file: Path, rounds: int) -> str:
    """Threads at the same time, beside processes, which no lock of the interpreter holds up."""
    data = file.read_bytes()
    counts = (1, 2, 4)
    threads = {
        str(count): partial(in_threads, count, partial(engine.analyse, data)) for count in counts
    }
    most = max(counts)
    with ThreadPoolExecutor(AT_A_TIME) as pool_of_threads:
        threads[QUEUED] = partial(in_queue, pool_of_threads, most, partial(engine.analyse, data))
        in_one = alternate(threads, 2 * rounds, time.perf_counter)
    queued = in_one.pop(QUEUED)
    with ProcessPoolExecutor(most, initializer=load, initargs=(file,)) as pool:
        processes = {str(count): partial(in_processes, pool, count) for count in counts}
        in_many = alternate(processes, 2 * rounds, time.perf_counter)
    rows = [
        (
            count,
            f"{in_one[count]:.0f}",
            f"{in_one[count] / in_one['1']:.2f}",
            f"{in_many[count]:.0f}",
            f"{in_many[count] / in_many['1']:.2f}",
        )
        for count in in_one
    ]
    title = f"### `analyse` of {file.name}, several at once, by the clock on the wall"
    heads = ("at once", "threads, ms", "times one", "processes, ms", "times one")
    note = (
        f"{most} that come together while threads work on {AT_A_TIME} at a time: "
        f"{queued:.0f} ms, {queued / in_one['1']:.2f} times one. The service analyses in processes."
    )
    return f"{title}\n\n{table(heads, rows)}\n\n{note}"


def stages_at_once(file: Path, rounds: int) -> str:
    """Which stages threads hold each other up in: each alone, on what `analyse` gives it."""
    calls: dict[str, Callable[[], Any]] = {}

    def noted(name: str, call: Callable[[], Any]) -> Any:
        calls.setdefault(name, call)
        return call()

    watched(file.read_bytes(), noted)
    rows = []
    for name, call in calls.items():
        start = time.perf_counter()
        call()
        # Long enough that starting the threads does not count.
        times = 1 + int(LONG_S / (time.perf_counter() - start))
        work = partial(repeat, times, call)
        counts = {str(count): partial(in_threads, count, work) for count in (1, 2, 4)}
        best = alternate(counts, rounds, time.perf_counter)
        one = best["1"]
        if one / times > SHORT_MS:
            factors = (f"{best[count] / one:.2f}" for count in ("2", "4"))
            rows.append((name, f"{one / times:.1f}", *factors))
    title = f"### Stages of `analyse` of {file.name}, several at once, by the clock on the wall"
    return f"{title}\n\n{table(('', 'alone, ms', 'two', 'four, times one'), rows)}"


def repeat(times: int, call: Callable[[], object]) -> None:
    for _ in range(times):
        call()


def load(file: Path) -> None:
    global _loaded  # noqa: PLW0603 - what a process of the pool works on
    keep_freed_memory()
    _loaded = file.read_bytes()


def analyse_loaded(_number: int) -> None:
    engine.analyse(_loaded)


def in_processes(pool: ProcessPoolExecutor, count: int) -> None:
    list(pool.map(analyse_loaded, range(count)))


def in_queue(pool: ThreadPoolExecutor, count: int, work: Callable[[], object]) -> None:
    list(pool.map(lambda _: work(), range(count)))


def in_threads(count: int, work: Callable[[], object]) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def linearity(rounds: int) -> str:
    """Generated rides of growing size."""
    rows = []
    for size in SIZES_MB:
        progress(f"a ride of {size} MB")
        file = ROOT / "data" / f"bench_{size}MB.gpx"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(build_gpx(size_mb=size, seed=size, segments=size))
        data = file.read_bytes()
        best = alternate({f"{size} MB": partial(engine.analyse, data)}, min(rounds, 3))
        ms = best[f"{size} MB"]
        points = len(engine.analyse(data).track)
        memory = f"{peak('analyse', file):.1f}"
        rows.append((f"{size} MiB", f"{points:,}", f"{ms:.0f}", f"{ms / size:.1f}", memory))
        file.unlink()
    heads = ("generated", "points", "ms", "ms per MiB", "memory / file")
    return f"### `analyse` of growing files\n\n{table(heads, rows)}"


def before_and_after(earlier: dict[str, Path], files: list[Path], rounds: int) -> str:
    """`analyse` of other checkouts and of this one in turn, each in processes of its own."""
    checkouts = {**earlier, "now": ROOT}
    rows = []
    for file in files:
        best = dict.fromkeys(checkouts, float("inf"))
        for number in range(rounds):
            progress(f"before and after, {file.name}: {number + 1} of {rounds}")
            for name, checkout in checkouts.items():
                best[name] = min(best[name], best_of(checkout / "backend", file, rounds))
        rows.append((file.name, *(f"{time_ms:.1f}" for time_ms in best.values())))
    note = (
        f"The best of {rounds} processes each, in turn, and of {rounds} analyses in each of them."
    )
    heads = ("", *(f"{name}, ms" for name in checkouts))
    return f"### `analyse` before and after the last changes\n\n{table(heads, rows)}\n\n{note}"


def checkout_of(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    return name, Path(path)


def best_of(backend: Path, file: Path, rounds: int) -> float:
    command = [sys.executable, "-c", BEST_OF, str(backend), str(file), str(rounds)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def alternate(
    subjects: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = CLOCK
) -> dict[str, float]:
    """The best time of each in milliseconds, each run once in every round."""
    best = dict.fromkeys(subjects, float("inf"))
    for number in range(rounds):
        progress(f"{next(iter(subjects))}: {number + 1} of {rounds}")
        for name, run in subjects.items():
            start = clock()
            run()
            best[name] = min(best[name], (clock() - start) * 1e3)
    return best


def peak(subject: str, file: Path) -> float:
    """The growth of a fresh process that runs a subject, as a multiple of the file."""
    command = [sys.executable, __file__, "--subject", subject, str(file)]
    result = subprocess.run(command, capture_output=True, check=True, text=True)
    return float(result.stdout) / file.stat().st_size


def peak_growth(run: Callable[[bytes], object], data: bytes) -> int:
    """Bytes by which the resident set grows while a subject runs once (Linux only)."""
    before = resident("VmRSS")
    run(data)
    return resident("VmHWM") - before


def resident(field: str) -> int:
    """Of this program alone: what getrusage says begins with the peak of its parent."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    rule = ("---", *("---:" for _ in heads[1:]))
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, rule, *rows))


if __name__ == "__main__":
    main()
