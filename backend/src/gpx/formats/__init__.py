"""From a file's bytes to its points: a reader for each format, what readers share, and the registry
that knows which one a file is for."""
