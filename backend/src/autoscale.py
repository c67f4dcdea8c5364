"""`python -m src.autoscale --current N`: how many workers there should be, for a script or a cron.

Prints the number alone, or everything that it follows from with `--json`. Where the backlog cannot
be counted it prints nothing, and ends with 1: then the number is better left as it is.
"""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict

from sqlalchemy.exc import SQLAlchemyError

from src.config import get_settings
from src.database import Database, utc_now
from src.services.backlog.measurement import Backlog, measure_backlog
from src.services.backlog.scaling import Scaling, desired_workers
from src.states import Mode

TIMEOUT_S = 10


def main(arguments: list[str] | None = None) -> int:
    parser = _parser(Scaling())
    options = parser.parse_args(arguments)
    try:
        scaling = Scaling(options.min, options.max, options.per_worker, options.step)
    except ValueError as error:
        parser.error(str(error))
    try:
        backlog = asyncio.run(_measure())
    except (SQLAlchemyError, TimeoutError) as error:
        sys.stderr.write(f"the backlog cannot be counted: {type(error).__name__}\n")
        return 1
    desired = desired_workers(backlog, options.current, scaling)
    if options.json:
        facts = {"desired": desired, "current": options.current, **asdict(backlog)}
        facts["oldest_waiting_s"] = round(backlog.oldest_waiting_s, 1)
        sys.stdout.write(json.dumps(facts) + "\n")
    else:
        sys.stdout.write(f"{desired}\n")
    return 0


def _parser(usual: Scaling) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m src.autoscale",
        description="Tell how many workers there should be, from the uploads that are due.",
    )
    parser.add_argument(
        "--current", type=int, metavar="N", required=True, help="workers that there are now"
    )
    for flag, default, meaning in (
        ("--min", usual.least, "never fewer"),
        ("--max", usual.most, "never more"),
        ("--per-worker", usual.uploads_per_worker, "due uploads that one worker is to have"),
        ("--step", usual.most_added_at_once, "most workers to add at once"),
    ):
        parser.add_argument(
            flag, type=int, metavar="N", default=default, help=f"{meaning} ({default})"
        )
    parser.add_argument("--json", action="store_true", help="print also what it follows from")
    return parser


async def _measure() -> Backlog:
    """The backlog of the workers; raises `SQLAlchemyError` or `TimeoutError`."""
    db = Database(get_settings().database_url, pool_size=1)
    try:
        async with asyncio.timeout(TIMEOUT_S), db.read() as session:
            return (await measure_backlog(session, utc_now()))[Mode.CELERY]
    finally:
        await db.dispose()


if __name__ == "__main__":
    sys.exit(main())
