"""What cannot be true is mended or dropped, and listed."""
