"""How much work waits, and how many workers it asks for."""
