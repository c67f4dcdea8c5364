"""Trips: what a route hangs on, and who may see it."""
