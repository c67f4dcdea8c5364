"""An analysis as a page of text for a terminal."""

from src.gpx.model import Analysis, Climb, Statistics

_BAR = 30


def readable(analysis: Analysis) -> str:
    """The summary that `python -m src.gpx FILE` prints, a fact to a line."""
    statistics = analysis.statistics
    lines = [
        analysis.name or "(no name)",
        f"{analysis.kind} of {analysis.total_points:,} points, {analysis.simplified_points:,} kept",
        "",
        _line("Distance", analysis.distance_km, "km", 2),
        _line("Elevation gain", analysis.elevation_gain, "m") + _gain_range(analysis),
        _line("Elevation loss", analysis.elevation_loss, "m"),
        _line("Lowest", analysis.min_elevation, "m"),
        _line("Highest", analysis.max_elevation, "m"),
        "",
        f"{'Total time':<18}{hours_and_minutes(statistics.total_time_minutes)}",
        f"{'Moving time':<18}{hours_and_minutes(statistics.moving_time_minutes)}",
        _line("Average speed", statistics.avg_speed_kmh, "km/h", 1),
        _line("Maximum speed", statistics.max_speed_kmh, "km/h", 1),
        *_gradients(statistics),
        *_sensors(statistics),
    ]
    if statistics.top_climbs:
        lines += ["", "Climbs", *map(_climb, statistics.top_climbs)]
    if analysis.warnings:
        lines += ["", "Mended or left out"]
        lines += [
            f"  {warning.kind}: {warning.count}, the first at point {warning.first_index}"
            for warning in analysis.warnings
        ]
    return "\n".join(lines) + "\n"


def _line(label: str, value: float | None, unit: str, decimals: int = 0) -> str:
    return f"{label:<18}" + ("-" if value is None else f"{value:,.{decimals}f} {unit}")


def _gain_range(analysis: Analysis) -> str:
    low, high = analysis.elevation_gain_low, analysis.elevation_gain_high
    return "" if low is None or high is None else f" ({low:,.0f} to {high:,.0f})"


def hours_and_minutes(minutes: float | None) -> str:
    if minutes is None:
        return "-"
    return f"{int(minutes // 60)}:{int(minutes % 60):02d} h"


def headline(
    distance_km: float,
    elevation_gain: float | None,
    elevation_loss: float | None,
    moving_time_minutes: float | None,
    avg_speed_kmh: float | None,
    *,
    decimal_sign: str = ".",
) -> list[str]:
    """The numbers that are told first, without words; what is not known is left out."""

    def with_tenths(value: float) -> str:
        return f"{value:.1f}".replace(".", decimal_sign)

    facts = [f"{with_tenths(distance_km)} km"]
    if elevation_gain is not None and elevation_loss is not None:
        facts += [f"↑ {elevation_gain:.0f} m", f"↓ {elevation_loss:.0f} m"]
    if moving_time_minutes is not None:
        facts.append(hours_and_minutes(moving_time_minutes))
    if avg_speed_kmh is not None:
        facts.append(f"{with_tenths(avg_speed_kmh)} km/h")
    return facts


def _gradients(statistics: Statistics) -> list[str]:
    if statistics.gradient_distribution is None:
        return []
    return [
        "",
        _line("Average gradient", statistics.avg_gradient, "% uphill", 1),
        _line("Maximum gradient", statistics.max_gradient, "%", 1),
        *(
            f"  {name:<16}{part.distance_km:7.1f} km {part.percentage:5.1f} %"
            f"  {'█' * round(part.percentage / 100 * _BAR)}"
            for name, part in statistics.gradient_distribution.items()
        ),
    ]


def _sensors(statistics: Statistics) -> list[str]:
    lines = [
        f"{name:<18}{values['average']:.0f} ({values['minimum']:.0f} to {values['maximum']:.0f})"
        for name, values in statistics.sensors.items()
    ]
    return ["", *lines] if lines else []


def _climb(climb: Climb) -> str:
    category = f"category {climb.category}" if climb.category else "uncategorised"
    return (
        f"  km {climb.start_km:.1f} to {climb.end_km:.1f}: {climb.description},"
        f" {climb.elevation_gain_m:.0f} m, up to {climb.max_gradient:.1f} %, {category}"
    )
