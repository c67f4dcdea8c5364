"""What the service does, a room for each concern; it never imports tasks or HTTP."""
