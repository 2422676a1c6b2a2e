"""What a model expects at a path, read from its JSON Schema: keys, choices, and words for a message."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from armsim.config.paths import Path, show

_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_MANY = 12

Schema = dict[str, Any]


class Outline:
    """The places of a model.

    Args:
        model: the model of the whole document.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        self._root: Schema = model.model_json_schema()
        self._definitions: dict[str, Schema] = self._root.get("$defs", {})

    def names(self, path: Path, data: Any = None) -> frozenset[str] | None:
        """Keys that the mapping at *path* may have; ``None`` where any key may stand.

        Args:
            path: where.
            data: the whole document, so that of several kinds only the one written counts.
        """
        found: set[str] = set()
        for node in self._at(path, data):
            if "object" not in _types(node) and _types(node):
                continue
            keys = self._follow(node.get("propertyNames", {}))
            if "enum" not in keys and node.get("additionalProperties") is not False:
                return None
            found |= node.get("properties", {}).keys() | set(keys.get("enum", ()))
        return frozenset(found)

    def choices(self, path: Path, data: Any = None) -> list[Any]:
        """Values allowed at *path* when they can be listed."""
        found: list[Any] = []
        for node in self._at(path, data):
            found += [node["const"]] if "const" in node else node.get("enum", [])
        return found

    def tag(self, path: Path, data: Any = None) -> str | None:
        """Key that tells the kinds at *path* apart, such as ``kind``; ``None`` for one kind only."""
        nodes = [node for node in self._steps(path, data) if "discriminator" in node]
        return nodes[0]["discriminator"]["propertyName"] if nodes else None

    def tags(self, path: Path, data: Any = None) -> list[str]:
        """Kinds that may be written at *path*, where ``tag`` tells them apart."""
        nodes = [node for node in self._steps(path, data) if "discriminator" in node]
        return sorted(nodes[0]["discriminator"].get("mapping", {})) if nodes else []

    def unit(self, path: Path, data: Any = None) -> str:
        """What the number at *path* is inside, such as ``minutes``; empty without a unit."""
        return next((node["x-unit"] for node in self._at(path, data) if "x-unit" in node), "")

    def expected(self, path: Path, data: Any = None) -> str:
        """What to write at *path*, in words."""
        tag = self.tag(path, data)
        if tag is not None:
            return f"a mapping with {tag}: {' or '.join(self.tags(path, data))}"
        words = dict.fromkeys(_describe(node) for node in self._at(path, data) if node.get("type") != "null")
        return (", or " if any("," in word for word in words) else " or ").join(words) or "a value"

    def _at(self, path: Path, data: Any) -> list[Schema]:
        """Alternatives at *path*, none of them a reference or a choice."""
        nodes, here = self._open(self._root, data), data
        for part in path:
            here = _below(here, part)
            nodes = [
                last for node in nodes for child in _children(node, part) for last in self._open(child, here)
            ]
        return nodes

    def _steps(self, path: Path, data: Any) -> list[Schema]:
        """Schemas at *path* before their choices are opened."""
        if not path:
            return [self._follow(self._root)]
        nodes = self._at(path[:-1], data)
        found = [self._follow(child) for node in nodes for child in _children(node, path[-1])]
        return found + [self._follow(one) for node in found for one in node.get("anyOf", [])]

    def _follow(self, node: Schema) -> Schema:
        """*node* with what it refers to."""
        seen = 0
        while "$ref" in node and seen < 20:
            rest = {key: value for key, value in node.items() if key != "$ref"}
            node = {**self._definitions[node["$ref"].rsplit("/", 1)[-1]], **rest}
            seen += 1
        return node

    def _open(self, node: Schema, here: Any) -> list[Schema]:
        node = self._follow(node)
        options = node.get("oneOf") or node.get("anyOf")
        if not options:
            return [node]
        chosen = self._chosen(node, here)
        return [last for option in chosen or options for last in self._open(option, here)]

    def _chosen(self, node: Schema, here: Any) -> list[Schema]:
        tag = node.get("discriminator", {})
        word = here.get(tag.get("propertyName")) if isinstance(here, dict) else None
        target = tag.get("mapping", {}).get(word) if isinstance(word, str) else None
        return [{"$ref": target}] if target else []


@lru_cache(maxsize=32)
def outline(model: type[BaseModel]) -> Outline:
    """The outline of *model*, made once."""
    return Outline(model)


def _types(node: Schema) -> list[str]:
    kinds = node.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def _below(here: Any, part: str | int) -> Any:
    if isinstance(here, dict):
        return here.get(str(part))
    if isinstance(here, list) and isinstance(part, int) and part < len(here):
        return here[part]
    return None


def _children(node: Schema, part: str | int) -> list[Schema]:
    """Schemas of the entry *part* of a mapping or list."""
    properties = node.get("properties", {})
    if str(part) in properties:
        return [properties[str(part)]]
    found = []
    if isinstance(node.get("additionalProperties"), dict):
        found.append(node["additionalProperties"])
    elif not _types(node) or (_types(node) == ["object"] and node.get("additionalProperties") is not False):
        found.append({})
    prefix = node.get("prefixItems", [])
    if "array" in _types(node) and str(part).isdecimal():
        index = int(part)
        found.append(prefix[index] if index < len(prefix) else node.get("items") or {})
    return found


def _describe(node: Schema) -> str:
    if "x-write" in node:
        return str(node["x-write"])
    if "const" in node:
        return show(node["const"])
    choices = node.get("enum", [])
    if choices:
        return (
            f"one of: {', '.join(str(choice) for choice in choices)}"
            if len(choices) <= _MANY
            else "a known name"
        )
    kinds = [_KINDS[kind] for kind in _types(node)]
    words = " or ".join(kinds) or "a value"
    required = node.get("required", [])
    if words == "a mapping" and required:
        more = ", …" if len(required) > _MANY else ""
        return f"a mapping with {', '.join(required[:_MANY])}{more}"
    return words + _bounds(node)


def _bounds(node: Schema) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f", {low:g} or more"
    if high is not None:
        return f", {high:g} or less"
    return f", more than {node['exclusiveMinimum']:g}" if "exclusiveMinimum" in node else ""
