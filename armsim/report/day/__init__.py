"""A day of one replication, played on a map: one page that holds all it needs."""

from __future__ import annotations

from armsim.report.day.page import LARGE, day_page

__all__ = ["LARGE", "day_page"]
