"""Writes the reference of scenario files and of metrics from the program itself, so that it cannot drift."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from armsim.analysis.metrics import metrics
from armsim.config.editor import json_schema
from armsim.config.schema import Scenario

_BETTER = {"lower": "lower is better", "higher": "higher is better", "neither": "neither"}


def setup(app: Sphinx) -> dict[str, Any]:
    """Hook in: pages are written before Sphinx looks for them."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True}


def _write(app: Sphinx) -> None:
    folder = Path(app.srcdir) / "generated"
    folder.mkdir(exist_ok=True)
    pages = {"scenario": scenario_page(), "metrics": metrics_page()}
    for name, lines in pages.items():
        text = "\n".join(lines) + "\n"
        path = folder / f"{name}.md"
        # A page that has not changed is not to be read again.
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


# --- scenario files -------------------------------------------------------------------------------------


def scenario_page() -> Iterator[str]:
    """A table of keys for each mapping of a scenario file, the file itself first."""
    schema = json_schema(Scenario)
    parts: dict[str, Any] = schema["$defs"]
    strict = Scenario.model_json_schema()  # the schema for editors asks for no key: a file may inherit it
    yield "# Scenario files\n"
    yield "Every key that a scenario may have. `armsim schema` prints the same for editors.\n"
    yield (
        "*Needed* keys must be there once the file, what it extends and overrides are put together. Where "
        'nothing stands under "if left out", the thing is not there, or the text says what holds.\n'
    )
    yield "## The file\n"
    yield from _keys(schema["properties"], strict.get("required", ()))
    for name in sorted(parts):
        if "properties" in parts[name]:
            yield f"\n## {name}\n"
            yield f"{_prose(parts[name].get('description', ''))}\n"
            yield from _keys(parts[name]["properties"], strict["$defs"][name].get("required", ()))


def _keys(properties: dict[str, Any], needed: Collection[str]) -> Iterator[str]:
    yield "| key | what it takes | if left out | what it is |\n|---|---|---|---|"
    for key, node in properties.items():
        otherwise = "*needed*" if key in needed else _default(node)
        yield f"| `{key}` | {_kind(node)} | {otherwise} | {_prose(node.get('description', ''))} |"


def _kind(node: dict[str, Any]) -> str:
    """What a value may be, in words."""
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    for joined in ("anyOf", "oneOf"):
        if joined in node:
            kinds = [_kind(one) for one in node[joined] if one.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    if "enum" in node:
        return ", ".join(f"`{one}`" for one in node["enum"])
    if "const" in node:
        return f"`{node['const']}`"
    if "x-write" in node:
        return "quantity"
    return _of_type(node)


def _of_type(node: dict[str, Any]) -> str:
    kind = node.get("type", "anything")
    if kind == "array":
        inner = node.get("items") or {}
        return f"list of {_kind(inner)}" if inner else "list"
    if kind == "object":
        inner = node.get("additionalProperties")
        return f"mapping of name to {_kind(inner)}" if isinstance(inner, dict) else "mapping"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    kinds = [names.get(one, one) for one in ([kind] if isinstance(kind, str) else kind) if one != "null"]
    low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum")
    limits = f", {low} to {high}" if low is not None and high is not None and low < high else ""
    return " or ".join(kinds) + limits


def _default(node: dict[str, Any]) -> str:
    if node.get("default") is None:
        return ""
    if isinstance(node["default"], dict) and node["default"]:
        return "as in its own table"  # quantities in it are in units of the program, which nobody may write
    return f"`{json.dumps(node['default'], ensure_ascii=False)}`".replace("|", "\\|")


def _prose(text: str) -> str:
    """Text for a table cell: one line of Markdown, with bars and angles kept from meaning more."""
    line = " ".join(text.split()).replace("``", "`").replace("|", "\\|")
    return re.sub(r":\w+:`~?([^`]*)`", r"`\1`", line).replace("<", "&lt;")


# --- metrics --------------------------------------------------------------------------------------------


def metrics_page() -> Iterator[str]:
    """A row for each registered metric."""
    yield "# Metrics\n"
    yield (
        "Every figure that is worked out of a run folder, under the name that `--metric`, `--target` and "
        "`--fail-if` take. `armsim list metric` prints the same.\n"
    )
    yield "| name | what it is | unit | direction | over what |\n|---|---|---|---|---|"
    for name, one in metrics().items():
        yield (
            f"| `{name}` | {_prose(one.label)} | {_prose(one.unit)} | {_BETTER[one.better]} "
            f"| {_prose(one.population)} |"
        )
