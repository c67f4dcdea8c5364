"""What the ride amounts to: motion, gradients, climbs, sensors."""
