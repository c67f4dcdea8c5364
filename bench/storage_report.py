"""What `bench/storage.py` found, and how it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from statistics import fmean, median, quantiles

from bench.copies import CYCLISTS, MEDIAN_POINTS, SPREAD, Sample
from bench.plans import Plan
from bench.report import machine

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What some work took: seconds by the clock and of processors, and bytes of PostgreSQL's log.

    `api_s` has the analyses of the API in it.
    """

    wall_s: float
    api_s: float
    postgres_s: float
    wal_bytes: int


@dataclass(slots=True)
class Stage:
    """What was found with so many rides in the database.

    `calls` has the milliseconds of each request, `plans` those of each call's statements, in turn.
    """

    rides: int
    calls: dict[str, list[float]] = field(default_factory=dict)
    plans: dict[str, list[Plan]] = field(default_factory=dict)
    vacuum_s: float = 0.0
    upload: Cost | None = None


@dataclass(frozen=True, slots=True)
class Size:
    table: str
    rows: int
    table_bytes: int
    index_bytes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Removal:
    """The end of the cyclist with a tenth of the rides; `scans` are those of indexes and tables."""

    rides: int
    by_call_ms: list[float]
    delete_s: float
    of_keys_s: dict[str, float]
    scans: dict[str, int]
    vacuum_s: float
    bytes_before: int
    bytes_after: int
    bytes_refilled: int


@dataclass(frozen=True, slots=True)
class Found:
    """`fill` is the cost of the last stage's rides, `sizes` are those of all its tables."""

    samples: list[Sample]
    files: list[bytes]
    stages: list[Stage]
    fill: Cost
    sizes: list[Size]
    removal: Removal


def report(found: Found, rides: int, requests: int) -> str:
    points = [int(sample.upload["total_points"]) for sample in found.samples]
    stored = [int(sample.upload["simplified_points"]) for sample in found.samples]
    numbers = " | ".join(f"{stage.rides:,}" for stage in found.stages)
    dashes = " | ".join("---:" for _ in found.stages)
    return f"""## Many rides

`python bench/storage.py --rides {rides} --requests {requests}`, {machine()}. PostgreSQL has
production's settings (`docker-compose.prod.yml`); client, API and PostgreSQL share the machine, and
the database fits into its memory.

{len(points)} rides were processed by the service and copied with COPY, each equally often. Their
recorded points are log-normal: median {MEDIAN_POINTS:,}, deviation of the logarithm {SPREAD:g}, as
the cycling recordings that were at hand for trials have it (13, median 4,314). That makes
{min(points):,} to {max(points):,} recorded points, {fmean(points):,.0f} on average, and lines of
{min(stored):,} to {max(stored):,} points, {fmean(stored):,.0f} on average. {CYCLISTS:,} cyclists,
one with a tenth of the rides; three of four rides are public.

### Bytes a ride

{_sizes(found)}

### Calls

Milliseconds from sending the request to the last byte of the answer, one after another: median /
95 of 100. A list has up to 100 trips, a public one 20; of few rides it has what there is.

| rides | {numbers} |
| --- | {dashes} |
{_calls(found.stages)}

### Statements

Milliseconds in PostgreSQL, planning included, and rows it read for them; the indexes are those of
the last column.

| rides | {numbers} | indexes |
| --- | {dashes} | --- |
{_plans(found.stages)}

{_warnings(found.stages)}

### Writing

{_writing(found, rides)}

### Deleting

{_removal(found.removal)}
"""


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _sizes(found: Found) -> str:
    lines = [
        _row("what", "rows a ride", "bytes a ride", "bytes"),
        _row("---", "---:", "---:", "---"),
    ]
    rides = next(size.rows for size in found.sizes if size.table == "gpx_files")
    whole = 0
    for size in found.sizes:
        parts = {f"`{size.table}`": size.table_bytes}
        parts |= {f"index `{name}`": of_index for name, of_index in size.index_bytes.items()}
        for number, (name, part) in enumerate(parts.items()):
            rows = "" if number else f"{size.rows / rides:,.0f}"
            lines.append(_row(name, rows, f"{part / rides:,.0f}", f"{part / size.rows:.0f} a row"))
            whole += part
    lines.append(_row("**PostgreSQL**", "", f"**{whole / rides:,.0f}**", f"{whole / 1e9:.2f} GB"))
    points = sum(int(sample.upload["total_points"]) for sample in found.samples)
    files = {
        "columns beside the original": [len(sample.columns) for sample in found.samples],
        "original": [len(file) for file in found.files],
    }
    for name, sizes in files.items():
        a_point = f"{sum(sizes) / points:.1f} a recorded point"
        lines.append(_row(name, "", f"{fmean(sizes):,.0f}", a_point))
    return "\n".join(lines)


def _calls(stages: Sequence[Stage]) -> str:
    return "\n".join(
        f"| {name} | {' | '.join(_spread(stage.calls[name]) for stage in stages)} |"
        for name in stages[-1].calls
    )


def _spread(times_ms: Sequence[float]) -> str:
    return f"{median(times_ms):.1f} / {quantiles(times_ms, n=20)[-1]:.1f}"


def _plans(stages: Sequence[Stage]) -> str:
    lines = []
    for name, last in stages[-1].plans.items():
        for place, plan in enumerate(last):
            numbered = f"{name}, {place + 1} of {len(last)}" if len(last) > 1 else name
            cells = [_read_by(stage.plans[name], place) for stage in stages]
            indexes = ", ".join(f"`{index}`" for index in plan.indexes) or "-"
            lines.append(f"| {numbered} | {' | '.join(cells)} | {indexes} |")
    return "\n".join(lines)


def _read_by(plans: Sequence[Plan], place: int) -> str:
    plan = plans[place]
    return f"{plan.ms:.2f}, {plan.rows_read:,}"


def _warnings(stages: Sequence[Stage]) -> str:
    last = stages[-1]
    scans = [
        f"**{name} reads the whole of `{table}`.**"
        for name, plans in last.plans.items()
        for table in chain.from_iterable(plan.scanned_whole for plan in plans)
    ]
    if not scans:
        return f"With {last.rides:,} rides no statement reads the whole of a big table."
    return "\n".join(scans)


def _writing(found: Found, rides: int) -> str:
    filled = rides - (found.stages[-2].rides if len(found.stages) > 1 else 0)
    lines = [
        _row("a ride of average size", "by the clock", "API and analysis", "PostgreSQL", "kB"),
        _row("---", "---:", "---:", "---:", "---:"),
        _cost(f"copied, {filled:,} of them, 100 in a transaction", found.fill, filled),
    ]
    for stage in found.stages:
        assert stage.upload is not None
        what = f"uploaded with its trip, beside {stage.rides:,} others"
        lines.append(_cost(what, stage.upload, len(found.files)))
    vacuums = ", ".join(f"{stage.vacuum_s:.1f} s of {stage.rides:,}" for stage in found.stages)
    points = sum(size.rows for size in found.sizes if size.table == "track_points")
    note = f"""
Milliseconds by the clock and of processors, and kB of PostgreSQL's log; {points:,} points in all.
`VACUUM (ANALYZE)` took {vacuums} rides; autovacuum had worked beside the copying."""
    return "\n".join([*lines, note])


def _cost(what: str, cost: Cost, rides: int) -> str:
    parts = (cost.wall_s, cost.api_s, cost.postgres_s)
    times_ms = (f"{1000 * seconds / rides:.1f}" for seconds in parts)
    return _row(what, *times_ms, f"{cost.wal_bytes / rides / 1000:.0f}")


def _removal(removal: Removal) -> str:
    grown = removal.bytes_refilled - removal.bytes_after
    keys = ", ".join(
        f"`{name}` {seconds:.2f} s" for name, seconds in removal.of_keys_s.items() if name
    )
    used = sorted(removal.scans.items(), key=lambda scan: -scan[1])
    scans = ", ".join(f"`{name}` {count:,}" for name, count in used if count > 1)
    whole = [name for name, _ in used if name.startswith("the whole of")]
    warning = f"**Read as a whole: {', '.join(whole)}.**" if whole else "No table was read whole."
    return f"""| what | |
| --- | ---: |
| `DELETE /trips/{{id}}`, ms, median / 95 of 100 | {_spread(removal.by_call_ms)} |
| the row of a cyclist with {removal.rides - len(removal.by_call_ms):,} rides, s | {
        removal.delete_s:.1f} |
| `VACUUM (ANALYZE)` after it, s | {removal.vacuum_s:.1f} |
| MiB of the tables before and after | {removal.bytes_before / MEBIBYTE:,.0f}, {
        removal.bytes_after / MEBIBYTE:,.0f} |
| MiB that {removal.rides:,} new rides added then | {grown / MEBIBYTE:,.0f} |

Of the delete: {keys}. Scans: {scans}. {warning}
"""
