"""Exact results of the cases that ship with ``armsim verify``."""
