"""JSON Schema of a scenario file, for editors: completion, hovers, and faults while typing."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from armsim.config.base import Model

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_EXTENDS = {
    "title": "Extends",
    "description": "File or files that this one builds on, relative to it; later ones win over earlier ones.",
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 16},
    ],
}
_OVERRIDES = {
    "title": "Overrides",
    "description": "Named changes that --with applies.",
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": False,
        "required": ["description"],
        "properties": {
            "description": {"type": "string", "minLength": 1, "description": "What the change is for."},
            "set": {"type": "object", "description": "Dotted path: new value, replacing what is there."},
            "remove": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "description": "Dotted paths deleted before anything is set.",
            },
            "merge": {"type": "object", "description": "Settings merged key by key; may add new ones."},
        },
    },
}


def _listed(title: str, description: str) -> dict[str, Any]:
    """Named lists of overrides; an entry left empty takes out an inherited one."""
    names = {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True}
    return {
        "title": title,
        "description": description,
        "type": "object",
        "maxProperties": 64,
        "propertyNames": {"minLength": 1, "maxLength": 60, "pattern": r"^[^/\\:*?\"<>|@]+$"},
        "additionalProperties": {"anyOf": [names, {"type": "null"}]},
    }


_OPTIONS = _listed(
    "Options", "What the file compares: name and list of overrides; the first is the baseline."
)
_CONDITIONS = _listed(
    "Conditions", "What every option is run under: name and list of overrides, such as a level held."
)


def json_schema(model: type[Model], *, partial: bool = True) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a file that *model* validates.

    Args:
        model: the model of the whole file.
        partial: demand no key, because a file that extends another writes only what it changes; what is
            missing in the end is found by validation.
    """
    schema = model.model_json_schema()
    overrides = deepcopy(_OVERRIDES)  # in a partial file one may be an inherited override, changed
    schema["properties"] = {
        "extends": _EXTENDS,
        **schema.get("properties", {}),
        "overrides": overrides,
        "options": deepcopy(_OPTIONS),
        "conditions": deepcopy(_CONDITIONS),
    }
    _finish(schema, partial)
    return {"$schema": DRAFT, "$id": f"urn:armsim:schema:{model.__name__.lower()}", **schema}


def _finish(node: Any, partial: bool) -> None:
    """Make a pydantic schema fit for an editor, in place, all levels down."""
    if isinstance(node, list):
        for item in node:
            _finish(item, partial)
    if not isinstance(node, dict):
        return
    for key, child in node.items():
        if key in {"properties", "$defs"}:
            for one in child.values():
                _finish(one, partial)
        elif key not in {"default", "const", "enum", "examples"}:
            _finish(child, partial)
    node.pop("discriminator", None)  # OpenAPI's, not JSON Schema's
    if partial:
        _demand_nothing(node)
    _say_what_to_write(node)


def _demand_nothing(node: dict[str, Any]) -> None:
    if isinstance(node.get("required"), list):
        del node["required"]
    if "oneOf" in node:  # without its kind a part may fit several
        node["anyOf"] = node.pop("oneOf")


def _say_what_to_write(node: dict[str, Any]) -> None:
    """Put how a quantity is written into its description, where a field's own docstring has replaced it."""
    inner: dict[str, Any] = next((one for one in node.get("anyOf", []) if "x-write" in one), {})
    write = node.get("x-write") or inner.get("x-write")
    if not isinstance(write, str):
        return
    described = str(node.get("description", "")).strip()
    node["description"] = f"{described} Write {write}.".strip()
    if node.get("default") is not None and not isinstance(node["default"], str):
        node.pop("default")  # in units of the program, which nobody may write
