"""What the service tells of itself: logs, metrics, reports of errors."""
