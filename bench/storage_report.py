"""What `bench/storage.py` found, and how it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that was made many times; `processors_ms` is a request's share, API and PostgreSQL."""

    times_ms: list[float]
    processors_ms: float


@dataclass(slots=True)
class Stage:
    """What was found with so many rides in the database, of calls and of statements by name."""

    rides: int
    calls: dict[str, Asked] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
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
    before: list[Size]
    after: list[Size]
    refilled: list[Size]


@dataclass(frozen=True, slots=True)
class Found:
    """`fill` is the cost of the last stage's rides, `sizes` are those of all its tables."""

    samples: list[Sample]
    files: list[bytes]
    stages: list[Stage]
    fill: Cost
    sizes: list[Size]
    removal: Removal | None


def report(found: Found, rides: int, requests: int) -> str:
    assert found.removal is not None
    points = [int(sample.upload["total_points"]) for sample in found.samples]
    stored = [int(sample.upload["simplified_points"]) for sample in found.samples]
    numbers = " | ".join(f"{stage.rides:,}" for stage in found.stages)
    dashes = " | ".join("---:" for _ in found.stages)
    return f"""## Many rides

`python bench/storage.py --rides {rides} --requests {requests}`, {machine()}.
PostgreSQL has production's settings (`docker-compose.prod.yml`); client, API and PostgreSQL share
the machine, and the database fits into its memory.

{len(points)} rides were processed by the service and copied with COPY, each equally often. Their
recorded points are log-normal, with a median of {MEDIAN_POINTS:,} and a deviation of the logarithm
of {SPREAD:g}: {min(points):,} to {max(points):,} points, {fmean(points):,.0f} on average. (13
cycling recordings that were at hand for trials have a median of 4,314 and a mean of 5,683.) Their
lines have {min(stored):,} to {max(stored):,} points, {fmean(stored):,.0f} on average. There are
{CYCLISTS:,} cyclists, one of them with a tenth of the rides; three of four rides are public.

### Bytes a ride

{_sizes(found)}

### Calls

Milliseconds from sending the request to the last byte of the answer, one after another: median /
95 of 100; and milliseconds of processors in API and PostgreSQL, which other work on the machine
stretches less. A list has up to 100 trips, a public one 20; of few rides it has what there is.

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

Milliseconds by the clock and of processors, and kB of PostgreSQL's log (WAL).

{_writing(found, rides)}

`VACUUM (ANALYZE)` of everything took {_vacuums(found.stages)} rides;
autovacuum had worked beside the copying.

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
    lines = []
    for name in stages[-1].calls:
        asked = (stage.calls[name] for stage in stages)
        cells = (f"{_spread(one.times_ms)}, {one.processors_ms:.1f}" for one in asked)
        lines.append(_row(name, *cells))
    return "\n".join(lines)


def _spread(times_ms: Sequence[float]) -> str:
    return f"{median(times_ms):.1f} / {quantiles(times_ms, n=20)[-1]:.1f}"


def _plans(stages: Sequence[Stage]) -> str:
    lines = []
    for name, last in stages[-1].plans.items():
        plans = (stage.plans[name] for stage in stages)
        cells = (f"{plan.ms:.2f}, {plan.rows_read:,}" for plan in plans)
        indexes = ", ".join(f"`{index}`" for index in last.indexes) or "-"
        lines.append(_row(name, *cells, indexes))
    return "\n".join(lines)


def _warnings(stages: Sequence[Stage]) -> str:
    last = stages[-1]
    scans = [
        f"**{name}: reads the whole of `{table}`.**"
        for name, plan in last.plans.items()
        for table in plan.scanned_whole
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
    return "\n".join(lines)


def _vacuums(stages: Sequence[Stage]) -> str:
    return ", ".join(f"{stage.vacuum_s:.1f} s with {stage.rides:,}" for stage in stages)


def _cost(what: str, cost: Cost, rides: int) -> str:
    parts = (cost.wall_s, cost.api_s, cost.postgres_s)
    times_ms = (f"{1000 * seconds / rides:.1f}" for seconds in parts)
    return _row(what, *times_ms, f"{cost.wal_bytes / rides / 1000:.0f}")


def _removal(removal: Removal) -> str:
    used = sorted(removal.scans.items(), key=lambda scan: -scan[1])
    # What the service did meanwhile is not of the delete.
    often = [f"`{name}` {count:,}" for name, count in used if count > removal.rides / 2]
    whole = [name for name, _ in used if name.startswith("whole ")]
    keys = [f"`{name}` {seconds:.1f} s" for name, seconds in removal.of_keys_s.items()]
    at_once = removal.rides - len(removal.by_call_ms)
    lines = [
        _row("what", ""),
        _row("---", "---:"),
        _row("`DELETE /trips/{id}`, ms, median / 95 of 100", _spread(removal.by_call_ms)),
        _row(f"the row of a cyclist with {at_once:,} rides, s", f"{removal.delete_s:.1f}"),
        _row("`VACUUM (ANALYZE)` after it, s", f"{removal.vacuum_s:.1f}"),
    ]
    for what, of in (("tables", _table_bytes), ("indexes", _index_bytes)):
        sizes = (of(when) / MEBIBYTE for when in (removal.before, removal.after, removal.refilled))
        numbers = ", ".join(f"{size:,.0f}" for size in sizes)
        lines.append(
            _row(f"MiB of {what}: before, after, with {removal.rides:,} new ones", numbers)
        )
    note = f"""
No call of the API deletes a cyclist; the foreign keys of the row take the rest along:
{", ".join(keys)}.
Uses of indexes meanwhile: {", ".join(often)}.
{_read_whole(whole)}"""
    return "\n".join([*lines, note])


def _read_whole(tables: Sequence[str]) -> str:
    return f"**Read: {', '.join(tables)}.**" if tables else "No big table was read as a whole."


def _table_bytes(sizes: Sequence[Size]) -> int:
    return sum(size.table_bytes for size in sizes)


def _index_bytes(sizes: Sequence[Size]) -> int:
    return sum(sum(size.index_bytes.values()) for size in sizes)


def filling(found: Found, rides: int) -> str:
    return f"""## Many rides, with ids that grow with time

`python bench/storage.py --rides {rides} --time-ordered`, {machine()}.
As above, but the ids of uploads, trips and statistics are UUIDs of version 7: what comes later
stands further right in every index.

{_sizes(found)}

{_writing(found, rides)}
"""
