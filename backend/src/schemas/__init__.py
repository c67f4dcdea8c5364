"""Requests and answers as clients see them."""
