"""Analyses in processes of their own, which can be ended: the one way to the engine."""
