"""What PostgreSQL does for the service's own statements: which index it takes, what it reads."""

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from statistics import median
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from src.database import Database

RUNS = 7
# The others have a row for each cyclist or none.
BIG_TABLES = {"trips", "gpx_files", "route_statistics", "track_points"}
Statement = tuple[str, Any]


@dataclass(slots=True)
class Plan:
    """Of one statement: the median of its time, planning included, and its last plan."""

    ms: float
    rows_read: int = 0
    indexes: list[str] = field(default_factory=list)
    scanned_whole: list[str] = field(default_factory=list)


async def plans_of(
    db: Database, call: Callable[[AsyncSession], Awaitable[object]], runs: int = RUNS
) -> list[Plan]:
    """The plans of all that `call` says to the database, in order; nothing of it is kept.

    Each is planned for its very values, as PostgreSQL does until it trusts in a general plan.
    """
    async with db.snapshot() as session:
        with _heard(db) as statements:
            await call(session)
        await session.rollback()
    return [await explain(db, statement, runs) for statement in statements]


def together(plans: Sequence[Plan]) -> Plan:
    """What several statements cost as one."""
    return Plan(
        sum(plan.ms for plan in plans),
        sum(plan.rows_read for plan in plans),
        list(dict.fromkeys(chain.from_iterable(plan.indexes for plan in plans))),
        list(chain.from_iterable(plan.scanned_whole for plan in plans)),
    )


async def explain(db: Database, statement: Statement, runs: int) -> Plan:
    found = []
    for _ in range(runs):
        async with db.snapshot() as session:
            found.append(await _explained(session, statement))
            await session.rollback()
    plan = _read(found[-1]["Plan"], Plan(ms=median(map(_total_ms, found))))
    plan.indexes = list(dict.fromkeys(plan.indexes))
    return plan


async def _explained(session: AsyncSession, statement: Statement) -> dict[str, Any]:
    text, parameters = statement
    connection = await session.connection()
    result = await connection.exec_driver_sql(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", parameters or None
    )
    return plan_in(result.scalar_one())


def plan_in(answer: Any) -> dict[str, Any]:
    """What `EXPLAIN (FORMAT JSON)` answers, whether its driver reads JSON or not."""
    plans = json.loads(answer) if isinstance(answer, str) else answer
    plan: dict[str, Any] = plans[0]
    return plan


@contextmanager
def _heard(db: Database) -> Iterator[list[Statement]]:
    statements: list[Statement] = []

    def hear(_1: object, _2: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    engine = db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def _total_ms(explained: dict[str, Any]) -> float:
    return float(explained["Planning Time"] + explained["Execution Time"])


def _read(node: dict[str, Any], plan: Plan) -> Plan:
    if "Index Name" in node:
        plan.indexes.append(node["Index Name"])
    table = node.get("Relation Name")
    if table is not None and node["Node Type"] != "ModifyTable":
        here = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        plan.rows_read += round(here * node["Actual Loops"])
        if node["Node Type"] == "Seq Scan" and table in BIG_TABLES:
            plan.scanned_whole.append(table)
    for child in node.get("Plans", ()):
        _read(child, plan)
    return plan
