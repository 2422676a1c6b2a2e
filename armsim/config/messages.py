"""What is wrong with a value, in the house grammar: what is wrong, the value, what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armsim.config.outline import Outline
from armsim.config.paths import Path, show
from armsim.config.written import MINUTES_IN_DAY
from armsim.registry import suggestion

_LONGEST = 300

# What pydantic calls the error: what the value must be. Everything not here is worded from the schema.
_MUST_BE = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "dict_type": "a mapping of keys",
    "mapping_type": "a mapping of keys",
    "model_type": "a mapping of keys",
    "model_attributes_type": "a mapping of keys",
    "dataclass_type": "a mapping of keys",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "none_required": "null",
    "date_type": "a date such as 2018-03-05",
    "date_parsing": "a date such as 2018-03-05",
    "date_from_datetime_parsing": "a date such as 2018-03-05",
    "time_type": "a time such as 22:30",
    "time_parsing": "a time such as 22:30",
    "datetime_type": "a date and time such as 2018-03-05T22:30",
    "datetime_parsing": "a date and time such as 2018-03-05T22:30",
    "datetime_from_date_parsing": "a date and time such as 2018-03-05T22:30",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "{} or more", "{} or later"),
    "greater_than": ("gt", "more than {}", "later than {}"),
    "less_than_equal": ("le", "{} or less", "{} or earlier"),
    "less_than": ("lt", "less than {}", "earlier than {}"),
    "multiple_of": ("multiple_of", "a multiple of {}", "{}"),
}
_SIZES = {
    "too_short": ("min_length", "{} or more entries"),
    "string_too_short": ("min_length", "{} or more characters"),
    "too_long": ("max_length", "at most {} entries"),
    "string_too_long": ("max_length", "at most {} characters"),
}
_UNKNOWN_KEY = {"extra_forbidden", "key_literal_error", "key_enum"}
_MISSING = {"missing", "union_tag_not_found"}
_CHOICES = {"literal_error", "enum", "union_tag_invalid"}
_BOOL_WORDS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


def message(error: Mapping[str, Any], path: Path, outline: Outline, data: Any) -> str:
    """One sentence for a pydantic *error* at *path*.

    Args:
        error: an entry of ``ValidationError.errors()``, the address of pydantic's page included.
        path: where in the document, without pydantic's own labels.
        outline: what the model expects.
        data: the whole document.
    """
    text = " ".join(_sentence(error, path, outline, data).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _sentence(error: Mapping[str, Any], path: Path, outline: Outline, data: Any) -> str:
    kind, value = error["type"], error["input"]
    if kind in _MISSING:
        return f"missing; write {outline.expected(path, data)}"
    if kind in _UNKNOWN_KEY:
        return _unknown_key(path, outline, data)
    if kind.startswith("key_"):
        return f"the key must be {_MUST_BE.get(kind.removeprefix('key_'), 'another')}, got {show(value)}"
    if value is None and kind != "none_required":
        return f"is empty; write {outline.expected(path, data)}"
    if kind in _CHOICES:
        return _unknown_choice(kind, path, value, outline, data)
    return _worded(error) or _must_be(error, path, outline, data)


def _worded(error: Mapping[str, Any]) -> str | None:
    """The message of a model's own check, as its author worded it."""
    if error["type"] in {"value_error", "assertion_error"}:
        return str(error["ctx"]["error"]) or "is not accepted"
    return str(error["msg"]) if "url" not in error else None


def _must_be(error: Mapping[str, Any], path: Path, outline: Outline, data: Any) -> str:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind in _SIZES:
        return _size(kind, value, context)
    if kind == "string_pattern_mismatch":
        return f"must be text of the form {context['pattern']}, got {show(value)}"
    right = (
        _limit(kind, context, outline.unit(path, data)) or _MUST_BE.get(kind) or outline.expected(path, data)
    )
    return f"must be {right}, got {show(value)}{_remedy(kind, value)}"


def _unknown_key(path: Path, outline: Outline, data: Any) -> str:
    key = str(path[-1])
    hint = suggestion(key, outline.names(path[:-1], data) or ())
    if "." in key:
        hint = "; nest the keys, or write the dotted path under set: in an override"
    return f"unknown key{hint}"


def _unknown_choice(kind: str, path: Path, value: Any, outline: Outline, data: Any) -> str:
    tag = outline.tag(path[:-1], data) if kind == "union_tag_invalid" and path else None
    choices = outline.tags(path[:-1], data) if tag else outline.choices(path, data)
    words = [str(choice) for choice in choices]
    if not isinstance(value, str) or len(words) < 2:
        return f"must be {outline.expected(path, data)}, got {show(value)}"
    name = tag or (path[-1] if path and isinstance(path[-1], str) else "value")
    return f"unknown {name} {show(value)}{suggestion(value, words)}"


def _limit(kind: str, context: Mapping[str, Any], unit: str) -> str | None:
    """A bound in words; durations in the largest unit that leaves a whole number."""
    if kind not in _BOUNDS:
        return None
    name, numbers, dates = _BOUNDS[kind]
    bound = context[name]
    if not isinstance(bound, (int, float)):
        return dates.format(bound)
    if unit == "minutes" and bound:
        return numbers.format(_duration(bound))
    amount = f"{bound:.12g}" if isinstance(bound, float) else str(bound)
    return numbers.format(f"{amount} {unit}" if unit and bound else amount)


def _duration(minutes: float) -> str:
    for unit, length in (("days", MINUTES_IN_DAY), ("h", 60)):
        if minutes % length == 0 and minutes > length:
            return f"{minutes / length:g} {unit}"
    return f"{minutes:g} min"


def _size(kind: str, value: Any, context: Mapping[str, Any]) -> str:
    """What is wrong with the length of a text or list."""
    bound, words = _SIZES[kind]
    limit = context[bound]
    if limit == 1 and bound == "min_length":
        return f"must not be empty, got {show(value)}"
    return f"must have {words.format(limit)}, got {len(value)}"


def _remedy(kind: str, value: Any) -> str:
    """What turns the value into what was meant, where that can be told."""
    if kind == "string_type" and isinstance(value, (int, float)):
        return "; put it in quotes"
    if kind == "bool_type" and isinstance(value, str) and value.lower() in _BOOL_WORDS:
        return f"; write {_BOOL_WORDS[value.lower()]}"
    if kind in {"int_type", "float_type"} and isinstance(value, str) and value.replace("_", "").isdecimal():
        return f"; write {value.replace('_', '')} without quotes or underscores"
    return ""
