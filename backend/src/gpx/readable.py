"""An analysis as a page of text for a terminal."""

from src.gpx.model import Analysis, Climb


def readable(analysis: Analysis) -> str:
    """The summary that `python -m src.gpx FILE` prints, a line to each fact."""
    statistics = analysis.statistics
    lines = [
        analysis.name or "(no name)",
        "",
        _line("Distance", analysis.distance_km, "km", 2),
        _line("Gain", analysis.elevation_gain, "m"),
        _line("Loss", analysis.elevation_loss, "m"),
        _line("Lowest", analysis.min_elevation, "m"),
        _line("Highest", analysis.max_elevation, "m"),
        _line("Total time", statistics.total_time_minutes, "min"),
        _line("Moving time", statistics.moving_time_minutes, "min"),
        _line("Average speed", statistics.avg_speed_kmh, "km/h", 1),
        _line("Maximum speed", statistics.max_speed_kmh, "km/h", 1),
        _line("Average gradient", statistics.avg_gradient, "%", 1),
        _line("Maximum gradient", statistics.max_gradient, "%", 1),
        *(_climb(climb) for climb in statistics.top_climbs),
    ]
    lines += [
        f"  {warning.kind}: {warning.count}, first at point {warning.first_index}"
        for warning in analysis.warnings
    ]
    return "\n".join(lines) + "\n"


def _line(label: str, value: float | None, unit: str, decimals: int = 0) -> str:
    shown = "-" if value is None else f"{value:,.{decimals}f} {unit}"
    return f"  {label:<17}{shown}"


def _climb(climb: Climb) -> str:
    category = f"category {climb.category}" if climb.category else "uncategorised"
    return f"  Climb at km {climb.start_km:.1f}: {climb.description}, {category}"
