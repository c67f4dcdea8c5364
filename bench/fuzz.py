"""Readers fed with damaged files: `python bench/fuzz.py [--inputs 100000] [READER...]`.

Atheris (`pip install atheris`; it is no dependency) damages small files of each format, guided by
the lines of the readers that they reach; half of the damages keep to how the format is written
(`mutations.py`). Whatever is read or refused by name is well; anything else
is a finding: another exception, more than a second of the processor, more than 256 MiB. Its input
is kept in `--found`. Ends with 1 where there are any.
"""

import argparse
import gzip
import hashlib
import importlib
import io
import os
import re
import resource
import subprocess
import sys
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from bench.report import progress  # noqa: E402

# What one input may cost.
MOST_S, MOST_MB = 1.0, 256
# Inputs for one process, as the fuzzer itself grows by some kibibytes with each.
A_PROCESS = 20_000
LONGEST_BYTES = 16_384
# One of so many inputs is looked at by its beginning too, one of so many that are read analysed.
SNIFFED, ANALYSED = 4, 16
# A shorter beginning tells nothing of any format, nor one in which no two columns are separated.
LEAST_BEGINNING = 16
SEPARATOR = re.compile(rb"[,;\t]")
TOLD_EVERY_S = 20.0
NOW_S = 2e9
INSTRUMENTED = ["src.gpx.formats"]
# Beyond it, an input that asks for memory fails instead of taking it from others.
ADDRESS_SPACE = 4 << 30


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("readers", nargs="*", metavar="READER", help=", ".join(SEEDS))
    arguments.add_argument("--inputs", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--found", type=Path, default=Path("found"))
    arguments.add_argument("--subject", help="feed this reader in this process")
    arguments.add_argument("--corpus", help="with --subject: where its inputs are and will be")
    options = arguments.parse_args()
    if options.subject:
        feed(options)
        return
    unknown = set(options.readers) - set(SEEDS)
    if unknown:
        arguments.error(f"no reader {', '.join(sorted(unknown))}")
    broken = [reader for reader in options.readers or SEEDS if not is_sound(reader, options)]
    print(f"findings: {', '.join(broken) or 'none'}")
    sys.exit(1 if broken else 0)


def is_sound(reader: str, options: argparse.Namespace) -> bool:
    """Feed one reader in one process after the other, which all go on from what they have found."""
    failures = 0
    with TemporaryDirectory() as corpus:
        for number, data in enumerate(SEEDS[reader]()):
            (Path(corpus) / f"seed-{number}").write_bytes(data)
        for done in range(0, options.inputs, A_PROCESS):
            inputs = min(A_PROCESS, options.inputs - done)
            command = [sys.executable, __file__, "--subject", reader, "--corpus", corpus]
            command += ["--inputs", str(inputs), "--seed", str(options.seed + done)]
            command += ["--found", str(options.found)]
            failures += subprocess.run(command, check=False).returncode != 0
            progress(f"{reader}: {done + inputs:,} inputs in all")
    return not failures


def feed(options: argparse.Namespace) -> None:
    """Feed one reader; ends the process, as libFuzzer does."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=INSTRUMENTED):
        subject = Subject(options.subject, options.inputs, options.found)
    # It knows some of what it damages from the readers, which must be instrumented first.
    from bench.mutations import informed  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    # Time and memory are counted here, and the process ends itself.
    command = [sys.argv[0], options.corpus, f"-max_len={LONGEST_BYTES}", f"-seed={options.seed}"]
    command += ["-runs=-1", "-rss_limit_mb=0", "-timeout=600", "-verbosity=0", "-detect_leaks=0"]
    atheris.Setup(command, subject, custom_mutator=informed(atheris, options.subject))
    atheris.Fuzz()


class Subject:
    """Takes inputs one by one, and ends the process behind the last."""

    def __init__(self, reader: str, inputs: int, found: Path) -> None:
        from src.gpx import GpxError, analyse_recording  # noqa: PLC0415 - imported instrumented
        from src.gpx.formats.registry import read, sniff, table_of  # noqa: PLC0415

        self._refusal: type[Exception] = GpxError
        self._read, self._analyse = read, analyse_recording
        self._sniff, self._table_of = sniff, table_of
        self._reader, self._inputs, self._found = reader, inputs, found
        self._count = self._accepted = 0
        self._kinds: set[str] = set()
        self._told_at = time.monotonic()

    def __call__(self, data: bytes) -> None:
        self._count += 1
        started, least = time.process_time(), peak_mb()
        try:
            self._take(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
            last = traceback.extract_tb(error.__traceback__)[-1]
            self._tell(f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}", data)
        seconds = time.process_time() - started
        if seconds > MOST_S:
            self._tell("slow", data, f"{seconds:.1f} s")
        if peak_mb() - least > MOST_MB:
            self._tell("large", data, f"{peak_mb() - least} MiB")
        if time.monotonic() - self._told_at > TOLD_EVERY_S or self._count >= self._inputs:
            self._told_at = time.monotonic()
            progress(
                f"{self._reader}: {self._count:,} inputs, {self._accepted:,} read, "
                f"{len(self._kinds)} findings"
            )
        if self._count >= self._inputs:
            sys.stdout.flush()
            os._exit(1 if self._kinds else 0)

    def _take(self, data: bytes) -> None:
        is_refused = False
        if self._count % SNIFFED == 0:
            self._table_of(data)
            try:
                self._sniff(beginning(data))
            except self._refusal:
                is_refused = True
        try:
            recording = self._read(data)
        except self._refusal:
            return
        self._accepted += 1
        if is_refused:
            raise AssertionError("refused by its beginning, and read")
        if self._accepted % ANALYSED == 0:
            try:
                self._analyse(recording, now_s=NOW_S)
            except self._refusal:
                return

    def _tell(self, kind: str, data: bytes, more: str = "") -> None:
        if kind in self._kinds:
            return
        self._kinds.add(kind)
        self._found.mkdir(parents=True, exist_ok=True)
        file = self._found / f"{self._reader}-{hashlib.sha256(data).hexdigest()[:12]}"
        file.write_bytes(data)
        print(f"{self._reader}: {kind} {more} in {file}", flush=True)


def beginning(data: bytes) -> bytes:
    """Half of a file, as far as that tells what it is."""
    separator = SEPARATOR.search(data)
    return data[: max(len(data) // 2, LEAST_BEGINNING, separator.end() if separator else 0)]


def peak_mb() -> int:
    """The most memory that this process had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def zipped(content: bytes, name: str = "ride.gpx") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def gpx_files() -> list[bytes]:
    from tests.support.rides import build_gpx  # noqa: PLC0415 - after the readers are instrumented

    return [
        build_gpx(points=points, sensors=sensors, segments=segments)
        for points, sensors, segments in ((5, True, 1), (40, False, 2), (40, True, 1))
    ] + [
        build_gpx(points=12).decode().replace("UTF-8", "utf-16").encode("utf-16"),
        b'<gpx><wpt lat="1" lon="2"><name><![CDATA[a]]>&amp;</name></wpt></gpx>',
    ]


def tcx_files() -> list[bytes]:
    from tests.support.rides import record, rolling  # noqa: PLC0415
    from tests.support.tcx_text import ride_as_tcx  # noqa: PLC0415

    ride = record(rolling(0.2), segments=1)
    totals = "<TotalTimeSeconds>9</TotalTimeSeconds><DistanceMeters>50</DistanceMeters>"
    return [
        ride_as_tcx(ride)[:LONGEST_BYTES],
        ride_as_tcx(ride, laps=(3, 9), totals=totals),
        ride_as_tcx(ride, as_course=True),
        ride_as_tcx(ride, prefix="t:"),
    ]


def fit_files() -> list[bytes]:
    from tests.support.fit_files import LATITUDE, RECORD, TIMESTAMP, FitFile, ride_as_fit  # noqa: PLC0415
    from tests.support.rides import record, rolling  # noqa: PLC0415

    ride = ride_as_fit(record(rolling(0.2)), between=True)
    short = FitFile()
    short.define(0, RECORD, (TIMESTAMP, LATITUDE), developer_sizes=(3,))
    short.write(0, 10**9, 5)
    short.define(1, RECORD, (LATITUDE,), big_endian=True)
    short.write(1, 6, offset=3)
    return [ride, short.to_bytes(), short.to_bytes(header_size=12) + ride]


def csv_files() -> list[bytes]:
    from src.gpx.formats.gpx import read  # noqa: PLC0415
    from tests.support.csv_text import CsvForm, csv_log  # noqa: PLC0415
    from tests.support.rides import build_gpx  # noqa: PLC0415

    track = read(build_gpx(points=20, sensors=True, segments=2)).track
    forms = (
        CsvForm(),
        CsvForm(";", ",", times="two columns"),
        CsvForm(quoted=True, line_end="\r\n", times="day first"),
        CsvForm("\t", encoding="utf-16", times="epoch_ms", comment="# a\n"),
    )
    return [csv_log(track, form) for form in forms]


def packed_files() -> list[bytes]:
    contents = [gpx_files()[0], csv_files()[0], fit_files()[1]]
    return [pack(content) for content in contents for pack in (gzip.compress, zipped)]


SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "gpx": gpx_files,
    "tcx": tcx_files,
    "fit": fit_files,
    "csv": csv_files,
    "packed": packed_files,
}


if __name__ == "__main__":
    main()
