"""An upload's row: its registration, who may work on it, what went wrong, and its trail."""
