"""How many uploads failed for good, and how many originals are not whole."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.errors import ErrorCode
from src.models import GpxFile
from src.observability.metrics import OTHER_CODE
from src.states import ProcessingStatus


async def count_failed(session: AsyncSession) -> Mapping[str, int]:
    """The uploads that failed for good, by error code; codes that there are no more are `other`."""
    rows = await session.execute(
        select(GpxFile.error_code, func.count())
        .where(GpxFile.processing_status == ProcessingStatus.FAILED)
        .group_by(GpxFile.error_code)
    )
    known, counts = frozenset(map(str, ErrorCode)), Counter[str]()
    for code, count in rows:
        counts[code if code in known else OTHER_CODE] += count
    return counts


async def count_faulty_originals(session: AsyncSession) -> int:
    query = select(func.count()).select_from(GpxFile).where(GpxFile.original_fault.is_not(None))
    return await session.scalar(query) or 0
