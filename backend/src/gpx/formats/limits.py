"""What one recording may hold where the caller does not say."""

DEFAULT_MAX_POINTS = 2_000_000
DEFAULT_MAX_WAYPOINTS = 100_000
