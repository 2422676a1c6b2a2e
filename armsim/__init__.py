"""armsim: a simulator of armed response capacity.

>>> import armsim
>>> armsim.Results.__name__
'Results'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from armsim.api import (
        Chart,
        Comparison,
        Loaded,
        Record,
        Results,
        Study,
        Sustained,
        example,
        load_runs,
        load_scenario,
        new_scenario,
        options_from,
        register,
        run_study,
        sustain,
    )

__version__ = "0.1.0"
__all__ = [
    "Chart",
    "Comparison",
    "Loaded",
    "Record",
    "Results",
    "Study",
    "Sustained",
    "example",
    "load_runs",
    "load_scenario",
    "new_scenario",
    "options_from",
    "register",
    "run_study",
    "sustain",
]


def __getattr__(name: str) -> Any:
    """Public names, imported when first used: the command line's help needs none of them."""
    if name in __all__:
        return getattr(import_module("armsim.api"), name)
    raise AttributeError(f"module 'armsim' has no attribute {name!r}")
