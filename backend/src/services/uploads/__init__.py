"""An upload's row: its registration, who may work on it, and what went wrong with it."""
