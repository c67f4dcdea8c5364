"""Distances and plane coordinates: the only place that knows the ellipsoid."""
