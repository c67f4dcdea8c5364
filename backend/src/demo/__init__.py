"""A cyclist with three finished rides, for whoever looks at the service for the first time."""
