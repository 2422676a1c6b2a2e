"""Cover policies: where free units wait; ours and the registry's."""

from armsim.model.cover.base import CoverPolicy, Stays, bases_for
from armsim.model.cover.compliance_table import ComplianceTable, ComplianceTableOptions
from armsim.model.cover.dmexclp import Dmexclp
from armsim.model.cover.home import PatrolCover, ReturnToBase
from armsim.model.cover.make import cover_policies

__all__ = [
    "ComplianceTable",
    "ComplianceTableOptions",
    "CoverPolicy",
    "Dmexclp",
    "PatrolCover",
    "ReturnToBase",
    "Stays",
    "bases_for",
    "cover_policies",
]
