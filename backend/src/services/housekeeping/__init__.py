"""The regular jobs: what nobody needs any more is deleted in small steps."""
