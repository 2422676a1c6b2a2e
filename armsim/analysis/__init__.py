"""From logs to figures: curves, shares, quantiles and their limits. Pure functions on arrays."""
