"""From a file's bytes to its points: a reader for each format, and what readers share."""
