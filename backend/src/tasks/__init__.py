"""Celery tasks: thin, each handing over to a service."""
