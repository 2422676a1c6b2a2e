"""Simulator of armed response capacity."""

__version__ = "0.1.0"
