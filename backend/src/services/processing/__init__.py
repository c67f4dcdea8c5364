"""Where and when an upload is processed, and by whom after a fault."""
