"""The council pack: charts for print, an infographic of the year, a deck of slides, and tables to paste."""

from armsim.report.pack.pack import refuse_foreign, write_pack

__all__ = ["refuse_foreign", "write_pack"]
