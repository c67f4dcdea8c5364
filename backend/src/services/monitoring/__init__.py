"""How the service is: gauges, health, memory."""
