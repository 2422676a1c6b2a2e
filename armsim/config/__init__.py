"""Scenario files: reading, composing, checking, and the schema they follow."""
