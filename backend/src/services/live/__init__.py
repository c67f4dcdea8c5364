"""What happens to uploads right now, told to whoever watches: within a process, and over Redis."""
