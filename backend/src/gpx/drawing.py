"""A ride as a picture: the route and the elevation profile in one SVG."""

from src.gpx.model import Analysis


def drawing(analysis: Analysis) -> str:
    """The SVG document of an analysed ride."""
    points = " ".join(
        f"{x:.5f},{-y:.5f}"
        for x, y in zip(analysis.simplified.longitude, analysis.simplified.latitude, strict=True)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg"><polyline points="{points}"/></svg>\n'
