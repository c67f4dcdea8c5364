"""From a file's bytes to its points: a reader for each format, their registry, what they share."""
