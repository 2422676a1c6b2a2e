"""Fitting a log: arrivals, places, travel, times and units, written as a fragment of a scenario."""

from armsim.study.calibrate.record import Settings, Span
from armsim.study.calibrate.run import Calibration, calibrate

__all__ = ["Calibration", "Settings", "Span", "calibrate"]
