"""Settings of the form ``{kind: name, option: value, ...}``, whose options an extension defines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

AnyModel = TypeVar("AnyModel", bound=BaseModel)


def options_of(setting: Mapping[str, object]) -> dict[str, Any]:
    """What is written beside ``kind``."""
    return {name: value for name, value in setting.items() if name != "kind"}


def read_options(model: type[AnyModel], setting: Mapping[str, object]) -> AnyModel:
    """The options beside ``kind`` as a *model*, read as from a file: lists become tuples, text durations.

    Raises:
        pydantic.ValidationError: they are not what the model expects.
    """
    return model.model_validate_json(json.dumps(options_of(setting)))
