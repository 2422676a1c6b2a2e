"""Verification: systems with known exact results, run by the ordinary engine and judged."""
