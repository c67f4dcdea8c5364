"""How Celery speaks with Redis: addresses, transport, results, publishing that fails fast."""
