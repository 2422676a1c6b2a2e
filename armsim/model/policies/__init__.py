"""Dispatch policies, ours and the registry's."""

from armsim.model.policies.base import (
    DispatchPolicy,
    Known,
    NoOptions,
    PolicyOptions,
)
from armsim.model.policies.candidates import Candidates, Run
from armsim.model.policies.cover_aware import CoverAware, CoverAwareOptions
from armsim.model.policies.home_first import HomeFirst, HomeFirstOptions
from armsim.model.policies.make import dispatch_policy
from armsim.model.policies.nearest import Nearest, NearestWithReserve
from armsim.model.policies.preference_list import PreferenceList, PreferenceListOptions

__all__ = [
    "Candidates",
    "CoverAware",
    "CoverAwareOptions",
    "DispatchPolicy",
    "HomeFirst",
    "HomeFirstOptions",
    "Known",
    "Nearest",
    "NearestWithReserve",
    "NoOptions",
    "PolicyOptions",
    "PreferenceList",
    "PreferenceListOptions",
    "Run",
    "dispatch_policy",
]
