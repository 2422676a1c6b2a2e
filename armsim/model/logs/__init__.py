"""Command-and-control logs: read through a mapping file, checked row by row."""

from armsim.model.logs.judge import RefusedLogError
from armsim.model.logs.read import read_log
from armsim.model.logs.record import INTERVALS, Log

__all__ = ["INTERVALS", "Log", "RefusedLogError", "read_log"]
