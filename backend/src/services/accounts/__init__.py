"""Cyclists: their sign-in, their tokens, and how often they may ask."""
