"""What a plain word in a YAML file means, by the core schema of YAML 1.2.

``12:30``, ``no``, ``on`` and dates are text; ``1e3``, ``1.5`` and ``0x1F`` are numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache

from armsim.config.paths import show

Scalar = str | int | float | bool | None

MAX_TEXT = 20_000
MAX_DIGITS = 40

_TAG = "tag:yaml.org,2002:"
_WORDS: Mapping[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_KINDS: dict[str, type | tuple[type, ...]] = {
    "null": type(None),
    "bool": bool,
    "int": int,
    "float": (int, float),
}


def resolve(text: str, plain: bool, tag: str | None) -> Scalar:
    """The value of a scalar.

    Args:
        text: the characters, quotes and folding already undone.
        plain: written without quotes and without a tag.
        tag: the tag written in front of it, in full, if any.

    Raises:
        ValueError: too long, not finite, or a tag that is not of the core schema; the message is for people.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"text of {len(text):,} characters; at most {MAX_TEXT:,} are read")
    if tag is None or tag == "!":
        return plain_value(text) if plain and tag is None else text
    name = tag.removeprefix(_TAG)
    if name == "str":
        return text
    if name not in _KINDS or name == tag:
        raise ValueError(f"tag {show(tag.replace(_TAG, '!!'))} is not read; remove it")
    value = plain_value(text)
    if not isinstance(value, _KINDS[name]) or (isinstance(value, bool) and name != "bool"):
        raise ValueError(f"{show(text)} is not what its tag !!{name} says")
    return float(value) if name == "float" and isinstance(value, int) else value


@lru_cache(maxsize=4096)
def plain_value(text: str) -> Scalar:
    """The value of an unquoted scalar.

    Raises:
        ValueError: a number that is not finite, or one with an absurd number of digits.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INT.fullmatch(text):
        return _whole(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isfinite(number):
            return number
        raise ValueError(f"number {show(text)} is too large")
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number that can be used; write a finite one")
    return text


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"whole number of {len(text):,} digits; at most {MAX_DIGITS} are read")
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text, base)
