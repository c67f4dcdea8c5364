"""An analysis for people: as text, and drawn."""
