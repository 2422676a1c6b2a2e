"""The base of every model of a scenario file: frozen, strict, self-describing."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict
from pydantic.fields import ComputedFieldInfo, FieldInfo

_UNIT = re.compile(r"_(?:km2|km|kmh|mph|min|mins|minutes|hours|h|days|gbp)$")
_ACRONYMS = {
    "arv": "ARV",
    "arvs": "ARVs",
    "ced": "CED",
    "g1": "G1",
    "g2": "G2",
    "g3": "G3",
    "cv": "CV",
    "id": "ID",
}


def field_title(name: str, _: FieldInfo | ComputedFieldInfo | None = None) -> str:
    """Title of a field for forms and hovers: ``speed_kmh`` is Speed, ``first_ced`` is First CED."""
    words = [_ACRONYMS.get(word, word) for word in _UNIT.sub("", name).split("_") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def model_title(model: type) -> str:
    """Title of a model: ``ThreatConfig`` is Threat, ``DayToDay`` is Day to day."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", model.__name__.removesuffix("Config")) or [
        model.__name__
    ]
    return " ".join([words[0], *(word if word.isupper() else word.lower() for word in words[1:])])


class Model(BaseModel):
    """A part of a scenario.

    Strict: "5" is not 5, true is not 1, 3.0 is not a whole number (3 is a fine decimal), text is not made
    from numbers. From a file lists become tuples and names become enumeration members; in Python give the
    tuple and the member. Numbers that are not finite are refused. Docstrings of fields are the descriptions
    in the JSON Schema; pydantic reads them from the source, which the wheel ships.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        populate_by_name=True,
        use_attribute_docstrings=True,
        field_title_generator=field_title,
        model_title_generator=model_title,
        protected_namespaces=(),
    )
