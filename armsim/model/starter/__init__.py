"""Starter scenarios: any force area of England and Wales, scaled from published figures by rules.

``figures`` reads what is published, ``operations`` and ``rules`` make sizes of it, ``settings`` and
``critical`` say what is set, ``page`` writes the file; ``table``
lists the forces.
"""

from armsim.model.starter.page import BASE, EXTENDS, starter_yaml
from armsim.model.starter.table import force_table

__all__ = ["BASE", "EXTENDS", "force_table", "starter_yaml"]
