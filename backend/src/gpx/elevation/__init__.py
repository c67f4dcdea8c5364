"""The elevation profile: what of the recorded heights is relief, and what is noise."""
