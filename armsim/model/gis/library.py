"""The libraries of the extra ``geo``, loaded when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from armsim.errors import ArmsimError


def library(name: str) -> Any:
    """A library of the extra ``geo``.

    Raises:
        ArmsimError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        raise ArmsimError(f"files of shapes are read with {name}: pip install 'armsim[geo]'") from None
