"""What a recorder itself says of a ride, as it is stored beside our numbers."""

from dataclasses import asdict
from typing import Any, Final

from src.gpx import Analysis
from src.gpx.model import DeviceTotals
from src.gpx.statistics.device import device_numbers

_LONGEST_NAME: Final = 100


def device_totals_of(analysis: Analysis) -> dict[str, Any] | None:
    """The recorder's totals with our names, its own name, and where it differs from us.

    None where the file tells neither.
    """
    totals = analysis.device_totals
    if totals is None:
        return None
    return {
        **device_numbers(totals),
        "device": _device(totals),
        "differences": [asdict(difference) for difference in analysis.device_differences],
    }


def _device(totals: DeviceTotals) -> str | None:
    """`garmin Edge 530`; the maker once, also where the product has it in its name."""
    maker, product = totals.manufacturer, totals.product
    if maker and product and product.lower().startswith(maker.lower()):
        maker = None
    name = " ".join(part for part in (maker, product) if part)
    return name[:_LONGEST_NAME] or None
