"""A stored track: written, read, rendered and exported."""
